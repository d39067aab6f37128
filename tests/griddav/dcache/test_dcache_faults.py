"""What dCache is known to do: listings that fail as empty ones, URLs that are good once, patience with strangers."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from double import Double, Fault

from griddav.dcache import DCacheFileSystem
from griddav.errors import GridDavError, NoAnswer, NotAllowed, Refused
from griddav.http.retry import Retry

CONTENT = bytes(range(256)) * 4096


def test_a_failed_listing_is_not_an_empty_folder(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/file", b"content")
    double.faults(Fault("GET", where="rest", empty_listing=True, times=2))
    assert fs.ls("/store", detail=False) == ["/store/file"]
    assert double.count("PROPFIND", "door") == 1
    assert fs.ls("/", detail=False) == ["/store"]


def test_an_empty_folder_is_empty(fs: DCacheFileSystem) -> None:
    assert fs.ls("/store") == [] and fs.find("/store") == []


@pytest.mark.parametrize("status", [401, 403, 500, 503])
@pytest.mark.parametrize("question", ["info", "ls", "isfile", "isdir", "find", "glob"])
def test_an_error_of_the_frontend_is_never_missing(
    fs: DCacheFileSystem, double: Double, question: str, status: int
) -> None:
    double.faults(Fault("GET", status, where="rest", times=100))
    with pytest.raises(GridDavError, match=str(status)):
        getattr(fs, question)("/store/*" if question == "glob" else "/store")


def test_missing_is_what_the_door_says(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/file", b"content")
    double.faults(Fault("GET", 404, where="rest"))
    assert fs.info("/store/file")["size"] == 7
    double.faults(Fault("PROPFIND", 500, where="door", times=100))
    with pytest.raises(GridDavError):
        fs.info("/store/none")


def test_a_folder_is_listed_in_pages(fs: DCacheFileSystem, double: Double) -> None:
    paths = [f"/store/{number:02}" for number in range(23)]
    for path in paths:
        double.write(path, b"")
    assert fs.namespace is not None
    for page in (2, 3, 22, 23, 24, 100):
        object.__setattr__(fs.namespace, "page", page)
        assert fs.ls("/store", detail=False) == paths
    assert fs.ls("/store", detail=False, limit=5) == paths[:5]


def test_a_page_that_moves_while_it_is_read_leaves_nothing_out(fs: DCacheFileSystem, double: Double) -> None:
    paths = [f"/store/{number:02}" for number in range(20)]
    for path in paths:
        double.write(path, b"")
    assert fs.namespace is not None
    object.__setattr__(fs.namespace, "page", 5)
    double.faults(Fault("GET", where="rest", times=2), Fault("GET", where="rest", delay=0.3))
    threading.Timer(0.1, double.remove, [paths[0]]).start()  # while the third page is waited for
    assert fs.ls("/store", detail=False) == paths[1:]


def test_a_folder_that_holds_something_is_not_removed(fs: DCacheFileSystem, double: Double) -> None:
    double.write("/store/folder/file", b"content")
    double.faults(Fault("GET", empty_listing=True, times=100), Fault("PROPFIND", empty_listing=True, times=100))
    with pytest.raises(OSError, match="not empty"):
        fs.rmdir("/store/folder")
    assert double.data == {"/store/folder/file": b"content"}
    with pytest.raises(NotADirectoryError):
        fs.rmdir("/store/folder/file")
    with pytest.raises(FileNotFoundError):
        fs.rmdir("/store/none")


def test_the_door_alone_removes_no_folder_on_one_listings_word(door_only: DCacheFileSystem, double: Double) -> None:
    double.write("/store/folder/file", b"content")
    double.faults(Fault("PROPFIND", path="folder", times=1), Fault("PROPFIND", path="folder", empty_listing=True))
    with pytest.raises(OSError, match="not empty"):
        door_only.rmdir("/store/folder")
    assert double.data == {"/store/folder/file": b"content"}
    door_only.rm_file("/store/folder/file")
    door_only.rmdir("/store/folder")
    assert list(double.nodes()) == ["/", "/store"]


def test_urls_that_are_good_once_are_asked_for_again(fs: DCacheFileSystem, double: Double, tmp_path: Path) -> None:
    double.write("/store/file", CONTENT)
    double.faults(Fault("GET", where="pool", drop_after=1000, times=2), Fault("GET", 400, where="pool"))
    fs.get_file("/store/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    pools = [each.path for each in double.log() if each.where == "pool"]
    assert len(pools) == len(set(pools)) == 4


@pytest.mark.parametrize("fault", [
    Fault("PUT", where="pool", drop_after=1000), Fault("PUT", where="pool", late=True),
    Fault("PUT", where="door", late=True), Fault("PUT", where="pool", corrupt=True), Fault("PUT", 503, where="door"),
    Fault("MOVE", late=True), Fault("HEAD", wrong_digest=True),
])  # fmt: skip
def test_a_broken_upload_is_repeated(fs: DCacheFileSystem, double: Double, fault: Fault) -> None:
    double.faults(replace(fault))
    fs.pipe_file("/store/file", CONTENT)
    assert double.data == {"/store/file": CONTENT} and list(double.nodes()) == ["/", "/store", "/store/file"]


def test_a_full_pool_is_said_at_once_and_leaves_nothing(fs: DCacheFileSystem, double: Double) -> None:
    double.settings.pool_full = True
    with pytest.raises(Refused, match="no space left"):
        fs.pipe_file("/store/file", CONTENT)
    assert double.count("PUT") == 1 and list(double.nodes()) == ["/", "/store"]


def test_three_strangers_are_asked_to_wait(double: Double) -> None:
    double.settings.tokens = {"right"}
    for number in range(3):
        fs = DCacheFileSystem(double.rest, double.door, token=f"wrong{number}", skip_instance_cache=True)
        with pytest.raises(NotAllowed, match=r"401|refused this token"):
            fs.info("/store")
        fs.close()
    # The door is closed to everybody from here for two seconds; a patient client comes in afterwards.
    patient = DCacheFileSystem(double.rest, double.door, token="right", retry=Retry(), skip_instance_cache=True)
    started = time.monotonic()
    assert patient.info("/store")["type"] == "directory"
    assert 0.5 < time.monotonic() - started < 10
    patient.close()


def test_a_restart_in_the_middle_loses_nothing(fs: DCacheFileSystem, double: Double) -> None:
    fs.pipe_file("/store/before", CONTENT)
    double.stop()
    with pytest.raises(NoAnswer, match="no connection"):
        fs.exists("/store/before")
    double.start()
    fs.pipe_file("/store/after", CONTENT)
    assert fs.cat(fs.find("/store")) == {"/store/before": CONTENT, "/store/after": CONTENT}

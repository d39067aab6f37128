"""Downloads that break, stall, trickle or never end: they go on where they broke, and take no more than there is."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from fsspec.callbacks import Callback
from webdav_server import QUICK, Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import GridDavError
from griddav.http.retry import retry_after

MB = 1 << 20
CONTENT = random.Random(1).randbytes(12 * MB)
OTHER = random.Random(2).randbytes(12 * MB)
LIVES = int(1.25 * MB)  # bytes of a file that a connection lives


@pytest.fixture(params=["by the event loop", "by a thread"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a file of this size is read."""
    monkeypatch.setattr("griddav.reading.download.LARGE", 0 if request.param == "by a thread" else 1 << 40)
    monkeypatch.setattr("griddav.reading.direct.BLOCK", MB // 4)
    return str(request.param)


@pytest.fixture
def tagged(fs: WebDavFileSystem, server: Server) -> WebDavFileSystem:
    """The file system of a server that gives ETags, and no checksums."""
    server.etags, server.nodes["/store/file"] = True, CONTENT
    return fs


@pytest.fixture
def summed(server: Server) -> Iterator[WebDavFileSystem]:
    """The file system of a server that states checksums, and gives no ETags."""
    server.name, server.nodes["/store/file"] = "dCache/test", CONTENT
    fs = WebDavFileSystem(server.url(), retry=QUICK, skip_instance_cache=True)
    yield fs
    fs.close()


def ranges(server: Server) -> list[str]:
    return [each.headers.get("Range", "") for each in server.seen if each.method == "GET"]


@pytest.mark.parametrize("kind", ["tagged", "summed"])
def test_a_file_arrives_over_connections_that_live_for_a_tenth_of_it(
    kind: str, way: str, server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fs = request.getfixturevalue(kind)
    server.faults.append(Fault("GET", keep=LIVES, times=1000))
    fs.get_file("/store/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert len(ranges(server)) > QUICK.attempts, "it gave up nowhere although it got further each time"
    assert all(ranges(server)[1:]) and [path.name for path in tmp_path.iterdir()] == ["file"]
    conditions = [each.headers.get("If-Range") for each in server.seen if each.method == "GET"][1:]
    assert all(conditions) if kind == "tagged" else not any(conditions)


def test_a_file_without_etag_and_checksum_is_read_anew(
    fs: WebDavFileSystem, way: str, server: Server, tmp_path: Path
) -> None:
    """Nothing would tell whether the rest belongs to what is here."""
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", keep=LIVES, times=2))
    fs.get_file("/store/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT and not any(ranges(server))
    server.faults.append(Fault("GET", keep=LIVES, times=1000))
    with pytest.raises(GridDavError):
        fs.get_file("/store/file", str(tmp_path / "other"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["tagged", "summed"])
def test_a_file_that_changes_meanwhile_is_never_half_of_each(
    kind: str, way: str, server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fs = request.getfixturevalue(kind)
    server.faults.append(Fault("GET", keep=LIVES, times=1))

    def change(size: int, value: int, **_: Any) -> None:
        server.nodes["/store/file"] = OTHER

    fs.get_file("/store/file", str(tmp_path / "file"), callback=Callback(hooks={"change": change}))
    assert (tmp_path / "file").read_bytes() == OTHER


def test_what_arrived_counts_at_another_door(server: Server, way: str, tmp_path: Path) -> None:
    server.etags, server.nodes["/store/file"] = True, CONTENT
    fs = WebDavFileSystem(
        server.url(), doors=[f"{server.url(door='second')}/other/place"], retry=QUICK, skip_instance_cache=True
    )  # fmt: skip
    server.faults += [Fault("GET", keep=LIVES, times=1), Fault("GET", 503, times=1000, door="door")]
    fs.get_file("/store/file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT
    at_second = [each for each in server.seen if each.method == "GET" and each.door == "second"]
    assert len(at_second) == 1 and at_second[0].headers["Range"].startswith("bytes=1")
    fs.close()


READS = {
    "get_file": lambda fs, folder: fs.get_file("/store/file", str(folder / "file")),
    "cat_file": lambda fs, folder: fs.cat_file("/store/file"),
    "a range": lambda fs, folder: fs.cat_file("/store/file", 10, 20),
    "ranges": lambda fs, folder: fs.cat_ranges(["/store/file"] * 2, [0, MB], [10, MB + 10], on_error="raise"),
    "in order": lambda fs, folder: fs.open("/store/file", block_size=MB).read(),
    "open": lambda fs, folder: fs.open("/store/file", block_size=MB).read(3 * MB),
}


@pytest.mark.parametrize("read", READS)
def test_a_body_without_end_ends(fs: WebDavFileSystem, server: Server, read: str, tmp_path: Path) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", endless=True, times=1000))
    with pytest.raises(GridDavError, match="more than the"):
        READS[read](fs, tmp_path)
    attempts = 2 * (QUICK.attempts or 0)  # twice: the first ones got somewhere, to the end of the file
    assert server.sent < attempts * (len(CONTENT) + 16 * MB) and list(tmp_path.iterdir()) == []


def test_an_error_page_without_end_is_not_read(fs: WebDavFileSystem, server: Server) -> None:
    server.faults.append(Fault("DELETE", endless=True, times=1))
    server.nodes["/store/file"] = b""
    fs.rm_file("/store/file")
    assert server.sent < 16 * MB


@pytest.mark.parametrize("read", ["get_file", "cat_file", "open"])
def test_a_trickle_is_no_download(fs: WebDavFileSystem, server: Server, read: str, tmp_path: Path) -> None:
    server.nodes["/store/file"] = CONTENT
    sessions = fs.client.sessions
    sessions.connection = dataclasses.replace(sessions.connection, read_timeout=0.2)
    server.faults.append(Fault("GET", trickle=True, times=1000))
    begun = time.monotonic()
    with pytest.raises(GridDavError, match=r"\d+ bytes arrived in 0 s"):
        READS[read](fs, tmp_path)
    assert time.monotonic() - begun < 10 and list(tmp_path.iterdir()) == []
    server.faults.clear()
    server.faults.append(Fault("GET", trickle=True, times=1))
    READS[read](fs, tmp_path)


def test_a_reader_that_takes_its_time_is_no_trickle(fs: WebDavFileSystem, server: Server) -> None:
    """Only the time counts in which somebody waits for bytes."""
    server.nodes["/store/file"] = CONTENT
    sessions = fs.client.sessions
    sessions.connection = dataclasses.replace(sessions.connection, read_timeout=0.2)
    with fs.open("/store/file", block_size=MB) as file:
        found = [file.read(4 * MB)]
        time.sleep(0.6)
        found.append(file.read())
    assert b"".join(found) == CONTENT and server.count("GET") == 2


def test_a_date_to_come_back_counts_from_the_server_s_own_clock() -> None:
    now = time.time()
    for skew in (-7200, 0, 7200):
        date, until = formatdate(now + skew, usegmt=True), formatdate(now + skew + 30, usegmt=True)
        assert retry_after(until, date) == 30
    assert 28 <= (retry_after(formatdate(now + 30, usegmt=True), "no date") or 0) <= 30
    assert retry_after("12", "no date") == 12 and retry_after("soon") is None


def test_a_pause_until_a_date_of_a_server_whose_clock_is_fast_is_short(fs: WebDavFileSystem, server: Server) -> None:
    fast = time.time() + 3600
    headers = {"Retry-After": formatdate(fast + 1, usegmt=True), "Date": formatdate(fast, usegmt=True)}
    server.nodes["/store/file"] = b"content"
    server.faults.append(Fault("GET", 503, headers=headers))
    begun = time.monotonic()
    assert fs.cat_file("/store/file") == b"content"
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("name", ["test", "dCache/test"])
def test_a_server_that_does_not_say_how_long_a_file_is_takes_uploads(
    name: str, fs: WebDavFileSystem, server: Server
) -> None:
    server.lengths, server.name = False, name
    for content in (b"content", b""):
        fs.pipe_file("/store/file", content)
        assert server.nodes == {"/": None, "/store": None, "/store/file": content}
    server.faults.append(Fault("PUT", corrupt=True, times=1))
    if name != "test":
        fs.pipe_file("/store/other", b"content")
        assert server.nodes["/store/other"] == b"content"

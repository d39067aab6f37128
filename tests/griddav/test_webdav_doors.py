"""Several doors to one store: when one is down another is asked, and nobody notices."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator

import pytest
from apache import Apache
from webdav_server import PREFIX, QUICK, Fault, Server

from griddav import WebDavFileSystem
from griddav.errors import GridDavError, NoAnswer
from griddav.http.doors import ASIDE, Door, Doors, Operation, doors_of

DOWN = "dav://127.0.0.1:9"
CONTENT = bytes(range(256)) * 100


@pytest.fixture
def second(server: Server) -> str:
    """The URL of the other door, where the files lie in a folder."""
    return server.url(door="second") + PREFIX


@pytest.fixture
def both(server: Server, second: str) -> Iterator[WebDavFileSystem]:
    fs = WebDavFileSystem(server.url(), doors=[second], retry=QUICK, skip_instance_cache=True)
    yield fs
    fs.close()


def doors_asked(server: Server, method: str) -> list[str]:
    return [each.door for each in server.seen if each.method == method]


def test_while_the_first_door_answers_no_other_is_asked(both: WebDavFileSystem, server: Server) -> None:
    both.pipe_file("/store/file", CONTENT)
    assert both.cat_file("/store/file") == CONTENT
    assert {each.door for each in server.seen} == {"door"}


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_door_that_fails_is_put_aside(both: WebDavFileSystem, server: Server, status: int) -> None:
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("PROPFIND", status, times=100, door="door", headers={"Retry-After": "60"}))
    started = time.monotonic()
    assert [both.exists("/store/file") for _ in range(5)] == [True] * 5
    assert doors_asked(server, "PROPFIND") == ["door"] + ["second"] * 5
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("status", [403, 404, 423, 500, 507])
def test_an_answer_about_a_path_is_not_a_failure_of_the_door(
    both: WebDavFileSystem, server: Server, status: int
) -> None:
    server.faults.append(Fault("PROPFIND", status, times=100, door="door"))
    if status == 404:
        assert not both.exists("/store")
    else:
        with pytest.raises(GridDavError, match=str(status)):
            both.exists("/store")
    assert set(doors_asked(server, "PROPFIND")) == {"door"}


def test_everything_works_at_a_door_with_a_folder_of_its_own(second: str, server: Server) -> None:
    fs = WebDavFileSystem(DOWN, doors=[second], retry=QUICK, skip_instance_cache=True)
    fs.pipe_file("/store/new/a b", CONTENT)
    fs.cp_file("/store/new/a b", "/store/copy")
    fs.mv("/store/copy", "/store/moved")
    assert set(server.nodes) == {"/", "/store", "/store/new", "/store/new/a b", "/store/moved"}
    assert fs.ls("/store", detail=False) == ["/store/moved", "/store/new"]
    assert fs.names_in(["/store/new", "/"]) == {"/store/new": {"a b"}, "/": {"store"}}
    assert fs.find("/") == ["/store/moved", "/store/new/a b"]
    assert fs.cat_ranges(["/store/moved"] * 2, [0, 20_000], [10, 20_010]) == [CONTENT[:10], CONTENT[20_000:20_010]]
    fs.rm("/store", recursive=True)
    assert set(server.nodes) == {"/"}


def test_an_upload_goes_on_at_another_door(both: WebDavFileSystem, server: Server) -> None:
    server.faults += [Fault("PUT", 503, door="door"), Fault("MOVE", late=True)]
    both.pipe_file("/store/file", CONTENT, mode="create")
    assert server.nodes == {"/": None, "/store": None, "/store/file": CONTENT}


def test_each_operation_may_have_doors_of_its_own(server: Server, second: str) -> None:
    doors = {"read": [second], "list": [DOWN, server.url()]}
    fs = WebDavFileSystem(server.url(), doors=doors, retry=QUICK, skip_instance_cache=True)
    fs.pipe_file("/store/file", CONTENT)
    assert fs.cat_file("/store/file") == CONTENT
    asked = {method: set(doors_asked(server, method)) for method in ("GET", "PUT", "MOVE", "PROPFIND")}
    assert asked == {"GET": {"second"}, "PUT": {"door"}, "MOVE": {"door"}, "PROPFIND": {"door"}}


def test_a_pool_that_fails_is_not_a_door(server: Server, second: str) -> None:
    server.pool, server.name = True, "dCache/test"
    fs = WebDavFileSystem(server.url(), doors=[second], retry=QUICK, skip_instance_cache=True)
    server.nodes["/store/file"] = CONTENT
    server.faults.append(Fault("GET", 503, times=2, door="pool"))
    assert fs.cat_file("/store/file") == CONTENT
    assert [door for door in doors_asked(server, "GET") if door != "pool"] == ["door"] * 3


def test_the_error_names_all_doors_that_were_asked() -> None:
    doors = ["dav://127.0.0.1:10/b"]
    fs = WebDavFileSystem(DOWN, doors=doors, retry=QUICK, profile="plain", skip_instance_cache=True)
    with pytest.raises(GridDavError) as raised:
        fs.exists("/store")
    assert raised.value.where == "http://127.0.0.1:9/store"
    assert "attempt 4 of 4" in raised.value.what
    assert raised.value.what.endswith("asked: http://127.0.0.1:9, http://127.0.0.1:10/b")


def test_doors_that_are_all_down_are_asked_within_one_deadline(server: Server, second: str) -> None:
    server.faults.append(Fault("PROPFIND", 503, times=100))
    fs = WebDavFileSystem(server.url(), doors=[second], retry=QUICK, skip_instance_cache=True)
    with pytest.raises(NoAnswer, match="attempt 4 of 4"):
        fs.exists("/store")
    assert doors_asked(server, "PROPFIND") == ["door", "second", "door", "second", "door"]


def test_a_door_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    doors, now = doors_of("dav://a", ["dav://b"]), 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    first, other = doors.of[Operation.READ]
    doors.put_aside(first)
    assert doors.choose(Operation.READ) == other
    now += ASIDE + 1
    assert doors.choose(Operation.READ) == first
    doors.put_aside(first, 300)
    now += ASIDE + 1
    assert doors.choose(Operation.READ) == other
    doors.put_aside(other)
    assert not doors.free("read")
    doors.take_back(first)
    assert doors.choose(Operation.READ) == first


def test_the_credentials_are_shown_to_every_door(server: Server, second: str) -> None:
    server.token, server.nodes["/store/file"] = "s3cr3t", CONTENT
    server.faults.append(Fault("PROPFIND", 503, door="door"))
    fs = WebDavFileSystem(server.url(), doors=[second], token="s3cr3t", retry=QUICK, skip_instance_cache=True)
    assert fs.exists("/store/file")
    assert doors_asked(server, "PROPFIND") == ["door", "second"]


def test_a_base_url_with_a_folder_is_the_root(server: Server, second: str) -> None:
    fs = WebDavFileSystem(second + "/store", retry=QUICK, skip_instance_cache=True)
    fs.pipe_file("/a#b", CONTENT)
    assert server.nodes["/store/a#b"] == CONTENT
    url = fs.unstrip_protocol("/a#b")
    assert url == f"{second}/store/a#b"
    assert fs._strip_protocol(url) == "/a#b" and fs._strip_protocol([url, "x"]) == ["/a#b", "/x"]
    assert fs.cat_file(url) == CONTENT
    again = pickle.loads(pickle.dumps(fs))
    assert again.cat_file(url) == CONTENT and again.find("") == ["/a#b"]


def test_paths_of_urls_are_those_below_the_door() -> None:
    doors: Doors = doors_of("davs://a:1/x", ["davs://b"])
    urls = ["davs://a:1/x/y", "davs://a:1/x", "davs://b/x/y", "davs://a:1/xy", "davs://other/x/y", "/x/y", "x"]
    assert [doors.path_of(url) for url in urls] == ["/y", "/", "/x/y", "/xy", "/x/y", "/x/y", "/x"]
    assert Door.of("davs://[::1]:8443/a%20b/").url("/c d") == "https://[::1]:8443/a%2520b/c%20d"


@pytest.mark.parametrize("doors", ["dav://b", {"reads": ["dav://b"]}, ["ftp://b"], [""]])
def test_doors_that_are_none_are_refused(doors: object) -> None:
    with pytest.raises(ValueError, match=r"doors|WebDAV"):
        WebDavFileSystem("dav://a", doors=doors, skip_instance_cache=True)  # type: ignore[arg-type]


def test_a_door_of_apache_takes_over(apache: Apache) -> None:
    fs = WebDavFileSystem(
        "davs://localhost:9", doors=[f"{apache.url}/store"], ca=str(apache.ca), retry=QUICK, skip_instance_cache=True
    )
    fs.pipe_file("/doors/file", CONTENT)
    fs.mv("/doors/file", "/doors/moved")
    assert fs.cat_file("/doors/moved") == CONTENT and fs.ls("/doors", detail=False) == ["/doors/moved"]
    assert (apache.data / "store" / "doors" / "moved").read_bytes() == CONTENT
    fs.rm("/doors", recursive=True)

"""Which files exist: one question per folder, and three answers."""

from __future__ import annotations

import asyncio
import time

import pytest
from apache import Apache
from awkward_names import AWKWARD
from double import Double
from double import Fault as DoubleFault
from webdav_server import Fault, Server
from xrootd import XRootD

from griddav import WebDavFileSystem
from griddav.errors import GridDavError
from griddav.http.retry import TransientError
from griddav.listing.existence import names_of


def test_one_question_per_folder(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes |= {"/store/a": None, "/store/a/b c%20": b"", "/store/a/folder": None, "/store/a/folder/x": b""}
    assert fs.names_in(["/store/a", "store/a/", "/none", "/store/a/b c%20"]) == {
        "/store/a": {"b c%20", "folder"}, "store/a/": {"b c%20", "folder"}, "/none": set(), "/store/a/b c%20": set(),
    }  # fmt: skip
    assert [each.method for each in server.seen] == ["PROPFIND"] * 3


def test_coroutines_ask_as_well(server: Server) -> None:
    async def ask() -> dict[str, frozenset[str]]:
        fs = WebDavFileSystem(server.url(), asynchronous=True, skip_instance_cache=True)
        found: dict[str, frozenset[str]] = await fs._names_in(["/"])
        assert await fs._confirm(["/x"]) == frozenset()
        await fs.client.sessions.close()
        return found

    assert asyncio.run(ask()) == {"/": {"store"}}


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_a_folder_that_cannot_be_listed_is_never_empty(fs: WebDavFileSystem, server: Server, status: int) -> None:
    server.faults.append(Fault("PROPFIND", status, times=100))
    with pytest.raises(GridDavError, match=str(status)):
        fs.names_in(["/store"])


@pytest.mark.parametrize("fault", [Fault("PROPFIND", empty=True), Fault("PROPFIND", keep=150)])
def test_half_a_listing_is_asked_for_again(fs: WebDavFileSystem, server: Server, fault: Fault) -> None:
    server.nodes["/store/file"] = b"content"
    server.faults.append(fault)
    assert fs.names_in(["/store"]) == {"/store": {"file"}}
    assert server.count("PROPFIND") == 2


@pytest.mark.parametrize("hrefs", [
    [], ["/store/x"], ["/store", "/other/x"], ["/store", "/store/a/b"], ["/store", "/store/.."], ["/store", "/"],
    ["/store", "/store/a%00"], ["/store", "/store/../etc"], ["/stor", "/store/a"],
])  # fmt: skip
def test_a_listing_of_something_else_is_none(hrefs: list[str]) -> None:
    with pytest.raises(TransientError):
        names_of(hrefs, "", "/store", encodes=True)


def test_hrefs_of_all_kinds_are_understood() -> None:
    hrefs = [
        "https://host/p/store/",
        "/p/store/a",
        "/p/store/b/",
        "https://host/p/store/c%20d",
        "/p/store/%65",
        "/p//store/f",
    ]
    assert names_of(hrefs, "/p", "/store", encodes=True) == {"a", "b", "c d", "e", "f"}
    assert names_of(["//", "//a", "/b%20c"], "", "/", encodes=False) == {"a", "b%20c"}


def test_absence_from_an_empty_listing_of_dcache_is_asked_again(double: Double) -> None:
    fs = WebDavFileSystem(double.url, skip_instance_cache=True)
    fs.pipe_file("/store/file", b"content")
    double.state.faults.append(DoubleFault("PROPFIND", empty_listing=True))
    assert fs.names_in(["/store"]) == {"/store": set()}
    assert fs.confirm(["/store/file", "/store/other"]) == {"/store/file"}


def test_an_empty_listing_of_another_server_is_believed(fs: WebDavFileSystem, server: Server) -> None:
    server.nodes["/store/file"] = b"content"
    assert fs.exists("/")
    server.seen.clear()
    assert fs.confirm(["/store/file"]) == frozenset() and server.seen == []


def test_an_outage_confirms_nothing(dcache: WebDavFileSystem, server: Server) -> None:
    server.faults.append(Fault("PROPFIND", 403, times=100))
    with pytest.raises(GridDavError):
        dcache.confirm(["/store/file"])


@pytest.mark.parametrize("kind", ["apache", "xrootd"])
def test_real_servers_name_a_hundred_folders_quickly(kind: str, request: pytest.FixtureRequest) -> None:
    server: Apache | XRootD = request.getfixturevalue(kind)
    fs = WebDavFileSystem(server.url, ca=str(server.ca), skip_instance_cache=True)
    # XRootD 5.5.3 takes "?" and control characters for the end of a name, and lists the first 254 bytes of one.
    names = {
        name for name in AWKWARD if kind == "apache" or ("?" not in name and name.isprintable() and len(name) < 255)
    }
    fs.pipe({f"/store/existing/0/{name}": b"" for name in names})
    folder = server.data / "store" / "existing"
    for number in range(100):
        (folder / str(number)).mkdir(exist_ok=True)
        for each in range(20):
            (folder / str(number) / f"events.{each:05d}.parquet").touch()
    expected = {f"events.{each:05d}.parquet" for each in range(20)}
    folders = [f"/store/existing/{number}" for number in range(101)]
    started = time.monotonic()
    found = fs.names_in(folders)
    assert time.monotonic() - started < 5
    assert found["/store/existing/0"] == expected | names
    assert found["/store/existing/99"] == expected and found["/store/existing/100"] == set()

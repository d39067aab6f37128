"""Listings that are kept: no second question, and our own writes are in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from double import Double
from double import Fault as DoubleFault
from webdav_server import Fault, Server

from griddav import WebDavFileSystem
from griddav.listing.cache import ListingCache, made


@pytest.fixture
def kept(server: Server) -> Iterator[WebDavFileSystem]:
    server.nodes |= {"/store/a": None, "/store/a/file": b"content", "/store/b": None}
    fs = WebDavFileSystem(server.url(), use_listings_cache=True, skip_instance_cache=True)
    yield fs
    fs.close()


def quiet(server: Server) -> None:
    """From here on, no question may be asked."""
    server.seen.clear()
    server.faults.append(Fault("PROPFIND", 403, times=1000))


def test_nothing_is_kept_unless_it_is_asked_for(fs: WebDavFileSystem, server: Server) -> None:
    assert fs.ls("/store") == fs.ls("/store") == []
    assert server.count("PROPFIND") == 2


def test_a_listing_is_read_once(kept: WebDavFileSystem, server: Server) -> None:
    assert kept.find("/store") == ["/store/a/file"]
    quiet(server)
    assert kept.ls("/store/a", detail=False) == ["/store/a/file"] and kept.ls("/store/b") == []
    assert kept.info("/store/a/file")["size"] == 7 and kept.isdir("/store/b") and not kept.exists("/store/c")
    assert kept.names_in(["/store/a", "/store"]) == {"/store/a": {"file"}, "/store": {"a", "b"}}
    with pytest.raises(FileNotFoundError):
        kept.info("/store/a/none")


def test_names_are_kept_as_well(kept: WebDavFileSystem, server: Server) -> None:
    assert kept.names_in(["/store/a"]) == {"/store/a": {"file"}}
    assert kept.names_in(["/store/a"]) == {"/store/a": {"file"}}
    assert kept.exists("/store/a/file") and not kept.exists("/store/a/none")
    assert server.count("PROPFIND") == 1
    assert kept.ls("/store/a")[0]["size"] == 7  # more than names is asked for
    assert server.count("PROPFIND") == 2


def test_what_we_write_ourselves_is_in_the_listing(kept: WebDavFileSystem, server: Server) -> None:
    kept.find("/store")
    server.seen.clear()
    kept.pipe_file("/store/a/new", b"12345")
    with kept.open("/store/a/opened", "wt") as file:
        file.write("123")
    kept.pipe_file("/store/c/deep/file", b"")
    kept.mkdir("/store/d")
    kept.rm_file("/store/a/file")
    kept.rmdir("/store/b")
    asked = server.count("PROPFIND")
    assert {each["name"]: each["size"] for each in kept.ls("/store/a")} == {"/store/a/new": 5, "/store/a/opened": 3}
    assert kept.ls("/store", detail=False) == ["/store/a", "/store/c", "/store/d"]
    assert not kept.exists("/store/a/file") and not kept.exists("/store/b") and kept.isdir("/store/c")
    assert server.count("PROPFIND") == asked
    assert kept.find("/store") == ["/store/a/new", "/store/a/opened", "/store/c/deep/file"]


def test_what_we_move_copy_and_remove_is_as_well(kept: WebDavFileSystem, server: Server) -> None:
    kept.find("/store")
    kept.mv("/store/a/file", "/store/b/moved")
    kept.cp_file("/store/b/moved", "/store/b/copied")
    kept.mv("/store/b", "/store/e", recursive=True)
    server.seen.clear()
    assert kept.ls("/store/a") == [] and kept.ls("/store", detail=False) == ["/store/a", "/store/e"]
    assert server.count("PROPFIND") == 0
    assert kept.find("/store/e") == ["/store/e/copied", "/store/e/moved"]
    kept.rm("/store/e", recursive=True)
    server.seen.clear()
    assert kept.ls("/store", detail=False) == ["/store/a"] and server.count("PROPFIND") == 0


def test_a_write_that_fails_changes_nothing(kept: WebDavFileSystem, server: Server) -> None:
    kept.find("/store")
    server.faults.append(Fault("PUT", 507, times=9))
    with pytest.raises(Exception, match="no space"):
        kept.pipe_file("/store/a/new", b"12345")
    assert kept.ls("/store/a", detail=False) == ["/store/a/file"]


def test_others_files_are_seen_after_a_while_and_when_asked_for(server: Server) -> None:
    fs = WebDavFileSystem(server.url(), use_listings_cache=True, listings_expiry_time=0.2, skip_instance_cache=True)
    assert fs.ls("/store") == []
    server.nodes["/store/theirs"] = b""
    assert fs.ls("/store") == []
    assert fs.ls("/store", refresh=True, detail=False) == ["/store/theirs"]
    server.nodes["/store/more"] = b""
    assert not fs.exists("/store/more")
    time.sleep(0.3)
    assert fs.exists("/store/more") and len(fs.ls("/store")) == 2
    del server.nodes["/store/more"]
    fs.invalidate_cache("/store")
    assert len(fs.ls("/store")) == 1
    server.nodes.clear()
    fs.invalidate_cache()
    assert not fs.exists("/store")


def test_a_listing_during_which_we_write_is_not_kept(kept: WebDavFileSystem, server: Server) -> None:
    server.slow = 0.3
    listing = threading.Thread(target=kept.ls, args=("/store/a",))
    listing.start()
    while not server.count("PROPFIND"):
        time.sleep(0.01)
    kept.mkdir("/store/a/new")
    listing.join()
    assert kept.ls("/store/a", detail=False) == ["/store/a/file", "/store/a/new"]


def test_only_so_many_listings_are_kept() -> None:
    known = ListingCache(on=True, most=2)
    for folder in ("/a", "/b", "/c"):
        with known.reading([folder]) as (reading,):
            known.keep(reading, names=["x"])
    assert [known.names(folder) for folder in ("/a", "/b", "/c")] == [None, {"x"}, {"x"}]


def test_what_the_user_does_to_a_listing_does_not_change_ours() -> None:
    known = ListingCache(on=True)
    with known.reading(["/a"]) as (reading,):
        known.keep(reading, infos=[made("/a/x", 5)])
    found = known.infos("/a")
    assert found is not None
    found[0]["size"] = 6
    found.clear()
    assert known.info("/a/x") == made("/a/x", 5)


def test_a_listing_of_dcache_that_may_have_failed_is_not_kept(double: Double) -> None:
    fs = WebDavFileSystem(double.url, use_listings_cache=True, skip_instance_cache=True)
    fs.pipe_file("/store/file", b"content")
    fs.invalidate_cache()
    double.state.faults.append(DoubleFault("PROPFIND", empty_listing=True, times=2))
    assert fs.names_in(["/store"]) == {"/store": set()} and fs.ls("/store") == []
    assert fs.names_in(["/store"]) == {"/store": {"file"}}
    assert fs.ls("/store", detail=False) == ["/store/file"]

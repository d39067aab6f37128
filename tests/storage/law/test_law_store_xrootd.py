"""Targets on a real XRootD, over WebDAV and over its own protocol."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from xrootd import XRootD

from caselaw.errors import StoreUnavailable
from caselaw.storage.law import StoreDirectoryTarget, StoreFileSystem, StoreFileTarget


@pytest.fixture(params=["davs", "root"])
def on_xrootd(request: pytest.FixtureRequest, xrootd: XRootD, section: Callable[..., str]) -> StoreFileSystem:
    folder = f"store/{uuid.uuid4().hex}"
    if request.param == "davs":
        return StoreFileSystem(section(base=f"{xrootd.url}/{folder}", ca=xrootd.ca))
    return StoreFileSystem(section(base=f"{xrootd.root_url}//{folder}"))


def test_files_are_written_read_copied_moved_and_removed(on_xrootd: StoreFileSystem):
    first, second = StoreFileTarget("a/b.json", on_xrootd), StoreFileTarget("c/d.json", on_xrootd)
    assert not first.exists()
    for content in ({"x": 1}, {"x": 2}):
        first.dump(content)
        assert first.load() == content
    assert on_xrootd.listdir("a") == ["b.json"]
    assert first.stat().st_size == len('{"x": 2}')
    first.move_to(second)
    assert not first.exists()
    second.copy_to(StoreFileTarget("c/e.json", on_xrootd))
    assert sorted(on_xrootd.listdir("c")) == ["d.json", "e.json"]
    second.remove()
    assert on_xrootd.listdir("c") == ["e.json"]


def test_folders_are_replaced_as_a_whole(on_xrootd: StoreFileSystem):
    target = StoreDirectoryTarget("plots", on_xrootd)
    for names in (["a.txt", "deep/b.txt"], ["c.txt", "deep/d.txt"]):
        with target.localize("w") as folder:
            for name in names:
                folder.child(name, type="f").dump("x")
        assert sorted(target.listdir()) == sorted([names[0], "deep"])
    with target.localize("r") as folder:
        assert folder.child("deep/d.txt").load() == "x"
    target.remove()
    assert on_xrootd.listdir("/") == []


def test_missing_is_missing(on_xrootd: StoreFileSystem):
    on_xrootd.mkdir("/")
    for question in (on_xrootd.stat, on_xrootd.listdir, lambda path: StoreFileTarget(path, on_xrootd).load()):
        with pytest.raises(FileNotFoundError):
            question("/nothing.txt")
    assert on_xrootd.exists("/nothing.txt", stat=True) is None
    assert not on_xrootd.remove("/nothing.txt")


def test_a_path_that_is_not_allowed_is_no_answer(xrootd: XRootD, section: Callable[..., str]):
    store = StoreFileSystem(section(base=f"{xrootd.root_url}//elsewhere"))
    with pytest.raises(StoreUnavailable, match="disallowed"):
        store.exists("/a")

"""Targets on the double of dCache, by its WebDAV door and with its REST frontend."""

from __future__ import annotations

from collections.abc import Callable

import law
import pytest
from double import Double
from double_state import Fault

from caselaw.errors import StoreRefused
from caselaw.storage.law import StoreDirectoryTarget, StoreFileSystem, StoreFileTarget


@pytest.fixture(params=["dav", "dcache"])
def on_dcache(request: pytest.FixtureRequest, double: Double, section: Callable[..., str]) -> StoreFileSystem:
    options = {"base": f"{double.url}/store", "attempts": 2, "deadline": "1s"}
    if request.param == "dcache":
        options |= {"base": "dcache:///store", "option_api_url": double.rest, "option_webdav_url": double.door}
    return StoreFileSystem(section(**options))


def test_files_are_written_read_copied_moved_and_removed(on_dcache: StoreFileSystem, double: Double):
    first, second = StoreFileTarget("a/b.json", on_dcache), StoreFileTarget("c/100%#?.json", on_dcache)
    assert not first.exists()
    for content in ({"x": 1}, {"x": 2}):
        first.dump(content)
        assert first.load() == content
    first.move_to(second)
    assert not first.exists()
    second.copy_to(StoreFileTarget("c/e.json", on_dcache))
    assert sorted(on_dcache.listdir("c")) == ["100%#?.json", "e.json"]
    assert set(double.data) == {"/store/c/100%#?.json", "/store/c/e.json"}
    second.remove()
    assert on_dcache.listdir("c") == ["e.json"]


def test_folders_are_replaced_as_a_whole(on_dcache: StoreFileSystem):
    target = StoreDirectoryTarget("plots", on_dcache)
    for names in (["a.txt", "deep/b.txt"], ["c.txt", "deep/d.txt"]):
        with target.localize("w") as folder:
            for name in names:
                folder.child(name, type="f").dump("x")
        assert sorted(target.listdir()) == sorted([names[0], "deep"])
    target.remove()
    assert on_dcache.listdir("/") == []


def test_a_full_pool_is_an_error_and_leaves_nothing(on_dcache: StoreFileSystem, double: Double):
    double.settings.pool_full = True
    with pytest.raises(StoreRefused, match="507"):
        StoreFileTarget("a.txt", on_dcache).dump("x" * 100)
    assert double.data == {}


def test_a_listing_that_failed_is_not_an_empty_one(on_dcache: StoreFileSystem, double: Double):
    targets = [StoreFileTarget(f"many/{number}.txt", on_dcache) for number in range(3)]
    for target in targets:
        target.dump("x")
    double.faults(Fault("PROPFIND", path="many", empty_listing=True, times=2), Fault("GET", where="rest", path="many",
                  empty_listing=True))  # fmt: skip
    assert law.SiblingFileCollection(targets).count() == 3

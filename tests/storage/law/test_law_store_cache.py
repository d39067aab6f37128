"""law's cache of remote files in front of a store."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apache import Apache
from webdav_server import Fault, Server

from caselaw.errors import StoreUnavailable
from caselaw.storage.law import StoreFileSystem, StoreFileTarget

Cached = Callable[..., StoreFileSystem]


@pytest.fixture
def cached(apache: Apache, section: Callable[..., str], tmp_path: Path) -> Cached:
    """A function that makes stores on apache, with one cache for all of them."""

    def make(**options: Any) -> StoreFileSystem:
        return StoreFileSystem(section(**{
            "base": f"{apache.url}/store/cache/{tmp_path.name}", "ca": apache.ca, "use_cache": True, "attempts": 1,
            "cache_root": tmp_path / "cache", "cache_wait_delay": "0.02s", **options,
        }))  # fmt: skip

    return make


def kept(tmp_path: Path) -> list[str]:
    files = (path.name for folder in (tmp_path / "cache").iterdir() for path in folder.iterdir())
    return sorted(name.partition("_")[2] for name in files if not name.endswith(".lock"))


def test_a_file_that_was_read_is_kept(cached: Cached, apache: Apache, tmp_path: Path):
    StoreFileTarget("a.txt", cached(use_cache=False)).dump("x")
    target = StoreFileTarget("a.txt", cached())
    assert kept(tmp_path) == []
    assert target.load() == "x"
    assert kept(tmp_path) == ["a.txt"]
    with target.open() as file:
        assert file.read() == "x"
    with target.localize("r") as local:
        assert local.path == target.cache_path
    Path(target.cache_path).write_text("y")
    os.utime(target.cache_path, (0, target.stat().st_mtime))
    assert target.load() == "y"
    assert target.load(cache=False) == "x"


def test_a_file_that_was_written_is_kept(cached: Cached, tmp_path: Path):
    target = StoreFileTarget("a.txt", cached())
    for write in (lambda: target.dump("x"), lambda: opened_and_written(target)):
        write()
        assert kept(tmp_path) == ["a.txt"]
        assert Path(target.cache_path).read_text() == "x"
        Path(target.cache_path).unlink()


def opened_and_written(target: StoreFileTarget) -> None:
    with target.open("w") as file:
        file.write("x")


def test_a_file_that_was_written_again_is_fetched_again(cached: Cached, apache: Apache):
    target = StoreFileTarget("a.txt", cached())
    target.dump("x")
    there = next(apache.data.rglob(f"{Path(target.fs.base[0]).name}/a.txt"))
    there.write_text("y")
    os.utime(there, (0, 1e9))
    assert target.load() == "y"


def test_what_this_process_changes_is_not_read_from_the_cache(cached: Cached):
    store = cached()
    first, second = StoreFileTarget("a.txt", store), StoreFileTarget("b.txt", store)
    first.dump("x")
    second.dump("y")
    second.move_to(first)
    assert first.load() == "y"
    second.dump("z", cache=False)
    second.copy_to(first)
    assert first.load() == "z"
    first.remove()
    with pytest.raises(FileNotFoundError):
        first.load(prefer_cache=True)


def test_without_a_time_of_the_server_nothing_in_the_cache_is_up_to_date(
    section: Callable[..., str], server: Server, tmp_path: Path
):
    store = StoreFileSystem(section(base=f"{server.url()}/store", use_cache=True, cache_root=tmp_path / "cache"))
    target = StoreFileTarget("a.txt", store)
    target.dump("x")
    server.nodes["/store/a.txt"] = b"y"
    assert target.load() == "y"
    assert target.load(prefer_cache=True) == "y"


def test_an_outage_is_not_hidden_unless_the_cache_is_preferred(
    section: Callable[..., str], server: Server, tmp_path: Path
):
    store = StoreFileSystem(
        section(base=f"{server.url()}/store", use_cache=True, cache_root=tmp_path / "cache", attempts=1)
    )
    target = StoreFileTarget("a.txt", store)
    target.dump("x")
    server.faults.append(Fault("PROPFIND", status=503, times=99))
    with pytest.raises(StoreUnavailable):
        target.load()
    with pytest.raises(StoreUnavailable):
        target.exists()
    assert target.load(prefer_cache=True) == "x"


def test_the_cache_keeps_to_its_size(cached: Cached, tmp_path: Path):
    store = cached(cache_max_size="1MB")
    for name in ("a.bin", "b.bin", "c.bin"):
        with StoreFileTarget(name, store).open("wb") as file:
            file.write(bytes(600_000))
    assert kept(tmp_path) == ["c.bin"]


def test_processes_share_the_cache(cached: Cached, tmp_path: Path):
    StoreFileTarget("a.txt", cached(use_cache=False)).dump("x" * 100_000)
    children = [os.fork() for _ in range(1)]
    while children[-1] != 0 and len(children) < 6:
        children.append(os.fork())
    if children[-1] == 0:
        try:
            os._exit(0 if StoreFileTarget("a.txt", cached()).load() == "x" * 100_000 else 1)
        finally:
            os._exit(2)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 6
    assert kept(tmp_path) == ["a.txt"]


def test_nobody_waits_for_a_process_that_was_killed(cached: Cached, tmp_path: Path):
    target = StoreFileTarget("a.txt", cached())
    target.dump("x")
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        with target.fs.cache.lock(target.path):
            os.write(there, b"locked")
            signal.pause()
    assert os.read(here, 6) == b"locked"
    assert target.fs.cache.is_locked(target.path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert not target.fs.cache.is_locked(target.path)
    assert target.load() == "x"

"""The local cache between processes: one fetches and the others wait, whatever is killed, and nothing goes too soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from caselaw.errors import CacheError
from caselaw.storage.cache import FileCache

CACHE = """
import os, sys, time, random
from pathlib import Path
from caselaw.storage.cache import FileCache
folder = Path(sys.argv[1])
cache = FileCache(folder / "cache", int(sys.argv[2]))
def content(key):
    return key.encode() * (100_000 // len(key))
def fetch(key):
    def write(target):
        descriptor = os.open(folder / "fetched", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{key}\\n".encode())
        os.close(descriptor)
        with target.open("wb") as file:
            for start in range(0, 100_000, 10_000):
                file.write(content(key)[start : start + 10_000])
                file.flush()
                time.sleep(pause)
    return write
pause = 0.0
"""


def start(folder: Path, limit: int, code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CACHE + textwrap.dedent(code), str(folder), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def fetched(folder: Path) -> list[str]:
    path = folder / "fetched"
    return path.read_text().split() if path.exists() else []


def finished(processes: list[subprocess.Popen[str]]) -> list[str]:
    outputs = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return outputs


def test_of_eight_processes_that_want_one_file_one_fetches(tmp_path):
    code = """
        pause = 0.02
        print(cache.get("a", fetch("a")).read_bytes() == content("a"))
    """
    assert finished([start(tmp_path, 10**9, code) for _ in range(8)]) == ["True"] * 8
    assert fetched(tmp_path) == ["a"]


def test_threads_of_one_process_fetch_once_too(tmp_path):
    code = """
        from concurrent.futures import ThreadPoolExecutor
        pause = 0.01
        with ThreadPoolExecutor(8) as threads:
            print(set(threads.map(lambda _: cache.get("a", fetch("a")).read_bytes() == content("a"), range(8))))
    """
    assert finished([start(tmp_path, 10**9, code)]) == ["{True}"]
    assert fetched(tmp_path) == ["a"]


def test_a_process_that_is_killed_while_it_fetches_leaves_the_file_to_those_who_wait(tmp_path):
    slow = start(tmp_path, 10**9, 'pause = 10\ncache.get("a", fetch("a"))')
    while not fetched(tmp_path):
        time.sleep(0.01)
    waiting = [start(tmp_path, 10**9, 'print(cache.get("a", fetch("a")).read_bytes() == content("a"))')
               for _ in range(2)]  # fmt: skip
    time.sleep(0.3)
    assert all(process.poll() is None for process in waiting)
    slow.kill()
    assert finished(waiting) == ["True", "True"]
    assert fetched(tmp_path) == ["a", "a"]
    slow.communicate()


def test_whatever_the_moment_of_a_kill_no_part_is_ever_given_out(tmp_path):
    code = """
        pause = 0.001
        print("ready", flush=True)
        for number in range(1000):
            cache.get(f"{number % 7}", fetch(f"{number % 7}"))
            cache.release()
            cache.clear()
    """
    for moment in range(10):
        process = start(tmp_path, 300_000, code)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        time.sleep(0.003 + 0.0071 * moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    cache = FileCache(tmp_path / "cache", 300_000)
    for entry in cache.entries():
        content = entry.key.encode() * 100_000
        path = cache.get(entry.key, lambda target, content=content: target.write_bytes(content))
        assert path.read_bytes() == content
    cache.release()
    cache.clear()
    left = [path.relative_to(cache.folder) for path in cache.folder.rglob("*") if path.is_file()]
    assert [path for path in left if path.parts[0] not in ("users", "total")] == []


def test_files_that_others_use_stay_while_a_full_cache_is_emptied(tmp_path):
    code = """
        for number in range(60):
            keys = random.sample([f"{key:02}" for key in range(12)], 2)
            paths = [cache.get(key, fetch(key)) for key in keys]
            time.sleep(0.001)
            assert [path.read_bytes() for path in paths] == [content(key) for key in keys]
            cache.release(*paths)
    """
    finished([start(tmp_path, 400_000, code) for _ in range(4)])
    cache = FileCache(tmp_path / "cache", 400_000)
    assert cache.size() <= cache.limit
    assert int((cache.folder / "total").read_text()) >= cache.size()


def test_what_a_living_process_uses_stays_and_a_dead_one_uses_nothing(tmp_path):
    process = start(tmp_path, 10**9, 'print(cache.get("a", fetch("a")), flush=True)\ntime.sleep(60)')
    assert process.stdout is not None
    path = Path(process.stdout.readline().strip())
    cache = FileCache(tmp_path / "cache", 10**9)
    assert cache.clear() == 0 and path.exists()
    process.kill()
    process.communicate()
    assert cache.clear() == 100_000 and not path.exists()
    assert len(list((cache.folder / "users").iterdir())) == 0


def test_a_fork_keeps_what_its_parent_was_given(tmp_path):
    code = """
        path = cache.get("a", fetch("a"))
        if os.fork() == 0:
            print(path, flush=True)
            other = cache.get("b", fetch("b"))
            time.sleep(60)
        print(os.wait() and "", flush=True)
    """
    parent = start(tmp_path, 10**9, code)
    assert parent.stdout is not None
    path = Path(parent.stdout.readline().strip())
    parent.kill()
    parent.wait()
    cache = FileCache(tmp_path / "cache", 10**9)
    try:
        while len(cache.entries()) < 2:
            time.sleep(0.01)
        assert cache.clear() == 0 and path.exists()
    finally:
        for user in (cache.folder / "users").glob("*.lock"):
            if (child := int(user.name.split(".")[-3])) != parent.pid:
                os.kill(child, signal.SIGKILL)


def test_a_file_too_large_for_the_disk_is_said_and_nothing_is_left(tmp_path):
    """A limit of the size of files stands for a full disk: writing fails in the middle all the same."""
    script = """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            cache.get("a", fetch("a"))
        except Exception as error:
            print(type(error).__name__, error.what)
    """
    (output,) = finished([start(tmp_path, 10**9, script)])
    assert output.startswith(f"{CacheError.__name__} the cache is full")
    assert FileCache(tmp_path / "cache", 10**9).entries() == []
    assert list((tmp_path / "cache" / "incoming").iterdir()) == []


def test_many_files_in_use_need_one_descriptor(tmp_path):
    cache = FileCache(tmp_path / "cache", 10)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(100):
        cache.get(str(number), lambda target: target.touch())
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
    cache.release()

"""The local cache: every file is fetched once, stays what it was, and is there as long as somebody uses it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselaw.errors import CacheError, ContentChanged
from caselaw.fingerprint import file_digest
from caselaw.storage.cache import FileCache

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a disk or a folder of somebody else")


class Store:
    """Contents by key, and how often each was fetched."""

    def __init__(self, **contents: bytes) -> None:
        self.contents, self.fetched = contents, []

    def __getitem__(self, key: str) -> Callable[[Path], None]:
        def fetch(target: Path) -> None:
            self.fetched.append(key)
            target.write_bytes(self.contents[key])

        return fetch


@pytest.fixture
def cache(tmp_path):
    return FileCache(tmp_path / "cache", 1000)


def use(cache, store, key, pause=0.002, **options):
    """Get a file and release it; the clock of the disk moves on meanwhile."""
    path = cache.get(key, store[key], **options)
    content = path.read_bytes()
    cache.release(path)
    time.sleep(pause)
    return content


def test_a_file_is_fetched_once(cache):
    store = Store(a=b"content")
    paths = {cache.get("a", store["a"], name="events.root") for _ in range(3)}
    assert [path.read_bytes() for path in paths] == [b"content"]
    assert store.fetched == ["a"]


@pytest.mark.parametrize("name", ["events.abc.root", "x", "ü %#+.parquet", "n" * 255])
def test_a_file_keeps_its_name(cache, name):
    assert cache.get("davs://host/a", Store(a=b"")["a"], name=name).name == name
    assert cache.get(f"davs://host/store/{name}", Store(a=b"")["a"]).name == name


@pytest.mark.parametrize("name", ["..", ".", "/", "../../etc/passwd", "a/../.."])
def test_no_name_leads_out_of_the_cache(cache, name):
    path = cache.get("a", Store(a=b"content")["a"], name=name)
    assert path.resolve().is_relative_to(cache.folder / "files") and path.read_bytes() == b"content"


def test_the_same_content_under_another_name_is_not_fetched_again(cache):
    store = Store(a=b"content")
    paths = [cache.get("a", store["a"], name=name) for name in ("events.abc.root", "events.def.root")]
    assert [path.name for path in paths] == ["events.abc.root", "events.def.root"]
    assert [path.read_bytes() for path in paths] == [b"content"] * 2
    assert store.fetched == ["a"]


def test_nobody_writes_into_the_cache(cache):
    path = cache.get("a", Store(a=b"content")["a"])
    assert path.stat().st_mode & 0o777 == 0o444
    assert cache.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_is_cached_as_a_whole(cache, tmp_path):
    def fetch(target):
        (target / "deep").mkdir(parents=True)
        (target / "one.png").write_text("picture")
        (target / "deep" / "two.png").write_text("another")
        (target / "link").symlink_to("nowhere")

    path = cache.get("plots", fetch, name="plots.abc")
    assert (path / "deep" / "two.png").read_text() == "another"
    assert (path / "deep").stat().st_mode & 0o777 == 0o555
    assert cache.get("plots", None, name="plots.abc") == path
    cache.release()
    assert cache.clear() == 7 + 7 + len("nowhere") and cache.entries() == []


def test_a_digest_that_is_not_the_promised_one_is_fetched_again_then_refused(cache, tmp_path):
    sha256 = hashlib.sha256(b"content").hexdigest()
    store = Store(a=b"cOntent")

    def second_time_right(target: Path) -> None:
        store["a"](target)
        store.contents["a"] = b"content"

    assert cache.get("a", second_time_right, sha256=sha256).read_bytes() == b"content"
    assert store.fetched == ["a", "a"]
    with pytest.raises(ContentChanged, match="not what it should be"):
        cache.get("b", Store(b=b"other")["b"], sha256=sha256)
    assert [entry.key for entry in cache.entries()] == ["a"]


def test_a_folder_is_verified_too(cache, tmp_path):
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "one.png").write_text("picture")
    sha256 = file_digest(tmp_path / "plots")
    cache.offer("plots", tmp_path / "plots", sha256=sha256)
    assert (cache.get("plots", None, name="plots", sha256=sha256) / "one.png").read_text() == "picture"
    with pytest.raises(ContentChanged, match="not what it should be"):
        cache.get("other", lambda target: target.mkdir(), sha256=sha256)


def test_what_fetch_raises_is_raised_and_nothing_is_left(cache):
    def missing(target: Path) -> None:
        target.write_text("half")
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "/store/a")

    with pytest.raises(FileNotFoundError, match="/store/a"):
        cache.get("a", missing)
    assert [file for file in cache.folder.rglob("*") if file.is_file() and file.parent.name != "users"] == []
    assert use(cache, Store(a=b"content"), "a") == b"content"


def test_a_fetch_that_brings_nothing_is_no_missing_file(cache):
    with pytest.raises(ContentChanged, match="without its file"):
        cache.get("a", lambda target: None, sha256="0" * 64)


@pytest.mark.parametrize("damage", [
    lambda path: path.write_bytes(b"CONTENT"), lambda path: os.truncate(path, 3), lambda path: path.unlink(),
    lambda path: path.rename(path.with_name("other")),
])  # fmt: skip
def test_what_was_edited_or_cut_short_is_fetched_again(cache, damage):
    store = Store(a=b"content")
    path = cache.get("a", store["a"])
    path.chmod(0o644)
    damage(path)
    assert use(cache, store, "a") == b"content"
    assert store.fetched == ["a", "a"]


def test_half_a_note_is_no_entry(cache):
    store = Store(a=b"content")
    cache.get("a", store["a"])
    (note,) = (path for path in (cache.folder / "notes").rglob("*") if path.is_file())
    for text in ("", "{", "[]", "{}", '{"key": 1}', note.read_text()[:-2]):
        note.write_text(text)
        assert cache.entries() == []
        assert use(cache, store, "a") == b"content"
    assert len(store.fetched) == 7


def test_a_published_file_is_taken_in_by_a_second_name(cache, tmp_path):
    (tmp_path / "events.root").write_bytes(b"content")
    cache.offer("a", tmp_path / "events.root", name="events.abc.root")
    path = cache.get("a", None)
    assert path.samefile(tmp_path / "events.root") and path.name == "events.abc.root"
    (tmp_path / "events.root").unlink()
    assert cache.get("a", None, name="events.abc.root").read_bytes() == b"content"
    (tmp_path / "other").write_bytes(b"another")
    cache.offer("a", tmp_path / "other", name="events.abc.root")
    assert cache.get("a", None, name="events.abc.root").read_bytes() == b"content"


def test_a_file_of_another_disk_is_copied(cache, tmp_path):
    if Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.fail("this test needs /dev/shm on a file system of its own")
    source = Path("/dev/shm", f"caselaw-{os.getpid()}.root")
    source.write_bytes(b"content")
    try:
        cache.offer("a", source)
        assert cache.get("a", None).read_bytes() == b"content"
        assert source.stat().st_mode & 0o200, "only a copy becomes read-only"
    finally:
        source.unlink()


def test_the_least_recently_used_go_first(cache):
    store = Store(**{key: bytes(300) for key in "abcde"})
    for key in "abcad":
        use(cache, store, key)
    assert [entry.key for entry in cache.entries()] == ["c", "a", "d"]
    use(cache, store, "a")
    use(cache, store, "b")
    assert store.fetched == list("abcdb")
    assert [entry.key for entry in cache.entries()] == ["d", "a", "b"]
    assert cache.size() == 900


def test_what_is_in_use_stays(cache):
    store = Store(**{key: bytes(400) for key in "abcd"})
    paths = {key: cache.get(key, store[key]) for key in "abcd"}
    assert cache.size() == 1600 and cache.clear() == 0
    cache.release(paths["b"], paths["c"])
    assert cache.clear() == 800
    assert {entry.key for entry in cache.entries()} == {"a", "d"}
    cache.release()
    assert cache.clear() == 800


def test_one_file_is_forgotten_unless_somebody_uses_it(cache):
    store = Store(a=b"content", b=b"content")
    a, b = (cache.get(key, store[key]) for key in "ab")
    cache.release(a)
    assert cache.forget(a) and not a.exists()
    assert not cache.forget(b) and b.exists()
    assert not cache.forget(a)


def test_a_file_larger_than_the_limit_is_delivered(cache):
    store = Store(a=bytes(5000), b=bytes(10))
    assert len(use(cache, store, "a")) == 5000
    use(cache, store, "b")
    assert [entry.key for entry in cache.entries()] == ["b"]


def test_a_full_disk_makes_room_of_what_nobody_uses(cache):
    store = Store(a=b"content", b=b"content")
    use(cache, store, "a")

    def full_while_a_is_there(target: Path) -> None:
        if "a" in {entry.key for entry in cache.entries()}:
            raise OSError(errno.ENOSPC, "No space left on device")
        store["b"](target)

    assert cache.get("b", full_while_a_is_there).read_bytes() == b"content"


def test_a_disk_that_stays_full_is_said(cache):
    def full(target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CacheError, match="the cache is full: No space left"):
        cache.get("a", full)


def test_what_is_published_stays_within_the_limit(cache, tmp_path):
    for number in range(12):
        source = tmp_path / str(number)
        source.write_bytes(bytes(300))
        cache.offer(str(number), source)
        assert cache.size() <= cache.limit
    (tmp_path / "large").write_bytes(bytes(5000))
    cache.offer("large", tmp_path / "large")
    assert "large" not in {entry.key for entry in cache.entries()}
    assert cache.entries()


@pytest.fixture
def full(tmp_path) -> Iterator[Path]:
    """A disk of its own without any space left."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    try:
        with contextlib.suppress(OSError):
            (disk / "filling").write_bytes(bytes(1 << 20))
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def assert_nothing_is_kept(folder, tmp_path, caplog):
    (tmp_path / "source").write_bytes(bytes(300))
    for key in "ab":
        FileCache(folder, 1000).offer(key, tmp_path / "source")
    assert caplog.text.count("what is uploaded is not kept in the cache") == 1


@only_root
def test_a_full_disk_hinders_no_publication(full, tmp_path, caplog):
    assert_nothing_is_kept(full / "cache", tmp_path, caplog)


def test_a_cache_that_cannot_be_there_hinders_no_publication(tmp_path, caplog):
    (tmp_path / "file").touch()
    assert_nothing_is_kept(tmp_path / "file", tmp_path, caplog)


def test_a_cache_that_others_may_change_hinders_no_publication(tmp_path, caplog):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert_nothing_is_kept(tmp_path / "open", tmp_path, caplog)


def test_a_cache_that_others_may_change_is_refused(tmp_path):
    folder = tmp_path / "cache"
    store = Store(a=b"content")
    FileCache(folder, 1000).get("a", store["a"])
    assert folder.stat().st_mode & 0o077 == 0
    folder.chmod(0o755)
    assert FileCache(folder, 1000).get("a", store["a"]).read_bytes() == b"content"
    for path in (folder, folder / "files"):
        for mode in (0o775, 0o757):
            path.chmod(mode)
            with pytest.raises(CacheError, match=r"other users may write to the cache.*cache_folder"):
                FileCache(folder, 1000).get("a", store["a"])
        path.chmod(0o755)


@only_root
@pytest.mark.parametrize("inside", ["", "files", "notes"])
def test_a_cache_of_another_user_is_refused(tmp_path, inside):
    folder = tmp_path / "cache"
    FileCache(folder, 1000).get("a", Store(a=b"content")["a"])
    os.chown(folder / inside, 12345, -1)
    with pytest.raises(CacheError, match=r"another user \(12345\).*cache_folder in configs/stores.yaml"):
        FileCache(folder, 1000).get("a", Store(a=b"content")["a"])


def test_a_cache_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match="cannot be written"):
        FileCache(tmp_path / "file", 1000).get("a", Store(a=b"")["a"])


def test_a_cache_that_is_not_there_yet_is_empty(tmp_path):
    cache = FileCache(tmp_path / "deep" / "cache", 1000)
    assert cache.entries() == [] and cache.size() == 0 and cache.clear() == 0
    cache.release()


def test_a_lost_or_garbled_total_is_counted_again(cache):
    store = Store(**{key: bytes(400) for key in "abcdef"})
    for key, damage in zip("abcdef", ("", "x", "12", "-1", "9" * 60, None), strict=True):
        use(cache, store, key)
        if damage is not None:
            (cache.folder / "total").write_text(damage)
    assert cache.size() <= cache.limit


def test_a_cache_that_was_removed_as_a_whole_starts_again(cache):
    store = Store(a=b"content")
    use(cache, store, "a")
    shutil.rmtree(cache.folder)
    assert use(cache, store, "a") == b"content"


KEYS = st.sampled_from("abcdef")
STEPS = st.lists(st.tuples(st.sampled_from(["get", "get", "release", "damage", "clear"]), KEYS), max_size=30)


@settings(deadline=None, max_examples=40)
@given(STEPS)
def test_whatever_happens_files_are_right_and_those_in_use_are_there(steps):
    store = Store(**{key: key.encode() * (100 + 60 * ord(key) % 300) for key in "abcdef"})
    used = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = FileCache(Path(folder, "cache"), 800)
        for step, key in steps:
            if step == "get":
                used[key] = cache.get(key, store[key], name=f"{key}.root")
                assert used[key].read_bytes() == store.contents[key]
            elif step == "release" and key in used:
                cache.release(used.pop(key))
            elif step == "damage" and key in used:
                used[key].chmod(0o644)
                used.pop(key).write_bytes(b"damaged")
                cache.release(cache.get(key, store[key]))
            elif step == "clear":
                cache.clear()
            assert all(path.exists() for path in used.values())
        cache.release()
        use(cache, store, "a", pause=0)
        cache.get("g", lambda target: target.write_bytes(bytes(800)))
        cache.release()
        assert cache.size() <= 800

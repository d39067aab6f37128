"""Digests of files and folders, and the memo that must never be wrong and never be needed."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import FileDigests, file_digest, files


@pytest.fixture
def memo(tmp_path: Path) -> FileDigests:
    return FileDigests(tmp_path / "memo" / "digests.sqlite")


@pytest.fixture
def old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as old enough to be memoised: change times cannot be set back for a test."""
    monkeypatch.setattr(files, "RACY_SECONDS", -1.0)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose bytes were really read."""
    read: list[Path] = []
    original = files._hash

    def spy(path: Path) -> tuple[str, os.stat_result]:
        read.append(path)
        return original(path)

    monkeypatch.setattr(files, "_hash", spy)
    return read


def test_the_digest_of_a_file_is_what_sha256sum_prints(tmp_path: Path) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    assert file_digest(path) == file_digest(str(path)) == hashlib.sha256(b"events").hexdigest()


def test_a_file_is_read_once(tmp_path: Path, memo: FileDigests, old_files: None, hashed: list[Path]) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    assert memo.digest(path) == memo.digest(path) == FileDigests(memo.cache_path).digest(path)
    assert hashed == [path]


def test_a_file_that_was_just_written_is_not_memoised(tmp_path: Path, memo: FileDigests, hashed: list[Path]) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    memo.digest(path)
    memo.digest(path)
    assert hashed == [path, path]


def test_an_edit_that_keeps_size_and_modification_time_is_seen(
    tmp_path: Path, memo: FileDigests, old_files: None
) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    status, before = path.stat(), memo.digest(path)
    time.sleep(0.02)  # more than a tick of the clock that stamps files
    path.write_bytes(b"EVENTS")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert memo.digest(path) == file_digest(path) != before


def test_a_touch_does_not_change_the_digest(tmp_path: Path, memo: FileDigests, old_files: None) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    before = memo.digest(path)
    os.utime(path, (1, 1))
    assert memo.digest(path) == before


def test_a_file_replaced_by_another_is_seen(tmp_path: Path, memo: FileDigests, old_files: None) -> None:
    path, other = tmp_path / "a.root", tmp_path / "b.root"
    path.write_bytes(b"events")
    before = memo.digest(path)
    other.write_bytes(b"EVENTS")
    other.replace(path)
    assert memo.digest(path) != before


def test_a_corrupt_memo_is_made_again_with_a_warning(
    tmp_path: Path, memo: FileDigests, old_files: None, hashed: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    memo.cache_path.parent.mkdir()
    memo.cache_path.write_bytes(b"this is no database" * 100)
    with caplog.at_level(logging.WARNING):
        digests = [memo.digest(path) for _ in range(3)]
    assert set(digests) == {file_digest(path)}
    assert "corrupt" in caplog.text
    assert len(hashed) <= 3  # two through the memo, one by file_digest
    with sqlite3.connect(memo.cache_path) as database:
        assert database.execute("SELECT count(*) FROM digests_1").fetchone() == (1,)


def test_a_memo_that_cannot_be_written_costs_only_time(
    tmp_path: Path, old_files: None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    memo = FileDigests(path / "below-a-file" / "digests.sqlite")
    with caplog.at_level(logging.WARNING):
        assert memo.digest(path) == memo.digest(path) == file_digest(path)
    assert caplog.text.count("not memoised") == 1


def test_a_deleted_memo_is_made_again(tmp_path: Path, memo: FileDigests, old_files: None) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    before = memo.digest(path)
    memo.cache_path.unlink()
    assert FileDigests(memo.cache_path).digest(path) == before
    assert memo.cache_path.exists()


def test_processes_share_a_memo(tmp_path: Path, memo: FileDigests) -> None:
    for number in range(20):
        (tmp_path / f"{number}.root").write_bytes(b"%d" % number)
    script = (
        "import sys, caselaw.fingerprint.files as files\n"
        "files.RACY_SECONDS = -1.0\n"
        "memo = files.FileDigests(sys.argv[1])\n"
        "print(*[memo.digest(path) for path in sys.argv[2:]])\n"
    )
    paths = [str(tmp_path / f"{number}.root") for number in range(20)]
    command = [sys.executable, "-c", script, str(memo.cache_path), *paths]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = {process.communicate(timeout=60)[0] for process in running}
    assert printed == {" ".join(map(file_digest, paths)) + "\n"}
    with sqlite3.connect(memo.cache_path) as database:
        assert database.execute("SELECT count(*) FROM digests_1").fetchone() == (20,)


def test_a_memo_works_in_a_forked_child(tmp_path: Path, memo: FileDigests, old_files: None) -> None:
    path = tmp_path / "a.root"
    path.write_bytes(b"events")
    expected = memo.digest(path)
    child = os.fork()
    if child == 0:
        os._exit(0 if memo.digest(path) == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert memo.digest(path) == expected


def test_names_that_are_no_utf8_are_memoised(
    tmp_path: Path, memo: FileDigests, old_files: None, hashed: list[Path]
) -> None:
    path = tmp_path / os.fsdecode(b"\xff.root")
    path.write_bytes(b"events")
    assert memo.digest(path) == memo.digest(path)
    assert len(hashed) == 1


def make_folder(root: Path) -> Path:
    (root / "sub" / "empty").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "b.txt").write_text("b")
    return root


def test_a_folder_is_its_names_and_contents(tmp_path: Path) -> None:
    one, two = make_folder(tmp_path / "one"), make_folder(tmp_path / "two")
    assert file_digest(one) == file_digest(two)
    os.utime(one / "a.txt", (1, 1))
    assert file_digest(one) == file_digest(two)


@pytest.mark.parametrize("edit", ["content", "rename", "add", "remove", "empty folder", "linked folder"])
def test_every_change_in_a_folder_changes_its_digest(tmp_path: Path, edit: str) -> None:
    folder = make_folder(tmp_path / "one")
    outside = make_folder(tmp_path / "two")
    (folder / "link").symlink_to(outside)
    before = file_digest(folder)
    match edit:
        case "content":
            (folder / "sub" / "b.txt").write_text("c")
        case "rename":
            (folder / "a.txt").rename(folder / "c.txt")
        case "add":
            (folder / "sub" / ".hidden").touch()
        case "remove":
            (folder / "a.txt").unlink()
        case "empty folder":
            (folder / "sub" / "empty").rmdir()
        case "linked folder":
            (outside / "a.txt").write_text("changed")
    assert file_digest(folder) != before


def test_a_folder_linked_into_itself_is_an_error(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "one")
    (folder / "sub" / "up").symlink_to(folder)
    with pytest.raises(FingerprintError, match="contains itself"):
        file_digest(folder)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path, memo: FileDigests) -> None:
    for digest_of in (file_digest, memo.digest):
        with pytest.raises(FingerprintError, match=r"nowhere\.root: an input file does not exist"):
            digest_of(tmp_path / "nowhere.root")


def test_an_unreadable_file_is_not_missing(tmp_path: Path, memo: FileDigests) -> None:
    loop = tmp_path / "loop.root"
    loop.symlink_to(loop)
    with pytest.raises(FingerprintError, match="cannot be read"):
        memo.digest(loop)


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FingerprintError, match="not a regular file"):
        file_digest(tmp_path / "pipe")


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.root"
    path.write_bytes(b"events")
    original = hashlib.file_digest

    def slow(*arguments: object) -> object:
        digest = original(*arguments)  # type: ignore[arg-type]
        with path.open("ab") as file:
            file.write(b"more")
        return digest

    monkeypatch.setattr(files.hashlib, "file_digest", slow)
    with pytest.raises(FingerprintError, match="changed while it was read"):
        file_digest(path)


@pytest.mark.parametrize(
    "url", ["https://host/a.root", "root://host//store/a.root", "davs://host/a", Path("root://host//a.root")]
)
def test_a_url_needs_a_lock_entry(url: str | Path, memo: FileDigests) -> None:
    with pytest.raises(FingerprintError, match="lock entry"):
        memo.digest(url)

"""Local targets: luigi's suite, and what caselaw adds to law's own."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import Any

import law
import numpy as np
import pytest
from luigi_suite import LuigiSuite, SpoiltError

from caselaw.errors import StoreUnavailable
from caselaw.storage.target import DirectoryTarget, FileTarget

law.contrib.load("numpy")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestLuigiSuiteOfLocalTargets(LuigiSuite):
    @pytest.fixture(autouse=True)
    def in_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def target(self, file_format: Any = None) -> FileTarget:
        return FileTarget(self.folder / "file.txt", format=file_format)

    def leftovers(self) -> list[str]:
        return [name for name in names(self.folder) if name != "file.txt"]


def test_a_file_is_a_path(tmp_path):
    assert os.fspath(FileTarget(tmp_path / "a.json")) == str(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", {"x": [1]}), ("a.yaml", {"x": 1}), ("a.txt", "é"), ("a.npy", np.arange(3))]
)
def test_formatters_read_what_they_wrote(tmp_path, name, content):
    target = FileTarget(tmp_path / "deep" / name)
    target.dump(content)
    assert np.all(target.load() == content)
    assert names(tmp_path / "deep") == [name]


def test_a_dump_that_fails_leaves_what_was_there(tmp_path):
    target = FileTarget(tmp_path / "a.json")
    target.dump({"x": 1})
    with pytest.raises(TypeError):
        target.dump({"x": object()})
    assert target.load() == {"x": 1}
    assert names(tmp_path) == ["a.json"]


def test_a_localized_file_appears_at_the_end_of_the_block(tmp_path):
    target = FileTarget(tmp_path / "a.txt")
    with target.localize("w") as temporary:
        Path(temporary).write_text("x")
        assert not target.exists()
    assert Path(target).read_text() == "x"
    with pytest.raises(SpoiltError), target.localize("w") as temporary:
        Path(temporary).write_text("y")
        raise SpoiltError
    assert Path(target).read_text() == "x"


def test_text_is_appended_to_a_file(tmp_path):
    target = FileTarget(tmp_path / "a.txt")
    for text in ("x", "y"):
        with target.open("a") as file:
            file.write(text)
    assert Path(target).read_text() == "xy"


def test_bytes_are_written_by_mode(tmp_path):
    target = FileTarget(tmp_path / "a.bin")
    with target.open("wb") as file:
        file.write(b"\xff")
    with target.open("rb") as file:
        assert file.read() == b"\xff"


def test_another_mode_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'r\\+'"):
        FileTarget(tmp_path / "a").open("r+")


def test_permissions_are_those_that_were_asked_for(tmp_path):
    target = FileTarget(tmp_path / "a.txt")
    with target.open("w", perm=0o640) as file:
        file.write("x")
    assert target.stat().st_mode & 0o777 == 0o640
    target.dump("y", perm=0o600)
    assert target.stat().st_mode & 0o777 == 0o600


def test_copies_and_moves_are_files_of_the_store(tmp_path):
    first, second = FileTarget(tmp_path / "a.txt"), FileTarget(tmp_path / "deep" / "b.txt")
    first.dump("x")
    first.copy_to(second)
    assert second.load() == "x"
    second.move_to(tmp_path / "c.txt")
    assert not second.exists()
    assert names(tmp_path) == ["a.txt", "c.txt", "deep"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_lies_on_another_disk_is_moved_as_a_whole(tmp_path, monkeypatch, kind):
    def between_disks(source: str, final: str) -> None:
        if Path(source).parent != Path(final).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        Path(source).rename(final)

    monkeypatch.setattr(os, "replace", between_disks)
    source, final = tmp_path / "disk" / "a", tmp_path / "store" / "a"
    FileTarget(source if kind == "file" else source / "b").dump("x", formatter="text")
    FileTarget(final).fs.move(str(source), str(final))
    assert not source.exists()
    assert names(tmp_path / "store") == ["a"]
    assert (final if kind == "file" else final / "b").read_text() == "x"


def test_a_process_that_is_killed_leaves_no_file(tmp_path):
    target = FileTarget(tmp_path / "a.txt")
    child = os.fork()
    if child == 0:
        file = target.open("w")
        file.write("x" * 100_000)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert not target.exists()


def test_a_folder_appears_at_the_end_of_the_block(tmp_path):
    target = DirectoryTarget(tmp_path / "plots")
    with target.localize("w") as folder:
        folder.child("a.txt", type="f").dump("x")
        assert not target.exists()
    assert names(tmp_path) == ["plots"]
    with pytest.raises(SpoiltError), target.localize("w") as folder:
        folder.child("b.txt", type="f").dump("x")
        raise SpoiltError
    assert names(tmp_path / "plots") == ["a.txt"]
    with target.localize("a") as folder:
        folder.child("b.txt", type="f").dump("x")
    assert names(tmp_path / "plots") == ["a.txt", "b.txt"]
    with target.localize("w") as folder:
        folder.child("c.txt", type="f").dump("x")
    assert names(tmp_path / "plots") == ["c.txt"]
    assert names(tmp_path) == ["plots"]


def test_files_that_are_being_written_are_not_listed(tmp_path):
    FileTarget(tmp_path / "a.txt").dump("x")
    with FileTarget(tmp_path / "b.txt").open("w"):
        assert len(names(tmp_path)) == 2
        assert DirectoryTarget(tmp_path).listdir() == ["a.txt"]


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path):
    target = FileTarget(tmp_path / f"1.{'x' * 249}.txt")
    target.dump("x")
    with target.open("a") as file:
        file.write("y")
    assert target.load() == "xy"


def test_children_and_parents_are_of_the_same_kind(tmp_path):
    folder = DirectoryTarget(tmp_path)
    assert type(folder.child("a", type="f")) is FileTarget
    assert type(FileTarget(tmp_path / "a").parent) is DirectoryTarget


def test_a_question_that_fails_is_not_missing(tmp_path):
    with pytest.raises(StoreUnavailable):
        FileTarget(tmp_path / ("x" * 300)).exists()
    with pytest.raises(StoreUnavailable):
        DirectoryTarget(tmp_path / ("x" * 300)).complete()


def test_an_optional_target_is_complete(tmp_path):
    assert FileTarget(tmp_path / "a", optional=True).complete()
    assert not FileTarget(tmp_path / "a").complete()


def test_the_size_is_shown_where_law_shows_it(tmp_path):
    target = FileTarget(tmp_path / "a.txt")
    assert target.exists(stat=True) is None
    target.dump("xyz")
    assert target.exists(stat=True).st_size == 3


def test_collections_of_siblings_count_by_one_listing(tmp_path):
    targets = [FileTarget(tmp_path / f"{number}.txt") for number in range(3)]
    collection = law.SiblingFileCollection(targets)
    assert collection.count() == 0
    targets[1].dump("x")
    assert collection.count(keys=True) == (1, [1])

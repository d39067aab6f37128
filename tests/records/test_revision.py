"""The git revision in records."""

from __future__ import annotations

import subprocess

import pytest

from caselaw.records import revision


@pytest.fixture
def repository(tmp_path):
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@b", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    (tmp_path / "work.py").write_text("A = 1\n")
    (tmp_path / ".gitignore").write_text("data/\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return tmp_path, git


def test_a_clean_tree_is_its_commit(repository):
    root, git = repository
    assert revision(root) == {"commit": git("rev-parse", "HEAD"), "dirty": False}


def test_an_edit_makes_it_dirty_and_the_patch_tells_edits_apart(repository):
    root, _ = repository
    found = []
    for text in ("A = 2\n", "A = 3\n", "A = 2\n"):
        (root / "work.py").write_text(text)
        found.append(revision(root))
    assert found[0]["dirty"] is True
    assert found[0] == found[2] != found[1]


def test_an_untracked_module_counts_and_data_does_not(repository):
    root, _ = repository
    (root / "data").mkdir()
    (root / "data" / "events.py").write_text("")
    (root / "notes.txt").write_text("")
    assert revision(root)["dirty"] is False
    (root / "new.py").write_text("B = 1\n")
    first = revision(root)
    (root / "new.py").write_text("B = 2\n")
    assert first["dirty"] is True
    assert first["patch"] != revision(root)["patch"]


def test_outside_a_repository_there_is_none(tmp_path):
    assert revision(tmp_path) == {}

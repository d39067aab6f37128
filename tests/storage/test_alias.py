"""A second name for an output."""

from __future__ import annotations

import errno
import os

import pytest

from caselaw.errors import PublishError
from caselaw.storage.alias import alias


def test_a_file_gets_a_hard_link(tmp_path):
    (tmp_path / "a").write_text("x")
    alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "a").stat().st_ino == (tmp_path / "b").stat().st_ino


def test_what_has_the_name_is_replaced(tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("y")
    assert alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "x"
    assert list((tmp_path / ".staging").iterdir()) == []


def test_a_folder_that_has_the_name_is_replaced(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("x")
    assert alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["a"]
    assert list((tmp_path / ".staging").iterdir()) == []


def test_a_folder_appears_as_a_whole(tmp_path):
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "f").write_text("x")
    alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b" / "deep" / "f").stat().st_ino == (tmp_path / "a" / "deep" / "f").stat().st_ino
    assert list((tmp_path / ".staging").iterdir()) == []


def test_without_hard_links_it_is_a_copy(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    (tmp_path / "a").write_text("x")
    monkeypatch.setattr(os, "link", refuse)
    alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "x"
    assert (tmp_path / "a").stat().st_ino != (tmp_path / "b").stat().st_ino


def test_a_source_that_vanished_gives_none(tmp_path):
    assert not alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert not (tmp_path / "b").exists()


def test_an_error_says_what_to_do(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(PublishError, match="could not get a second name: No such file or directory; check free space"):
        alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "nowhere" / "b"))


def test_a_file_that_has_all_the_links_it_can_have_is_copied(tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "links").mkdir()
    try:
        for number in range(66_000):
            os.link(tmp_path / "a", tmp_path / "links" / str(number))
    except OSError as error:
        assert error.errno == errno.EMLINK
    assert alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "x"

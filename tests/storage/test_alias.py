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


def test_a_name_that_exists_is_kept(tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("y")
    alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "y"


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


def test_a_source_that_vanished_is_an_error(tmp_path):
    with pytest.raises(PublishError):
        alias(tmp_path, str(tmp_path / "a"), str(tmp_path / "b"))
    assert not (tmp_path / "b").exists()

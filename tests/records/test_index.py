"""The index of records: always as the files are, and dispensable."""

from __future__ import annotations

import logging
import os

import pytest
from made_records import record

from caselaw.records import RecordIndex, compact, write_record


@pytest.fixture
def index(tmp_path):
    return RecordIndex(tmp_path / ".caselaw" / "records.sqlite")


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "Fit")


def test_a_new_record_is_found_at_once(index, folder):
    assert index.newest(folder) is None
    write_record(folder, record("a"))
    assert index.newest(folder) == record("a")
    write_record(folder, record("b", ended=9.0))
    assert index.newest(folder).fingerprint == "b"
    assert [found.fingerprint for found in index.records(folder)] == ["a", "b"]
    assert index.of_fingerprint(folder, "a") == record("a")


def test_records_that_moved_into_a_document_are_found_once(index, folder):
    write_record(folder, record("a"))
    assert index.holdings(folder).keys() == {"a"}
    compact(folder, "whole", idle=frozenset({os.getpid()}))
    assert [found.fingerprint for found in index.records(folder)] == ["a"]


def test_removed_files_are_forgotten(index, folder, tmp_path):
    write_record(folder, record("a"))
    assert index.newest(folder)
    for path in (tmp_path / "Fit" / ".records").iterdir():
        path.unlink()
    assert index.newest(folder) is None


def test_folders_are_kept_apart(index, folder, tmp_path):
    write_record(folder, record("a"))
    write_record(str(tmp_path / "Other"), record("b"))
    assert index.newest(folder).fingerprint == "a"
    assert index.holdings(str(tmp_path / "Other")).keys() == {"b"}


def test_identity_own_components_and_content_are_asked_for(index, folder):
    write_record(folder, record("a", identity="1", own="x", content="p", ended=1.0))
    write_record(folder, record("b", identity="1", own="y", content="q", ended=2.0))
    write_record(folder, record("c", identity="2", own="x", content="p", ended=3.0))
    assert index.newest(folder, identity="1").fingerprint == "b"
    assert index.newest(folder, own="x").fingerprint == "c"
    assert index.newest(folder, identity="1", own="x").fingerprint == "a"
    assert index.by_content(folder, "x") == {"p": ("c", "a")}
    assert index.of_content(folder, "q") == ("b",)
    assert index.earlier(folder) == {"1": ["a", "b"], "2": ["c"]}


def test_outputs_that_hold_the_same_are_equal_whatever_their_names(index, folder):
    output = {"name": "x", "bytes": 1, "sha256": "1", "digest": "root:1"}
    write_record(folder, record("a", outputs={"fit": output}))
    write_record(folder, record("b", outputs={"fit": {**output, "name": "y", "sha256": "2"}}))
    write_record(folder, record("c", outputs={"fit": {**output, "digest": "root:2"}}))
    found = index.holdings(folder)
    assert found["a"] == found["b"] != found["c"]


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_lost_or_damaged_index_is_made_again(index, folder, damage):
    write_record(folder, record("a"))
    assert index.newest(folder)
    if damage is None:
        index.path.unlink()
    else:
        index.path.write_bytes(damage)
    assert RecordIndex(index.path).newest(folder) == record("a")


def test_without_a_place_for_it_the_index_is_in_memory(folder, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    index = RecordIndex(tmp_path / "file" / "records.sqlite")
    write_record(folder, record("a"))
    with caplog.at_level(logging.WARNING):
        assert index.newest(folder) == record("a")
        write_record(folder, record("b", ended=9.0))
        assert index.newest(folder).fingerprint == "b"
    assert "kept in memory only" in caplog.text

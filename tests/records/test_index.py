"""The index of records: always as the files are, and dispensable."""

from __future__ import annotations

import contextlib
import json
import logging
import resource
import sqlite3

import pytest
from made_records import record

from caselaw.records import RecordIndex, compact, files, tables, write_records
from caselaw.records.files import write_batch
from caselaw.storage.owner import owner


@pytest.fixture
def index(tmp_path):
    return RecordIndex(tmp_path / ".caselaw" / "records.sqlite")


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "Fit")


def test_a_new_record_is_found_at_once(index, folder):
    assert index.newest(folder) is None
    write_records(folder, [record("a")])
    assert index.newest(folder) == record("a")
    write_records(folder, [record("b", ended=9.0)])
    assert index.newest(folder).fingerprint == "b"
    assert [found.fingerprint for found in index.records(folder)] == ["a", "b"]
    assert index.of_fingerprint(folder, "a") == record("a")


def test_records_that_moved_into_a_document_are_found_once(index, folder):
    write_records(folder, [record("a")])
    assert index.output_contents(folder).keys() == {"a"}
    compact(folder, "whole", idle=frozenset({owner()}))
    assert [found.fingerprint for found in index.records(folder)] == ["a"]


def test_removed_files_are_forgotten(index, folder, tmp_path):
    write_records(folder, [record("a")])
    assert index.newest(folder)
    for path in (tmp_path / "Fit" / ".records").iterdir():
        path.unlink()
    assert index.newest(folder) is None


def test_what_is_recorded_is_known_of_few_and_of_many(index, folder):
    everything = [f"{number:020x}" for number in range(601)]
    write_records(folder, list(map(record, everything[:-1])))
    assert index.recorded(folder, [everything[7], everything[-1]]) == {everything[7]}
    assert index.recorded(folder, everything) == set(everything[:-1])
    write_records(folder, [record(everything[-1])])
    assert index.recorded(folder, everything) == set(everything)


def test_a_record_of_another_schema_is_one_all_the_same(index, folder, tmp_path):
    records = tmp_path / "Fit" / ".records"
    write_records(folder, [record("a")])
    (journal,) = records.iterdir()
    lines = journal.read_text() + json.dumps({"schema": 99, "fingerprint": "b", "who knows": 1}) + "\n"
    journal.write_text(lines)
    document = {"schema": 1, "shared": {"family": "Fit"}, "records": [{"fingerprint": "c"}, {"fingerprint": "d"}]}
    (records / "whole.0123.json").write_text(json.dumps(document))
    (records / "strange.0123.json").write_text(json.dumps({"schema": 1, "something": "else"}))
    assert index.recorded(folder, ["a", "b", "c", "d", "e"]) == {"a", "b", "c", "d"}
    assert [found.fingerprint for found in index.records(folder)] == ["a"]
    journal.unlink()
    assert index.recorded(folder, ["a", "b", "c"]) == {"c"}


def test_folders_are_kept_apart(index, folder, tmp_path):
    write_records(folder, [record("a")])
    write_records(str(tmp_path / "Other"), [record("b")])
    assert index.newest(folder).fingerprint == "a"
    assert index.output_contents(str(tmp_path / "Other")).keys() == {"b"}


def test_identity_own_components_and_content_are_asked_for(index, folder):
    write_records(folder, [record("a", identity="1", own="x", content="p", ended=1.0)])
    write_records(folder, [record("b", identity="1", own="y", content="q", ended=2.0)])
    write_records(folder, [record("c", identity="2", own="x", content="p", ended=3.0)])
    assert index.newest(folder, identity="1").fingerprint == "b"
    assert index.newest(folder, own="x").fingerprint == "c"
    assert index.newest(folder, identity="1", own="x").fingerprint == "a"
    assert index.by_content(folder, "x") == {"p": ("c", "a")}
    assert index.of_content(folder, "q") == ("b",)
    assert index.earlier(folder) == {"1": ["a", "b"], "2": ["c"]}


def test_outputs_that_hold_the_same_are_equal_whatever_their_names(index, folder):
    output = {"name": "x", "bytes": 1, "sha256": "1", "digest": "root:1"}
    write_records(folder, [record("a", outputs={"fit": output})])
    write_records(folder, [record("b", outputs={"fit": {**output, "name": "y", "sha256": "2"}})])
    write_records(folder, [record("c", outputs={"fit": {**output, "digest": "root:2"}})])
    found = index.output_contents(folder)
    assert found["a"] == found["b"] != found["c"]


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_lost_or_damaged_index_is_made_again(index, folder, damage):
    write_records(folder, [record("a")])
    assert index.newest(folder)
    if damage is None:
        index.path.unlink()
    else:
        index.path.write_bytes(damage)
    assert RecordIndex(index.path).newest(folder) == record("a")


def test_without_a_place_for_it_the_index_is_in_memory(folder, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    index = RecordIndex(tmp_path / "file" / "records.sqlite")
    write_records(folder, [record("a")])
    with caplog.at_level(logging.WARNING):
        assert index.newest(folder) == record("a")
        write_records(folder, [record("b", ended=9.0)])
        assert index.newest(folder).fingerprint == "b"
    assert "kept in memory only" in caplog.text


def test_all_that_records_of_one_output_say_is_known(index, folder):
    output = {"name": "x", "bytes": 1, "sha256": "1", "digest": "bytes:1"}
    write_records(folder, [record("a", ended=9.0, outputs={"fit": {**output, "digest": "bytes:new"}})])
    write_records(folder, [record("b", ended=9.0, outputs={"fit": {**output, "digest": "bytes:new"}})])
    write_records(folder, [record("a", ended=1.0, outputs={"fit": output})])
    found = index.output_contents(folder)
    assert len(found["a"]) == 2
    assert found["b"] < found["a"]


def test_a_growing_journal_is_read_once(index, folder, monkeypatch):
    read = []
    monkeypatch.setattr(tables, "journal", lambda text, path: read.append(len(text)) or files.journal(text, path))
    for number in range(50):
        write_records(folder, [record(str(number))])
        assert len(list(index.records(folder))) == number + 1
    assert max(read) < 2 * min(read)


def test_a_journal_that_was_replaced_is_read_anew(index, folder, tmp_path):
    write_records(folder, [record("a")])
    assert index.newest(folder)
    compact(folder, "whole", idle=frozenset({owner()}))
    write_records(folder, [record("bb")])
    write_records(folder, [record("cc")])
    assert {found.fingerprint for found in index.records(folder)} == {"a", "bb", "cc"}
    (journal,) = (tmp_path / "Fit" / ".records").glob("*.jsonl")
    journal.write_text(journal.read_text().replace('"bb"', '"ddd"'))
    assert {found.fingerprint for found in index.records(folder)} == {"a", "cc", "ddd"}


def test_a_broken_line_is_named_by_its_number_and_the_others_are_read(index, folder, tmp_path, caplog):
    write_records(folder, [record("a")])
    assert index.newest(folder)
    (journal,) = (tmp_path / "Fit" / ".records").glob("*.jsonl")
    journal.write_text(journal.read_text() + "broken\n")
    write_records(folder, [record("b")])
    assert index.recorded(folder, ["a", "b"]) == {"a", "b"}
    assert f"{journal.name}:2: " in caplog.text
    assert caplog.text.count("restore it") == 1


def test_what_a_damaged_document_explains_is_unexplained_until_it_is_restored(index, folder, tmp_path, caplog):
    write_batch(folder, [record("a")])
    write_batch(folder, [record("b")])
    assert index.recorded(folder, ["a", "b"]) == {"a", "b"}
    damaged = next(path for path in (tmp_path / "Fit" / ".records").glob("*.json") if '"a"' in path.read_text())
    whole = damaged.read_text()
    damaged.write_text(whole.replace('"sha256":"0"', '"sha256":"1"'))  # a document all the same
    assert index.recorded(folder, ["a", "b"]) == {"b"}
    assert f"{damaged}: " in caplog.text
    compact(folder, "w")
    assert damaged.exists(), "who can restore it finds it"
    damaged.write_text(whole)
    assert index.recorded(folder, ["a", "b"]) == {"a", "b"}


def test_a_damaged_page_is_no_wrong_answer(index, folder):
    for number in range(200):
        write_records(folder, [record(str(number))])
    assert index.newest(folder)
    content = bytearray(index.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    index.path.write_bytes(content)
    assert len(list(RecordIndex(index.path).records(folder))) == 200


def test_an_index_locked_by_another_process_is_neither_waited_for_nor_removed(index, folder, monkeypatch, caplog):
    monkeypatch.setattr("caselaw.records.index.SECONDS_LOCKED", 0.1)
    assert index.newest(folder) is None
    inode = index.path.stat().st_ino
    with contextlib.closing(sqlite3.connect(index.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        write_records(folder, [record("a")])
        assert index.newest(folder) == record("a")
        other.execute("ROLLBACK")
    assert index.path.stat().st_ino == inode
    assert "locked" in caplog.text
    assert RecordIndex(index.path).newest(folder) == record("a")


def test_an_index_on_a_full_disk_is_in_memory(index, folder, caplog):
    assert index.newest(folder) is None
    for number in range(50):
        write_records(folder, [record(str(number))])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (index.path.stat().st_size, before[1]))
    try:
        assert len(list(index.records(folder))) == 50
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "kept in memory only" in caplog.text
    assert len(list(RecordIndex(index.path).records(folder))) == 50


def test_an_index_with_other_tables_is_used_beside_them(index, folder):
    index.path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(index.path)) as other:
        other.execute("CREATE TABLE records_99 (something TEXT)")
    write_records(folder, [record("a")])
    assert index.newest(folder) == record("a")
    with contextlib.closing(sqlite3.connect(index.path)) as other:
        assert other.execute("SELECT count(*) FROM records_99").fetchone() == (0,)

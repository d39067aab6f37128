"""Journals and documents of records: readable after any kill, few files in the end."""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_records import record

from caselaw.errors import RecordError, StoreUnavailable
from caselaw.records import compact, read_records, write_records
from caselaw.records.files import forget_absent
from caselaw.storage.owner import owner


def files(folder: Path) -> list[Path]:
    return sorted((folder / ".records").iterdir())


def test_written_records_are_read_back(tmp_path):
    written = [record(name) for name in ("a", "b")]
    for one in written:
        write_records(str(tmp_path), [one])
    assert list(read_records(tmp_path)) == written
    assert written[0].seconds == 2.5


@given(value=st.text(), parameters=st.dictionaries(st.text(), st.text(), max_size=3), same=st.booleans())
def test_any_text_survives_in_journals_and_documents(tmp_path_factory, value, parameters, same):
    folder = tmp_path_factory.mktemp("records")
    written = [
        record("a", branch_value=value, parameters=parameters),
        record("b", branch_value=value if same else None),
    ]
    for one in written:
        write_records(str(folder), [one])
    assert list(read_records(folder)) == written
    compact(str(folder), "whole", idle=frozenset({owner()}))
    assert list(read_records(folder)) == written


def test_a_complete_workflow_is_one_document_with_what_is_shared_written_once(tmp_path):
    written = [record(str(number), identity=str(number)) for number in range(100)]
    for one in written:
        write_records(str(tmp_path), [one])
    compact(str(tmp_path), "whole", idle=frozenset({owner()}))
    (document,) = files(tmp_path)
    assert document.name.startswith("whole.")
    assert document.suffix == ".json"
    content = json.loads(document.read_text())
    assert content["schema"] == 2
    assert content["shared"]["family"] == "Fit"
    assert "family" not in content["records"][0]
    assert list(read_records(tmp_path)) == written


def test_a_second_run_adds_a_document_and_keeps_the_first(tmp_path):
    for name in ("one", "two"):
        write_records(str(tmp_path), [record(name)])
        compact(str(tmp_path), name, idle=frozenset({owner()}))
    assert [path.name.partition(".")[0] for path in files(tmp_path)] == ["one", "two"]
    assert [found.fingerprint for found in read_records(tmp_path)] == ["one", "two"]


def test_a_journal_of_a_living_process_is_left_alone(tmp_path):
    write_records(str(tmp_path), [record()])
    compact(str(tmp_path), "whole")
    assert [path.suffix for path in files(tmp_path)] == [".jsonl"]


def test_a_journal_of_a_killed_process_is_put_together(tmp_path):
    process = multiprocessing.get_context("fork").Process(target=write_records, args=(str(tmp_path), [record("child")]))
    process.start()
    process.join()
    compact(str(tmp_path), "whole")
    assert [path.suffix for path in files(tmp_path)] == [".json"]


def test_unfinished_last_line_is_no_record(tmp_path):
    write_records(str(tmp_path), [record()])
    (file,) = files(tmp_path)
    file.write_text(file.read_text() + '{"family": "Fi')
    assert len(list(read_records(tmp_path))) == 1


def test_a_writer_killed_at_any_moment_leaves_only_whole_records(tmp_path):
    source = f"""
import sys
sys.path[:0] = {[str(Path(__file__).parent)]!r}
from made_records import record
from caselaw.records import write_records
while True:
    write_records({str(tmp_path)!r}, [record(branch_value="x" * 5000)])
"""
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", source])
        while not list(read_records(tmp_path)) and process.poll() is None:
            pass
        process.kill()
        process.wait()
        assert {len(found.branch_value) for found in read_records(tmp_path)} == {5000}


def test_broken_line_is_named(tmp_path):
    write_records(str(tmp_path), [record()])
    (file,) = files(tmp_path)
    file.write_text("{}\n" + json.dumps({"family": 1}) + "\n")
    with pytest.raises(RecordError, match=rf"{file.name}:1: a record"):
        list(read_records(tmp_path, strict=True))


def test_broken_document_is_named(tmp_path):
    (tmp_path / ".records").mkdir()
    (tmp_path / ".records" / "whole.json").write_text('{"schema": 2')
    with pytest.raises(RecordError, match=r"whole\.json"):
        list(read_records(tmp_path, strict=True))


def test_records_of_an_earlier_schema_are_passed_over(tmp_path):
    write_records(str(tmp_path), [record()])
    (file,) = files(tmp_path)
    earlier = {"family": "Fit", "fingerprint": "old", "components": {}, "schema": 1}
    file.write_text(json.dumps(earlier) + "\n" + file.read_text())
    assert [found.fingerprint for found in read_records(tmp_path)] == ["f" * 20]


def test_folder_without_records_has_none(tmp_path):
    assert list(read_records(tmp_path)) == []


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path):
    (tmp_path / ".records").symlink_to(tmp_path / ".records")
    with pytest.raises(StoreUnavailable):
        list(read_records(tmp_path))


def test_records_without_output_are_removed_from_journals_and_documents(tmp_path):
    for name in ("a", "b"):
        write_records(str(tmp_path), [record(name)])
    compact(str(tmp_path), "whole", idle=frozenset({owner()}))
    for name in ("c", "d"):
        write_records(str(tmp_path), [record(name)])
    for name in ("b", "d"):
        (tmp_path / f"fit.{name}.json").write_text("")
    forget_absent(str(tmp_path))
    assert {found.fingerprint for found in read_records(tmp_path)} == {"b", "d"}
    for name in ("b", "d"):
        (tmp_path / f"fit.{name}.json").unlink()
    forget_absent(str(tmp_path))
    assert files(tmp_path) == []


def test_a_record_that_could_not_be_written_leaves_no_part_of_itself(tmp_path):
    write_records(str(tmp_path), [record("a")])
    (file,) = files(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(StoreUnavailable, match=r"a record could not be written: File too large; check free space"):
            write_records(str(tmp_path), [record("b")])
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        with pytest.raises(StoreUnavailable, match="could not be written"):
            compact(str(tmp_path), "whole" * 20, idle=frozenset({owner()}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    write_records(str(tmp_path), [record("c")])
    assert [found.fingerprint for found in read_records(tmp_path)] == ["a", "c"]


def test_an_unfinished_line_of_an_earlier_process_of_the_same_number_does_no_harm(tmp_path):
    write_records(str(tmp_path), [record("a")])
    (file,) = files(tmp_path)
    file.write_text(file.read_text() + '{"family": "Fi')
    write_records(str(tmp_path), [record("b")])
    assert [found.fingerprint for found in read_records(tmp_path)] == ["a", "b"]


def test_processes_that_put_records_together_at_the_same_time_lose_none(tmp_path):
    context = multiprocessing.get_context("fork")

    def work(number: int) -> None:
        for turn in range(20):
            write_records(str(tmp_path), [record(f"{number}x{turn}")])
            compact(str(tmp_path), "whole", idle=frozenset({owner()}))

    processes = [context.Process(target=work, args=(number,)) for number in range(4)]
    for process in processes:
        process.start()
    seen: set[str] = set()
    while any(process.is_alive() for process in processes):
        now = {found.fingerprint for found in read_records(tmp_path)}
        assert seen <= now
        seen = now
    assert [process.exitcode for process in processes] == [0] * 4
    assert {found.fingerprint for found in read_records(tmp_path)} == {f"{n}x{t}" for n in range(4) for t in range(20)}


def test_records_of_a_later_schema_survive_what_is_done_to_their_files(tmp_path):
    write_records(str(tmp_path), [record("a")])
    (file,) = files(tmp_path)
    later = json.dumps({"fingerprint": "new", "schema": 3})
    file.write_text(file.read_text() + later + "\n")
    (tmp_path / ".records" / "whole.json").write_text('{"schema": 3, "something": "else"}')
    compact(str(tmp_path), "whole", idle=frozenset({owner()}))
    forget_absent(str(tmp_path))
    assert [found.fingerprint for found in read_records(tmp_path)] == ["a"]
    assert any(later in path.read_text() for path in files(tmp_path))
    assert (tmp_path / ".records" / "whole.json").exists()


@pytest.mark.parametrize(
    "damage",
    [
        {"identity": 5}, {"outputs": []}, {"outputs": {"fit": {"name": "x"}}}, {"outputs": {"fit": 1}},
        {"ended": "late"}, {"inputs": None}, {"host": None},
    ],
)  # fmt: skip
def test_a_record_with_a_field_of_another_type_is_named(tmp_path, damage):
    write_records(str(tmp_path), [record()])
    (file,) = files(tmp_path)
    file.write_text(json.dumps({**json.loads(file.read_text()), **damage}) + "\n")
    with pytest.raises(RecordError, match=f"'{next(iter(damage))}' is not what it should be"):
        read_records(tmp_path, strict=True)


@pytest.mark.parametrize("damage", [b"\xff\xfe\n", b"\0\0\0\n", b"[" * 100_000 + b"\n", b"7\n"])
def test_bytes_that_are_no_record_are_named(tmp_path, damage):
    write_records(str(tmp_path), [record()])
    (file,) = files(tmp_path)
    file.write_bytes(damage)
    with pytest.raises(RecordError, match=file.name):
        read_records(tmp_path, strict=True)

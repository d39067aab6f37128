"""Records: one line per branch, readable after any kill."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.errors import RecordError
from caselaw.records import Record, read_records, write_record


def record(**changes: object) -> Record:
    content = dict(
        family="Fit", parameters={"dataset": "ttbar"}, branch_value=None, fingerprint="f" * 20, components={},
        inputs={}, outputs={"fit": {"name": "fit.json", "sha256": "0", "bytes": 1}}, host="here", started=1.0,
        ended=3.5, cpu_seconds=2.0, peak_memory=10**8,
    )  # fmt: skip
    return Record(**{**content, **changes})


def test_written_records_are_read_back(tmp_path):
    written = [record(fingerprint=name) for name in ("a", "b")]
    for one in written:
        write_record(str(tmp_path), one)
    assert list(read_records(tmp_path)) == written
    assert written[0].seconds == 2.5


@given(value=st.text(), parameters=st.dictionaries(st.text(), st.text(), max_size=3))
def test_any_text_survives(tmp_path_factory, value, parameters):
    folder = tmp_path_factory.mktemp("records")
    write_record(str(folder), record(branch_value=value, parameters=parameters))
    (found,) = read_records(folder)
    assert (found.branch_value, found.parameters) == (value, parameters)


def test_unfinished_last_line_is_no_record(tmp_path):
    write_record(str(tmp_path), record())
    (file,) = (tmp_path / ".records").iterdir()
    file.write_text(file.read_text() + '{"family": "Fi')
    assert len(list(read_records(tmp_path))) == 1


def test_broken_line_is_named(tmp_path):
    write_record(str(tmp_path), record())
    (file,) = (tmp_path / ".records").iterdir()
    file.write_text("{}\n" + json.dumps({"family": 1}) + "\n")
    with pytest.raises(RecordError, match=rf"{file.name}:1: a record cannot be read"):
        list(read_records(tmp_path))


def test_folder_without_records_has_none(tmp_path):
    assert list(read_records(tmp_path)) == []

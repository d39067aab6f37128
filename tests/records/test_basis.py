"""The document of a task's components."""

from __future__ import annotations

from caselaw.records import Basis, read_basis, write_basis


def basis(own: str = "a" * 64) -> Basis:
    return Basis(
        own=own, family="Fit", components={"code": "1"}, symbols={"steps.fit": "2"},
        sources={"steps.fit": "def fit(): …"}, parameters={"n": "1"}, config={"cut": 30.0},
        distributions={"numpy": "2.0"}, environment={}, python="3.12.1",
    )  # fmt: skip


def test_it_is_read_back_and_written_once(tmp_path):
    write_basis(str(tmp_path), basis())
    (path,) = (tmp_path / ".records").iterdir()
    stamp = path.stat().st_mtime_ns
    write_basis(str(tmp_path), basis())
    assert path.stat().st_mtime_ns == stamp
    assert read_basis(str(tmp_path), "a" * 64) == basis()
    assert read_basis(str(tmp_path), "b" * 64) is None


def test_damage_is_named_and_says_nothing(tmp_path, caplog):
    write_basis(str(tmp_path), basis())
    (path,) = (tmp_path / ".records").iterdir()
    path.write_text("{")
    assert read_basis(str(tmp_path), "a" * 64) is None
    assert "basis." in caplog.text

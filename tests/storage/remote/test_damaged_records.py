"""Damaged records: a damaged copy is fetched again; damage in the store is told, and stops nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from projects import SmallProject
from projects_on_servers import OnServer

WORK = """
    import caselaw

    class Number(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))

    class Read(caselaw.Workflow):
        products = {"read": "txt"}
        def upstream(self):
            return {"number": caselaw.each(Number.req(self))}
        def run(self):
            with open(self.input()["number"]) as file, self.publish() as out:
                out["read"].write_text(file.read())
"""


def one_byte_more(text: str) -> str:
    """A document all the same, with another content."""
    return text.replace('"bytes":1', '"bytes":2')


DAMAGE: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "", "half": lambda text: text[: len(text) // 2], "other": lambda text: "<html></html>",
    "altered": one_byte_more,
}  # fmt: skip


def document_in(folder: Path) -> Path:
    """The document of records of Number below a folder."""
    (found,) = [path for path in folder.rglob("Number/.records/*.json") if not path.name.startswith("basis.")]
    return found


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_copy_is_fetched_again(on_server: OnServer, damage: str) -> None:
    on_server.run("work.Number")
    on_server.ran()
    copy = document_in(on_server.root / ".caselaw")
    whole = copy.read_text()
    copy.write_text(DAMAGE[damage](whole))
    (on_server.root / ".caselaw" / "records.sqlite").unlink()
    shown = on_server.run("work.Read")
    assert on_server.ran() == []
    assert "restore it" not in shown
    assert copy.read_text() == whole
    assert sorted(on_server.contents("Read/read.")) == [b"0", b"1", b"2"]


def test_damage_in_the_store_is_told_and_stops_nothing(on_server: OnServer, tmp_path_factory) -> None:
    on_server.run("work.Number")
    name = document_in(on_server.root / ".caselaw").name
    on_server.change(f"Number/.records/{name}", b"\xff\xfe no document")
    other = on_server.colleague(tmp_path_factory.mktemp("other"))
    shown = other.run("work.Read")
    assert f"/Number/.records/{name}: " in shown
    assert "restore it from a copy of the store, or remove it" in shown
    assert other.ran() == ["Number 0", "Number 1", "Number 2"], "what nobody can explain is not complete"
    assert sorted(on_server.contents("Read/read.")) == [b"0", b"1", b"2"]
    assert set(other.states("work.Read").values()) == {"complete"}


def test_damage_on_disk_is_told_and_stops_nothing(project: SmallProject) -> None:
    project.write("work.py", WORK)
    project.run("work.Number")
    path = document_in(project.root / "data")
    path.write_text("{")
    states = {row["family"]: row["state"] for row in project.ask("status", "work.Read", code=None)["tasks"]}
    assert states["Number"] == "unrecorded"
    shown = project.run("work.Read")
    assert f"{path}: a document of records cannot be read" in shown
    assert len((project.root / "ran").read_text().splitlines()) == 6
    assert len(project.made("Read")) == 3
    assert path.read_text() == "{", "it is left to who can restore it"


def test_nothing_is_removed_as_unexplained_while_records_are_damaged(project: SmallProject) -> None:
    project.write("work.py", WORK)
    project.run("work.Number")
    made = project.made("Number")
    document_in(project.root / "data").write_text("{")
    project.caselaw("gc", "--days", "0.0000001", "--campaign", "none", "--delete", "--yes", code=2)
    assert project.made("Number") == made

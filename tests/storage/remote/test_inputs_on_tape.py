"""Inputs on tape are brought to disk before a workflow reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from double import Double
from double_state import Fault
from projects import NUMBER
from projects_on_servers import OnServer

WORK = (
    NUMBER
    + """
class Square(caselaw.Workflow):
    products = {"square": "txt"}
    def upstream(self):
        return {"number": caselaw.each(Number.req(self))}
    def run(self):
        value = int(open(self.input()["number"]).read())
        with self.publish() as out:
            out["square"].write_text(str(value * value))

class Lines(caselaw.Workflow):
    products = {"text": "txt"}
    def upstream(self):
        return {"file": caselaw.files("FILE")}
    def run(self):
        import fsspec
        with fsspec.open(str(self.input()["file"])) as file, self.publish() as out:
            out["text"].write_bytes(file.read())
"""
)


@pytest.fixture
def on_tape(double: Double, project, tmp_path: Path) -> OnServer:
    made = OnServer.of(project, double, tmp_path.name)
    made.use()
    made.write("work.py", WORK.replace("FILE", f"{double.url}/store/raw/run1.txt"))
    return made


def test_outputs_of_tasks_are_staged_before_the_next_task_reads_them(on_tape: OnServer, double: Double) -> None:
    on_tape.run("work.Number")
    for path, data in on_tape.on_disk("Number/number.").items():
        double.remove(f"/store/{on_tape.name}/{path}")
        double.write(f"/store/{on_tape.name}/{path}", data, "NEARLINE")
    shutil.rmtree(on_tape.root / ".caselaw")
    shown = on_tape.run("work.Square")
    assert sorted(on_tape.contents("Square/square.")) == [b"0", b"1", b"4"]
    assert "bringing inputs from tape" in shown
    assert not double.state.pins, "what was pinned is released at the end"


def test_external_files_are_staged(on_tape: OnServer, double: Double) -> None:
    double.write("/store/raw/run1.txt", b"raw data", "NEARLINE")
    on_tape.run("work.Lines")
    assert on_tape.contents("Lines/text.") == [b"raw data"]


def test_a_file_that_tape_cannot_give_is_named_and_nothing_runs(on_tape: OnServer, double: Double) -> None:
    double.write("/store/raw/run1.txt", b"raw data", "NEARLINE")
    double.settings.broken_tapes.add("/store/raw/run1.txt")
    shown = on_tape.run("work.Lines", code=None)
    assert "/store/raw/run1.txt" in shown
    assert "StagingFailed" in shown
    assert on_tape.contents("Lines/text.") == []


def test_who_may_not_ask_the_tape_api_asks_the_door(on_tape: OnServer, double: Double) -> None:
    double.write("/store/raw/run1.txt", b"raw data")
    double.faults(Fault("POST", where="rest", path="archiveinfo", status=403, times=100))
    on_tape.run("work.Lines")
    assert on_tape.contents("Lines/text.") == [b"raw data"]

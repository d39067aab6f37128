"""What is wrong with one file stops the branch that reads it, and no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from double import Double
from projects_on_servers import OnServer

WORK = """
    import caselaw, luigi

    class Number(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(20))}
        def run(self):
            with self.publish() as out:
                out["number"].write_text(f"{self.branch_value:03d}")

    class Square(caselaw.Workflow):
        products = {"square": "txt"}
        def upstream(self):
            return {"number": caselaw.each(Number.req(self))}
        def run(self):
            with open(self.input()["number"]) as file:
                value = int(file.read())
            with self.publish() as out:
                out["square"].write_text(str(value * value))
"""


def squares(on_server: OnServer) -> set[int]:
    return {int(data) for data in on_server.contents("Square/square.")}


def forget_here(on_server: OnServer) -> None:
    shutil.rmtree(on_server.root / ".caselaw")


def test_damaged_inputs_stop_their_branches_and_no_other(on_server: OnServer) -> None:
    """One has other bytes, one is longer; where the server keeps checksums, it goes on with those of before."""
    on_server.run("work.Number")
    same, longer = list(on_server.on_disk("Number/number."))[:2]
    names = [on_server.damage(same, b"999"), on_server.damage(longer, b"9999")]
    forget_here(on_server)
    shown = on_server.run("work.Square", code=30)
    assert len(squares(on_server)) == 18
    assert "2 of 20 branches failed" in shown
    words = [line for line in shown.splitlines() if "ContentChanged: " in line]
    assert all(any(name in line and "check the file in its store" in line for line in words) for name in names)
    shown = on_server.run("work.Square", code=30)  # it is said again, and nothing else runs
    assert "2 of 2 branches failed" in shown


@pytest.fixture
def with_tape(double: Double, project, tmp_path: Path) -> OnServer:
    made = OnServer.of(project, double, tmp_path.name)
    made.write("work.py", WORK)
    made.use()
    made.run("work.Number")
    for path, data in made.on_disk("Number/number.").items():
        double.remove(f"/store/{made.name}/{path}")
        double.write(f"/store/{made.name}/{path}", data, "NEARLINE")
    forget_here(made)
    return made


def test_a_file_that_tape_does_not_give_stops_its_branch_and_no_other(with_tape: OnServer, double: Double) -> None:
    lost = list(with_tape.on_disk("Number/number."))[:2]
    double.settings.broken_tapes.update(f"/store/{with_tape.name}/{path}" for path in lost)
    shown = with_tape.run("work.Square", code=30)
    assert len(squares(with_tape)) == 18
    assert "2 of 20 branches failed" in shown
    assert all(f"{path}: " in shown for path in lost)
    assert not double.state.pins


def test_a_lost_file_stops_its_branch_and_no_other(with_tape: OnServer, double: Double) -> None:
    (path, data), *_ = with_tape.on_disk("Number/number.").items()
    double.remove(f"/store/{with_tape.name}/{path}")
    double.write(f"/store/{with_tape.name}/{path}", data, "LOST")
    shown = with_tape.run("work.Square", code=30)
    assert len(squares(with_tape)) == 19
    assert "1 of 20 branches failed" in shown
    assert f"{path}: it is LOST" in shown

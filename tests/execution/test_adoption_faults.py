"""Kills, full disks and runs side by side: no partial output, no lost record, and the next run puts all right."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

WORK = """
    from pathlib import Path
    import caselaw
    from steps import number

    class Make(caselaw.Workflow):
        products = {"number": "txt", "log": "txt"}
        def upstream(self):
            return caselaw.over(range(60))
        def run(self):
            with self.publish() as out:
                number(self.branch_value, out["number"])
                out["log"].write_text("made")

    class Double(caselaw.Workflow):
        products = {"doubled": "txt"}
        def upstream(self):
            return {"made": caselaw.each(Make.req(self))}
        def run(self):
            with self.publish() as out:
                out["doubled"].write_text(Path(self.input()["made"]["number"]).read_text() * 2)

    class Again(caselaw.Workflow):
        products = {"again": "txt", "tree": "/"}
        def upstream(self):
            return {"doubled": caselaw.each(Double.req(self))}
        def run(self):
            with self.publish() as out:
                out["again"].write_text(Path(self.input()["doubled"]).read_text())
                (out["tree"] / "leaf").write_text("leaf")
"""

STEPS = """
    SIZE = 10

    def number(value, output):
        output.write_text(f"{value:06d}" * SIZE)
"""
CURRENT = 5 * 60


def start(project, *command: str, limit: int | None = None) -> subprocess.Popen[str]:
    """Start a command, perhaps with a limit for the size of each file in bytes."""
    limited = ["prlimit", f"--fsize={limit}"] if limit is not None else []
    return subprocess.Popen(
        [*limited, str(Path(sys.executable).parent / command[0]), *command[1:]],
        cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def version(project, number: int, size: int = 10) -> None:
    """Another code of the first step that makes the same, or another content."""
    project.write(
        "steps.py", STEPS.replace("{value:06d}", f"{{value + {number} - {number}:06d}}").replace("= 10", f"= {size}")
    )


def assert_all_is_well(project) -> None:
    project.run("work.Again")
    assert "complete ones were encountered" in project.run("work.Again")
    project.caselaw("status", "work.Again", code=0)
    states = [output["state"] for output in project.ask("verify", "work.Again", code=None)["outputs"]]
    assert len(states) == CURRENT
    assert set(states) == {"ok"}


@pytest.fixture
def chain(project):
    project.write("work.py", WORK)
    version(project, 0)
    return project


def test_a_chain_killed_at_any_moment_is_completed_by_the_next_run(chain):
    for number, seconds in enumerate((0.8, 1.1)):
        version(chain, 0, size=11 + number)
        process = start(chain, "law", "run", "work.Again")
        time.sleep(seconds)
        process.kill()
        process.communicate()
    assert_all_is_well(chain)
    version(chain, 1, size=12)
    process = start(chain, "law", "run", "work.Again")
    while process.poll() is None and not next((chain.root / "data" / "Double").glob(".records/*.jsonl"), None):
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert_all_is_well(chain)


def test_runs_and_questions_side_by_side_lose_nothing(chain):
    chain.run("work.Again")
    version(chain, 1)
    runs = [start(chain, "law", "run", "work.Again") for _ in range(2)]
    while any(run.poll() is None for run in runs):
        chain.caselaw("gc", "--days", "0.0001", "--campaign", "none", "--delete", "--yes", code=0)
        chain.caselaw("status", "work.Again", code=None)
        chain.caselaw("why", "work.Again", code=0)
        chain.caselaw("verify", "work.Again", code=0)
    for run in runs:
        printed, _ = run.communicate()
        assert run.returncode == 0, printed
    assert_all_is_well(chain)


def test_a_full_disk_is_told_and_leaves_nothing_partial(chain):
    """A file cannot grow beyond a limit, as on a full disk: that meets the journals of records."""
    printed = start(chain, "law", "run", "work.Again", limit=44 * 512).communicate()[0]
    assert "a record could not be written: File too large; check free space" in printed
    assert_all_is_well(chain)
    version(chain, 1)
    chain.run("work.Make")
    printed = start(chain, "law", "run", "work.Again", limit=44 * 512).communicate()[0]
    assert "a record could not be written: File too large; check free space" in printed
    assert_all_is_well(chain)

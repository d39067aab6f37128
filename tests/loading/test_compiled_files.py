"""Edits that Python's own check of compiled files does not notice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

WORK = """
    import caselaw
    FACTOR = 1
    class Step(caselaw.Task):
        products = {"n": "txt"}
        def run(self):
            from steps import number
            with self.publish() as out:
                out["n"].write_text(str(FACTOR * number()))
"""


def edit_unnoticed(path: Path, old: str, new: str) -> None:
    """An edit that leaves size and modification time as they were."""
    status, text = path.stat(), path.read_text()
    assert old in text
    assert len(old) == len(new)
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    ("file", "old", "new"), [("steps.py", "return 1", "return 2"), ("work.py", "FACTOR = 1", "FACTOR = 2")]
)
def test_the_edited_code_runs_though_python_takes_the_compiled_one_for_current(project, file, old, new):
    project.write("work.py", WORK)
    project.write("steps.py", "def number():\n    return 1\n")
    project.run("work.Step")
    first = project.made("Step")
    edit_unnoticed(project.root / file, old, new)
    assert project.ask("status", "work.Step", code=1)["tasks"][0]["state"] == "stale"
    project.run("work.Step")
    (second,) = project.made("Step") - first
    assert (project.root / "data" / second).read_text() == "2"
    edit_unnoticed(project.root / file, new, old)
    project.run("work.Step")
    assert project.made("Step") == first | {second}


def test_compiled_files_older_than_the_last_change_of_their_source_are_made_again_once(project):
    project.write("work.py", WORK)
    project.write("steps.py", "def number():\n    return 1\n")
    project.run("work.Step")
    for source in (project.root / "work.py", project.root / "steps.py"):
        source.chmod(0o600)  # as after a copy, the source was touched after it had been compiled
    project.ask("status", "work.Step")
    compiled = sorted((project.root / "__pycache__").iterdir())
    stamps = [path.stat().st_mtime_ns for path in compiled]
    project.ask("status", "work.Step")
    assert [path.stat().st_mtime_ns for path in compiled] == stamps

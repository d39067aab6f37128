"""Projects before and after what the survey says was written into them, and what running them comes to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from project_row import Row
from projects import LAW_CFG

from caselaw.plan.survey import Survey, SurveyedTask, survey
from caselaw.plan.survey.edits import Edit

BODY = "    def run(self):\n        pass\n"
"""A run() that makes nothing."""
RUNNER = Path(__file__).parents[2] / "acceptance" / "adopting" / "run_forms.py"


def project(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text))
    return root


def written(row: Row, root: Path, modules: str = "work") -> Path:
    """The project of a row, in a folder."""
    root.mkdir(parents=True)
    (root / "law.cfg").write_text(LAW_CFG.format(modules=modules, settings="workers: 1"))
    for name, text in row.texts().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def task_of(found: Survey, name: str) -> SurveyedTask:
    return next(task for task in found.tasks if task.name == name)


def edit(edits: Iterable[Edit]) -> None:
    """Do to the files what edits say, and nothing else: what they replace must stand there."""
    for one in sorted(set(edits), reverse=True):
        lines = one.path.read_text().splitlines(keepends=True)
        lines.extend([""] * (one.line - len(lines)))
        line = lines[one.line - 1]
        end = one.column + len(one.old)
        assert line[one.column : end] == one.old
        lines[one.line - 1] = line[: one.column] + one.new + line[end:]
        one.path.write_text("".join(lines))


def converted(row: Row, root: Path) -> Path:
    """The project with one import and its base classes changed."""
    edit(survey(written(row, root)).edits)
    return root


def mended(row: Row, root: Path) -> Path:
    """The converted project with the lines that the survey asks for."""
    found = survey(written(row, root))
    lines = [finding.edit for task in found.tasks for finding in task.findings if finding.edit is not None]
    edit([*found.edits, *lines])
    for old, new in row.fix:
        text = (root / "work.py").read_text()
        assert old in text
        (root / "work.py").write_text(text.replace(old, new))
    return root


def job(folder: Path, row: Row) -> dict[str, Any]:
    return {"folder": str(folder), "files": [{}], "roots": [["work", row.root]], "arguments": [*row.arguments]}


@dataclass(frozen=True)
class Outcome:
    """Whether a run made what it was asked for, and what it printed."""

    works: bool
    printed: str


def run_all(root: Path, jobs: dict[str, Any], *modules: str) -> dict[str, Outcome]:
    """One run of each project in a process of its own."""
    (root / "home").mkdir(parents=True)
    (root / "jobs.json").write_text(json.dumps(list(jobs.values())))
    kept = {name: os.environ[name] for name in ("PATH", "CI") if name in os.environ}
    done = subprocess.run(
        [sys.executable, str(RUNNER), "jobs.json", "results.json", *modules],
        cwd=root, env={**kept, "HOME": str(root / "home"), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((root / "results.json").read_text())
    return {name: outcome(runs[0]) for name, runs in zip(jobs, found, strict=True)}


def outcome(run: dict[str, Any]) -> Outcome:
    """A task that could not even be made is none that was run."""
    return Outcome(run["code"] == 0 and run["found"].get("work") is not None, run["printed"])

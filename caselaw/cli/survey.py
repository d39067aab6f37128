"""`caselaw survey`: what becomes of an existing law project, task by task, read from its text."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option

if TYPE_CHECKING:
    from caselaw.plan.survey import Survey, SurveyFinding
    from caselaw.plan.survey.edits import Edit

COLORS = {"unchanged": "green", "a line": "yellow", "cannot": "red"}
SECONDS_BEFORE_PROGRESS, SECONDS_BETWEEN = 2.0, 1.0


@click.command()
@json_option
@click.argument("project", required=False, type=click.Path(exists=True, path_type=Path), metavar="[PROJECT]")
def survey(project: Path | None, as_json: bool) -> None:
    """Read a law, luigi or b2luigi project and say, task by task, what becomes of it with caselaw.

    Nothing of the project is imported or run. PROJECT is its folder, or one of its files; by default the folder of
    the law.cfg around here, else this folder. A task works "unchanged" once the import and the base classes that
    are listed have changed; it needs "a line" that is shown, with what to write; or it "cannot" work, and why.
    Files are counted that outputs of plain law have left, and that can be adopted. What cannot be read is named.

    \b
    Examples:
      caselaw survey
      caselaw survey ~/analysis
      caselaw survey analysis/tasks/selection.py
      caselaw survey --json | jq '.tasks[] | select(.verdict != "unchanged")'
    """
    from caselaw.plan import survey as room

    root = (project or around()).resolve()
    found = room.survey(root, ReadingProgress())
    if as_json:
        click.echo(json.dumps(document(found), indent=2))
    else:
        show(found)


def around() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "law.cfg").is_file()), here)


class ReadingProgress:
    """Says on standard error what is being read, once that takes a while."""

    def __init__(self) -> None:
        self.next = time.monotonic() + SECONDS_BEFORE_PROGRESS

    def __call__(self, text: str) -> None:
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + SECONDS_BETWEEN
            print(f"reading {text}", file=sys.stderr, flush=True)


def document(found: Survey) -> dict[str, Any]:
    return {
        "project": str(found.root),
        "law_cfg": found.law_cfg and str(found.law_cfg),
        "files": found.files,
        "summary": {**counts(found), "adoptable": found.adoptable},
        "tasks": [
            {
                "name": task.name, "family": task.family, "file": str(task.path), "line": task.line,
                "kind": task.kind, "verdict": task.verdict, "is_converted": task.is_converted,
                "edits": [edit_document(edit) for edit in task.edits],
                "findings": [finding_document(finding) for finding in task.findings],
                "outputs": list(task.outputs), "existing": task.existing,
            }
            for task in found.tasks
        ],
        "edits": [edit_document(edit) for edit in found.edits],
        "unknown": [
            {"name": each.name, "file": str(each.path), "line": each.line, "bases": list(each.bases)}
            for each in found.unknown
        ],
        "unread": [{"file": str(each.path), "line": each.line, "why": each.why} for each in found.unread],
        "unlisted": [{"folder": folder, "why": why} for folder, why in found.unlisted],
    }  # fmt: skip


def counts(found: Survey) -> dict[str, int]:
    from caselaw.plan.survey import SurveyVerdict

    verdicts = [task.verdict for task in found.tasks]
    return {verdict: verdicts.count(verdict) for verdict in SurveyVerdict}


def edit_document(edit: Edit) -> dict[str, Any]:
    return {"file": str(edit.path), "line": edit.line, "column": edit.column, "old": edit.old, "new": edit.new}


def finding_document(finding: SurveyFinding) -> dict[str, Any]:
    return {
        "verdict": finding.verdict, "file": str(finding.path), "line": finding.line, "what": finding.what,
        "advice": finding.advice, "edit": finding.edit and edit_document(finding.edit),
    }  # fmt: skip


# for people


def show(found: Survey) -> None:
    """One table of tasks, then what is to be written where, what was not read, and a line that sums it up."""
    from rich.table import Table

    console = console_for_people()
    if found.tasks:
        table = Table("verdict", "task", "kind", "where", "outputs there")
        for task in found.tasks:
            existing = "" if task.existing is None else str(task.existing)
            verdict = f"[{COLORS[task.verdict]}]{task.verdict}[/]"
            table.add_row(verdict, task.family, task.kind, place(found, task.path, task.line), existing)
        console.print(table)
    for title, lines in sections(found):
        console.print(f"\n[bold]{title}[/]")
        for line in lines:
            console.print(f"  {line}", markup=False)
    console.print(f"\n{summary(found)}", markup=False)


def sections(found: Survey) -> list[tuple[str, list[str]]]:
    """Titles and lines of what follows the table; those without lines are left out."""
    unread = [f"{place(found, each.path, each.line)}: {each.why}" for each in found.unread]
    unknown = [
        f"{place(found, each.path, each.line)}: {each.name}({', '.join(each.bases)}): its bases are not found here"
        for each in found.unknown
    ]
    unlisted = [f"{folder}: {why}" for folder, why in found.unlisted]
    return [
        (title, lines)
        for title, lines in (
            ("the import and the base classes that change", [edit_line(found, edit) for edit in found.edits]),
            ("lines to write, and what cannot work", finding_lines(found)),
            ("not read", unread),
            ("perhaps tasks", unknown),
            ("not counted: folders that cannot be listed", unlisted),
        )
        if lines
    ]


def edit_line(found: Survey, edit: Edit) -> str:
    where = place(found, edit.path, edit.line)
    return f"{where}: {edit.old} → {edit.new}" if edit.old else f"{where}: + {edit.new.strip()}"


def finding_lines(found: Survey) -> list[str]:
    tasks: dict[SurveyFinding, list[str]] = {}
    for task in found.tasks:
        for finding in task.findings:
            tasks.setdefault(finding, []).append(task.family)
    return [
        f"{place(found, finding.path, finding.line)}: {shortened(families)}: {finding.what}; {finding.advice}"
        for finding, families in tasks.items()
    ]


def shortened(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def place(found: Survey, path: Path, line: int | None) -> str:
    shown = os.path.relpath(path, found.root if found.root.is_dir() else found.root.parent)
    return shown if line is None else f"{shown}:{line}"


def summary(found: Survey) -> str:
    number = counts(found)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in number.items())
    bases = sum(1 for edit in found.edits if not edit.new.startswith("import ") and "\n" not in edit.new)
    files = len({edit.path for edit in found.edits})
    parts = [
        f"{len(found.tasks)} tasks in {found.files} files: {verdicts}",
        f"{bases} base class{'' if bases == 1 else 'es'} to change in {files} file{'' if files == 1 else 's'}",
        f"{found.adoptable} outputs are there to be adopted",
    ]
    parts += [f"{len(found.unread)} files not read"] if found.unread else []
    if found.law_cfg is None:
        parts.append("there is no law.cfg: an empty file of this name in the project's folder will do")
    return "; ".join(parts)

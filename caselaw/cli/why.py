"""`caselaw why`: what changed since a task was last made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments

if TYPE_CHECKING:
    from caselaw.plan.change import ChangeKind

SHORTEST, LONGEST = 12, 60


@click.command(context_settings=PASS_ON)
@json_option
@task_arguments
def why(family: str, arguments: tuple[str, ...], as_json: bool) -> None:
    """Show what changed since TASK was made last, with the difference of its code.

    Compared are code, parameters, configuration, inputs, environment and distributions. An input that differs
    is followed upstream to the change that caused it.

    \b
    Examples:
      caselaw why Fit --campaign quickstart
      caselaw why SelectEvents --dataset ttbar --branch 3
      caselaw why Report --json
    """
    from caselaw.plan.status import shown_parameters
    from caselaw.plan.why import explain

    found = explain(task_from_arguments(family, arguments))
    if as_json:
        changes = [plain(change) for change in found.changes]
        content = {
            "family": found.task.get_task_family(),
            "params": shown_parameters(found.task),
            "fingerprint": found.fingerprint,
            "previous": found.previous,
            **({"vouched": found.vouched} if found.vouched else {}),
            "changes": changes,
        }
        click.echo(json.dumps(content, indent=2, default=str))
        return
    show(found)


def plain(change: Any) -> dict[str, Any]:
    """A change for programs; of code, old and new are the source texts."""
    from caselaw.plan.change import ChangeKind

    old, new = change.texts if change.kind is ChangeKind.CODE else (change.old, change.new)
    return {"kind": change.kind, "name": change.name, "old": old, "new": new}


def show(found: Any) -> None:
    """A table of changes, then the differences of code."""
    from rich.syntax import Syntax
    from rich.table import Table

    console = console_for_people()
    title = f"{found.task.get_task_family()} {found.fingerprint}"
    if found.previous is None:
        text = "there is no record of this task: it was never made here, or its records are lost"
        console.print(f"{title}: {text}", highlight=False)
        return
    if found.vouched is not None:
        said = found.vouched
        text = f"what is compared with was not made by caselaw: {said['by']} vouched for it, {said['when']}"
        console.print(f"{text}: {said['why']}", markup=False, highlight=False)
    if not found.changes:
        same = found.previous == found.fingerprint
        text = "nothing changed since it was made" if same else f"equal components and inputs as {found.previous}"
        console.print(f"{title}: {text}", highlight=False)
        return
    if not found.same_identity:
        console.print("never made with these parameters; compared with the nearest record of the family")
    table = Table("what", "name", "old", "new", title=f"{title}, before: {found.previous}", title_justify="left")
    table.add_column("in")
    for change in found.changes:
        old, new = (brief(value, change.kind) for value in (plain(change)["old"], plain(change)["new"]))
        table.add_row(change.kind, change.name, old, new, " ← ".join(change.through))
    console.print(table)
    for change in found.changes:
        if change.patch:
            console.print(Syntax(change.patch, "diff", background_color="default", word_wrap=True))


def brief(value: Any, kind: ChangeKind) -> str:
    """A value in a cell of the table."""
    from caselaw.plan.change import ChangeKind

    if value is None:
        return "(none)"
    if kind is ChangeKind.CODE:
        lines = str(value).count("\n") + 1
        return f"{lines} line{'s' if lines > 1 else ''}"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if kind is ChangeKind.INPUT and len(text) >= LONGEST:
        return text[:SHORTEST]
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

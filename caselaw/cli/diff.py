"""`caselaw diff`: the tasks whose fingerprint differs between two git revisions, and why."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from caselaw.plan.change import Change
    from caselaw.plan.differences import TaskDifference
    from caselaw.plan.revisions import RevisionComparison

DIGEST = re.compile(r"[0-9a-f]{20,}")


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--patch", is_flag=True, help="Show the unified diff of each symbol that differs.")
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="HEAD")
@task_arguments
def diff(base: str, head: str, family: str, arguments: tuple[str, ...], as_json: bool, patch: bool) -> None:
    """Show which tasks (TASK and everything upstream) differ between two git revisions, and why.

    BASE and HEAD are branches, tags, commits or expressions such as HEAD~3. WORKTREE, or a dot, means your files
    as they are, uncommitted changes included. No data is needed, and nothing in your checkout is touched.

    The exit status is 0 when nothing differs, 1 when something does, 2 after an error.

    \b
    Examples:
      caselaw diff main HEAD Fit --campaign quickstart
      caselaw diff HEAD WORKTREE SelectEvents --dataset ttbar --patch
      caselaw diff v1.0 main Report --json
    """
    from caselaw.config import load_project
    from caselaw.plan.revisions import RevisionQuestion, compare_revisions

    question = RevisionQuestion(family, arguments, patch)
    found = compare_revisions(load_project(), base, head, question, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        show(found)
    if found.tasks:
        raise SystemExit(1)


def show(found: RevisionComparison) -> None:
    """Tasks that changed themselves, tasks that follow, and the patches where they were asked for."""
    from rich.text import Text

    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    console = console_for_people()
    names = f"{found.base[:12]} → {found.head[:12]}"
    if not found.tasks:
        console.print(Text(f"{names}: no fingerprint differs"))
        return
    changed = [row for row in found.tasks if not row.follows]
    following = [row for row in found.tasks if row.follows]
    console.print(Text(f"{names}: {len(changed)} changed, {len(following)} because of their inputs"))
    for alike in groups(changed):
        console.print()
        console.print(Text(title(alike), style="bold"))
        console.print(table_of_changes(alike[0], found.tasks))
    if following:
        console.print()
        console.print(table_of_following(following, found.tasks))
    for name, text in {change.name: change.patch for row in changed for change in row.changes if change.patch}.items():
        console.print(Text(f"\n{name}", style="bold"))
        console.print(coloured(text))


def groups(rows: list[TaskDifference]) -> list[list[TaskDifference]]:
    """Tasks of one family with the same changes of their own, together."""
    found: dict[str, list[TaskDifference]] = {}
    for row in rows:
        own = [change.as_json() for change in row.changes if change.task is None]
        key = json.dumps([row.family, row.base is None, row.head is None, own])
        found.setdefault(key, []).append(row)
    return list(found.values())


def title(rows: list[TaskDifference]) -> str:
    """`SelectEvents(dataset=ttbar), 12 branches`, and how many other tasks of the family changed like it."""
    first = rows[0]
    state = ", added" if first.base is None else ", removed" if first.head is None else ""
    branches = number_of_branches(first)
    more = f", and {len(rows) - 1} more in the same way" if len(rows) > 1 else ""
    return f"{first.label}, {branches} {'branch' if branches == '1' else 'branches'}{state}{more}"


def table_of_changes(row: TaskDifference, everything: tuple[TaskDifference, ...]) -> Table:
    """One line per change: its kind, its name, what was and what is."""
    from rich.table import Table
    from rich.text import Text

    from caselaw.config.problem import listed

    table = Table.grid(padding=(0, 2, 0, 0))
    for overflow in ("ellipsis", "fold", "fold"):
        table.add_column(overflow=overflow)
    for change in row.changes:
        if change.task is None:
            old, new = sides(change)
            values = new if change.values else f"{old} → {new}"
            table.add_row(Text(f"  {change.kind}"), Text(change.name), Text(values))
    following = [change.name for change in row.changes if change.task is not None]
    if following:
        table.add_row(Text("  input"), Text(listed(following, at_most=4)), Text(reason(row, everything)))
    return table


def table_of_following(rows: list[TaskDifference], everything: tuple[TaskDifference, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(Text(row.label), Text(reason(row, everything)))
    return table


def reason(row: TaskDifference, everything: tuple[TaskDifference, ...]) -> str:
    """`because of SelectEvents(dataset=ttbar)`; several tasks by their families."""
    from caselaw.config.problem import listed
    from caselaw.plan.differences import causes

    found = causes(row, everything)
    names = [found[0].label] if len(found) == 1 else list(dict.fromkeys(each.family for each in found))
    return f"because of {listed(names, at_most=6)}"


def number_of_branches(row: TaskDifference) -> str:
    numbers = [number for number in (row.branches["base"], row.branches["head"]) if number is not None]
    return " → ".join(str(number) for number in dict.fromkeys(numbers))


def sides(change: Change) -> tuple[str, str]:
    """Old and new as people read them: files that came and went, else the values, digests shortened."""
    from caselaw.config.problem import listed

    if change.values:
        return "", "; ".join(f"{name}: {listed(values, at_most=4)}" for name, values in change.values.items())
    return as_text(change.old), as_text(change.new)


def as_text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value[:8] if DIGEST.fullmatch(value) else value
    return json.dumps(value, ensure_ascii=False)


def coloured(patch: str) -> Text:
    """A unified diff, with what came in green and what went in red."""
    from rich.text import Text

    styles = {"+": "green", "-": "red", "@": "cyan"}
    return Text("\n").join(Text(line, style=styles.get(line[:1], "")) for line in patch.splitlines())

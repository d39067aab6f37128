"""`caselaw status`: what is complete, and what would run."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments

COLORS = {
    "complete": "green", "missing": "red", "stale": "yellow", "unrecorded": "yellow", "adoptable": "cyan",
    "provisional": "blue",
    "unknown": "magenta",
}  # fmt: skip
MEANINGS = {
    "complete": "its output is there",
    "missing": "it was never made, or it is a task without outputs and what it requires is not complete",
    "stale": "an output of an earlier fingerprint exists",
    "unrecorded": "its output is there, but no record says what made it, or that it is whole: the next run makes it "
    "again and keeps what differs under another name; --trust-unrecorded takes it as it is",
    "adoptable": "an equal output exists under another name and will be taken over",
    "provisional": "its name is known once something upstream has run",
    "unknown": "the store could not answer",
}
RANGES = re.compile(r"[-\d:,]+")


@click.command(context_settings=PASS_ON)
@json_option
@task_arguments
def status(family: str, arguments: tuple[str, ...], as_json: bool) -> None:
    """Show the state of TASK and of everything upstream.

    A workflow is one row with counts; with --branches it is one row per branch. law's own --branch 3 and
    --branches 0:5 select branches. The exit status is 0 when all is complete, 1 when something is to be
    done, 3 when the store could not answer. Outputs that were made and wait for their upload are said below.

    \b
    Examples:
      caselaw status Report --campaign quickstart
      caselaw status SelectEvents --dataset ttbar --branches
      caselaw status Fit --json
    """
    from caselaw.config import load_project
    from caselaw.plan.status import BranchState, rows, states_of
    from caselaw.publishing.upload import waiting_in

    by_branch, passed = without_flag(arguments)
    found = list(states_of(task_from_arguments(family, passed)))
    waiting = waiting_in(load_project())
    if as_json:
        content = [row for states in found for row in rows(states, by_branch=by_branch)]
        outbox = {"outbox": list(map(asdict, waiting))} if waiting else {}
        click.echo(json.dumps({"tasks": content, **outbox}, indent=2))
    else:
        show(found, by_branch, shlex.join(["caselaw", "adopt", family, *passed]))
        for each in waiting:
            click.echo(str(each))
    every = {state for states in found for state in states.states}
    raise SystemExit(3 if BranchState.UNKNOWN in every else 1 if every - {BranchState.COMPLETE} else 0)


def without_flag(arguments: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
    """Whether one row per branch is asked for, and law's own arguments: --branches with a value is law's, too."""
    kept: list[str] = []
    by_branch = False
    for number, argument in enumerate(arguments):
        following = arguments[number + 1] if number + 1 < len(arguments) else ""
        by_branch = by_branch or argument == "--branches" or argument.startswith("--branches=")
        if argument != "--branches" or RANGES.fullmatch(following):
            kept.append(argument)
    return by_branch, tuple(kept)


def show(found: list[Any], by_branch: bool, adopting: str) -> None:
    """A table, with a line per state that needs an explanation; `adopting` is the command that takes what is there."""
    from rich.table import Table

    from caselaw.plan.status import BranchState, rows

    columns = ["branch", "state", "output"] if by_branch else ["branches", "state"]
    table = Table("task", "parameters", *columns)
    for states in found:
        for row in rows(states, by_branch=by_branch):
            parameters = ", ".join(f"{name}={value}" for name, value in row["params"].items())
            state = f"[{COLORS[row['state']]}]{row['state']}[/]{', vouched' if row.get('vouched') else ''}"
            state += f" in {row['layer']}" if "layer" in row else ""
            if by_branch:
                branch = "" if row["branch"] is None else str(row["branch"])
                table.add_row(row["family"], parameters, branch, state, shown_path(row["outputs"]))
            else:
                places = ", ".join(f"{number} in {name}" for name, number in row.get("layers", {}).items())
                table.add_row(row["family"], parameters, counts_text(row), f"{state} ({places})" if places else state)
    console = console_for_people()
    console.print(table)
    seen = {state for states in found for state in states.states} - {BranchState.COMPLETE}
    for state in sorted(seen):
        console.print(f"[{COLORS[state]}]{state}[/]: {MEANINGS[state]}", highlight=False)
    show_vouched(console, found, adopting)
    for problem in dict.fromkeys(states.problem for states in found if states.problem):
        console.print(problem, markup=False, style="magenta")


def show_vouched(console: Any, found: list[Any], adopting: str) -> None:
    """How many outputs users vouched for, and how many could be."""
    if vouched := sum(len(states.vouched) for states in found):
        console.print(f"vouched: {vouched:,} outputs were not made by caselaw; 'caselaw ls' says who vouched, and why")
    plain = [states for states in found if states.plain]
    if plain:
        chain = "" if plain == found[-1:] else " --upstream"  # the task that was asked for is the last one
        number = sum(states.plain for states in plain)
        console.print(
            f"{number:,} outputs of plain law could be adopted: {adopting}{chain}", markup=False, soft_wrap=True
        )


def shown_path(outputs: list[str]) -> str:
    """The first output, as seen from here."""
    return os.path.relpath(outputs[0]) if outputs else ""


def counts_text(row: dict[str, Any]) -> str:
    from caselaw.plan.status import BranchState

    counts = row.get("branches", {})
    if set(counts) <= {BranchState.COMPLETE}:
        return str(counts.get(BranchState.COMPLETE, ""))
    return ", ".join(f"{number} [{COLORS[state]}]{state}[/]" for state, number in sorted(counts.items()))

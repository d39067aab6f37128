"""`caselaw store check`: everything under a path against its records."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import waiting

COLORS = {"ok": "green", "changed": "red", "missing": "red", "unrecorded": "yellow", "on tape": "magenta"}
ADVICE = {
    "changed": "remove what was changed, and run its task again, or copy it from another store",
    "missing": "run the task again: it makes what is missing; a run that is under way has its records first",
    "unrecorded": "nothing says what made these: remove them, and run their tasks again",
    "on tape": "these were not read: bring them to disk with `caselaw store stage`",
}


@click.command()
@click.option("--fast", is_flag=True, help="Only whether files are there and have the right size; reads nothing.")
@json_option
@click.argument("path")
def check(path: str, fast: bool, as_json: bool) -> None:
    """Compare all outputs under PATH with the records beside them: are they there, and what they were?

    A checksum of the server is used where it is the one in the records (SHA-256), otherwise files are read, many at
    once. The exit status is 1 when something is changed, missing, without a record or could not be read.

    \b
    Examples:
      caselaw store check grid:
      caselaw store check grid:SelectEvents --fast
      caselaw store check data --json
    """
    from caselaw.execution.progress import progress_for
    from caselaw.plan.check import FAULTS, check_all, outputs_under
    from caselaw.storage.copying.address import place_of

    with waiting("listing outputs and records"):
        outputs = outputs_under(place_of(path))
    found: list[Any] = []
    faults = 0
    with progress_for("checking outputs", len(outputs)) as progress:
        for checked in check_all(outputs, fast=fast):
            found.append(checked)
            faults += checked.state in FAULTS
            progress.update(len(found), faults)
            progress.refresh()
    found.sort(key=lambda checked: checked.path)
    counts = Counter(checked.state for checked in found)
    if as_json:
        click.echo(json.dumps({"outputs": [asdict(one) for one in found], "counts": counts}, indent=2))
    else:
        show(found, counts, path)
    raise SystemExit(1 if faults else 0)


def show(found: list[Any], counts: Counter[str], path: str) -> None:
    """Faulty outputs line by line, how many are in each state, and what to do."""
    from rich.markup import escape

    from caselaw.plan.verify import OutputState

    console = console_for_people()
    if not found:
        console.print(f"there are no outputs and no records under {path}", markup=False)
        return
    for one in found:
        if one.state is not OutputState.OK:
            console.print(f"[{COLORS[one.state]}]{one.state}[/]: {escape(one.path)}")
    console.print(", ".join(f"{number:,} [{COLORS[state]}]{state}[/]" for state, number in sorted(counts.items())))
    for state in sorted(set(counts) - {OutputState.OK}):
        console.print(f"{state}: {ADVICE[state]}", markup=False)

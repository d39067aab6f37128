"""`caselaw verify`: are outputs still what they were when they were made?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments

COLORS = {
    "ok": "green",
    "changed": "red",
    "missing": "yellow",
    "unrecorded": "yellow",
    "unread": "yellow",
    "on tape": "yellow",
}


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--only", is_flag=True, help="Only TASK itself, not what lies upstream.")
@click.option("--all-layers", is_flag=True, help="Also what lies in other layers than the first.")
@task_arguments
def verify(family: str, arguments: tuple[str, ...], as_json: bool, only: bool, all_layers: bool) -> None:
    """Read the outputs of TASK and of everything upstream, and compare them with their records.

    The exit status is 1 when an output was changed, truncated, or has no record. Outputs that are missing
    are counted, and no fault: the next run makes them.

    \b
    Examples:
      caselaw verify Report --campaign quickstart
      caselaw verify SelectEvents --dataset ttbar --only
      caselaw verify Fit --json
    """
    from caselaw.execution.progress import progress_for
    from caselaw.plan.verify import OutputState, outputs_to_verify
    from caselaw.plan.verify import verify as verify_output

    outputs = outputs_to_verify(task_from_arguments(family, arguments), upstream=not only, all_layers=all_layers)
    found: list[Any] = []
    changed = 0
    with progress_for("verifying outputs", len(outputs)) as progress:
        for output in outputs:
            found.append(verify_output(output))
            changed += found[-1].state is OutputState.CHANGED
            progress.update(len(found), changed)
            progress.refresh()
    if as_json:
        click.echo(json.dumps({"outputs": [told(one) for one in found]}, indent=2))
    else:
        show(found)
    raise SystemExit(1 if any(one.state in (OutputState.CHANGED, OutputState.UNRECORDED) for one in found) else 0)


def show(found: list[Any]) -> None:
    """Faulty outputs line by line, and how many are in each state."""
    from collections import Counter

    from rich.markup import escape

    console = console_for_people()
    from caselaw.plan.verify import OutputState

    faulty = [one for one in found if one.state in (OutputState.CHANGED, OutputState.UNRECORDED)]
    for one in faulty:
        branch = "" if one.branch is None else f", branch {one.branch}"
        console.print(f"[{COLORS[one.state]}]{one.state}[/]: {escape(one.path)} ({one.family}{branch})")
    counts = Counter(one.state for one in found)
    console.print(", ".join(f"{number} [{COLORS[state]}]{state}[/]" for state, number in sorted(counts.items())))
    if vouched := sum(one.vouched for one in found):
        console.print(f"{vouched:,} of them were not made by caselaw, but vouched for ('caselaw ls' says by whom)")
    if counts[OutputState.UNREAD]:
        console.print("unread: vouched for with --quick, so that only the size is known; it is the same")
    if counts[OutputState.ON_TAPE]:
        console.print("on tape: not read, as that would wait for a tape drive; 'caselaw store stage' has them on disk")
    if any(one.state is OutputState.CHANGED for one in found):
        console.print("remove what was changed, and run the task again: it makes exactly these outputs anew")


def told(one: Any) -> dict[str, Any]:
    """What `--json` says of an output; whether it was vouched for, where it was."""
    return {name: value for name, value in asdict(one).items() if value or name != "vouched"}

"""`caselaw ls`: the outputs of a task, branch by branch."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments


@click.command(context_settings=PASS_ON)
@json_option
@task_arguments
def ls(family: str, arguments: tuple[str, ...], as_json: bool) -> None:
    """List the outputs of TASK, branch by branch, and whether they exist and have a record.

    \b
    Examples:
      caselaw ls SelectEvents --dataset ttbar
      caselaw ls Fit --campaign opendata --json
    """
    task = task_from_arguments(family, arguments)
    rows = list(outputs(task))
    if as_json:
        click.echo(json.dumps({"family": task.get_task_family(), "outputs": rows}, indent=2))
        return
    from rich.table import Table

    table = Table("branch", "value", "product", "state", title=task.get_task_family(), title_justify="left")
    table.add_column("path", overflow="fold")
    for row in rows:
        state = "[yellow]unrecorded[/]" if not row["recorded"] else "[green]exists[/]"
        state = f"{state} in {row['layer']}" if "layer" in row else state
        state = f"{state}, vouched" if "vouched" in row else state
        state = state if row["exists"] else "[red]missing[/]"
        number = "" if row["branch"] is None else str(row["branch"])
        table.add_row(number, str(row["value"] or ""), row["product"], state, row["path"])
    console = console_for_people()
    console.print(table)
    for said, count in Counter(tuple(row["vouched"].values()) for row in rows if "vouched" in row).items():
        by, when, why = said
        console.print(
            f"vouched by {by}, {when}: {why} ({count:,} output{'s' if count > 1 else ''})",
            markup=False,
            highlight=False,
        )


def outputs(task: Any) -> list[dict[str, Any]]:
    """One row per branch and product."""
    from caselaw.execution.run import require_named
    from caselaw.plan.status import layer_name
    from caselaw.records import explaining
    from caselaw.records.layer_search import lying
    from caselaw.storage.layer import ask
    from caselaw.storage.state import exists

    require_named(task.of_all_branches)
    recorded, vouched = set[str](), dict[str, dict[str, str]]()
    for directory in reversed(task.output_location.folders):
        recorded |= ask(directory, partial(task.record_index.recorded, directory, task.fingerprints), set[str])
        told = partial(explaining.vouched, task.record_index, directory, task.file_digests)
        vouched |= ask(directory, told, dict[str, dict[str, str]])
    lying(task.record_index, task.output_location, task.fingerprints, trusted=task.trust_unrecorded)  # all at once
    branches = hasattr(task, "get_branch_map")
    return [
        {
            "branch": number if branches else None,
            "value": None if value is None else str(value),
            "product": product,
            "fingerprint": fingerprint,
            "exists": exists(path),
            "recorded": fingerprint in recorded,
            **({"vouched": vouched[fingerprint]} if fingerprint in vouched else {}),
            "path": str(path),
            **({"layer": layer_name(task, path.rpartition("/")[0])} if task.output_location.below else {}),
        }
        for number, value, fingerprint in zip(task.branch_numbers, task.branch_values, task.fingerprints, strict=True)
        for product, path in task.paths_of(number).items()
    ]

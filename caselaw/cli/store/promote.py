"""`caselaw store promote`: results for the others."""

from __future__ import annotations

import json
from typing import Any

import click

from caselaw.cli.options import PASS_ON, json_option
from caselaw.cli.store.display import Transfers, counted, size_text, waiting
from caselaw.cli.tasks import task_from_arguments


@click.command(context_settings=PASS_ON)
@click.option("--upstream", is_flag=True, help="Also the results of everything upstream.")
@json_option
@click.argument("family", metavar="TASK")
@click.argument("layer", metavar="LAYER")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PARAMETERS]…")
def promote(family: str, layer: str, arguments: tuple[str, ...], upstream: bool, as_json: bool) -> None:
    """Copy the results of TASK with their records to the store LAYER, where others find them.

    Only what is made is promoted, and what is there already stays as it is; an interrupted promotion is run again.
    Two servers copy between themselves where they can.

    \b
    Examples:
      caselaw store promote Fit group --campaign quickstart
      caselaw store promote Report published --upstream
    """
    from caselaw.config import load_project, resolve_store
    from caselaw.plan.promotion import promotions

    target = resolve_store(load_project(), layer)
    task = task_from_arguments(family, arguments)
    with waiting("comparing"):
        wanted = list(promotions(task, target, upstream=upstream))
    rows = copied(wanted, as_json)
    equal = sum(each.equal for each in wanted)
    if as_json:
        content = {"layer": target.name, "root": target.root, "copied": rows, "equal": equal}
        click.echo(json.dumps(content, indent=2))
    else:
        size = size_text(sum(row["bytes"] for row in rows))
        click.echo(f"promoted {counted(len(rows), 'output')} to {target.name}, {size}; {equal:,} results were there")


def copied(wanted: list[Any], quiet: bool) -> list[dict[str, Any]]:
    """Write records, then copy the outputs that they explain; what was copied, and how."""
    from caselaw.storage.copying.copying import copy_all

    rows = []
    copies = [copy for each in wanted for copy in each.copies]
    for each in wanted:
        each.write_records()
    with Transfers("copying", len(copies), sum(copy.size for copy in copies), quiet=quiet) as shown:
        progress = shown.reports(copy.target.url for copy in copies)
        for copy, way in copy_all(copies, overwrite=False, progress=progress):
            rows.append({"source": copy.source.url, "target": copy.target.url, "bytes": copy.size, "way": way})
            shown.file_done()
    return rows

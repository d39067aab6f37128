"""`caselaw export`: products under human names."""

from __future__ import annotations

import json
from pathlib import Path

import click

from caselaw.cli.options import PASS_ON, json_option
from caselaw.cli.tasks import task_from_arguments


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--link", is_flag=True, help="Make symbolic links instead of copies.")
@click.option("--force", is_flag=True, help="Replace files of the same names.")
@click.argument("family", metavar="TASK")
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[PARAMETERS]… DIR")
def export(family: str, arguments: tuple[str, ...], link: bool, force: bool, as_json: bool) -> None:
    """Copy or link the products of TASK into DIR, named `<product>_<branch>.<extension>`.

    A branch is called by its value where that is short and simple, else by its number. Nothing is exported
    unless every output exists.

    \b
    Examples:
      caselaw export Report --campaign quickstart results
      caselaw export SelectEvents --dataset ttbar --link selected
      caselaw export SelectEvents --dataset ttbar --branch 3 selected
    """
    from caselaw.execution.progress import progress_for
    from caselaw.plan.export import exports, write

    *parameters, folder = arguments
    if folder.startswith("-"):
        raise click.UsageError(f"the last argument is the folder to export to, not '{folder}'")
    found = exports(task_from_arguments(family, tuple(parameters)), Path(folder))
    with progress_for("exporting products", len(found)) as progress:
        for number, one in enumerate(found, 1):
            write(one, link=link, replace=force)
            progress.update(number, 0)
            progress.refresh()
    if as_json:
        rows = [
            {"branch": one.branch, "product": one.product, "source": str(one.source), "path": str(one.target)}
            for one in found
        ]
        click.echo(json.dumps({"products": rows}, indent=2))
    else:
        for one in found:
            click.echo(one.target)

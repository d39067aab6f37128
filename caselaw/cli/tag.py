"""`caselaw tag`: name outputs that are to be kept."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict

import click

from caselaw.cli.options import PASS_ON, json_option
from caselaw.cli.tasks import task_from_arguments


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--remove", is_flag=True, help="Forget the tag NAME; its outputs stay.")
@click.argument("name", required=False, metavar="[NAME]")
@click.argument("family", required=False, metavar="[TASK]")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PARAMETERS]…")
def tag(name: str | None, family: str | None, arguments: tuple[str, ...], remove: bool, as_json: bool) -> None:
    """Tag the outputs of TASK and of everything upstream as NAME, so that `caselaw gc` keeps them.

    Without TASK the tag is shown, without NAME all tags are listed. Tags are part of the store.

    \b
    Examples:
      caselaw tag paper-v1 Report --campaign quickstart
      caselaw tag
      caselaw tag --remove paper-v1
    """
    from caselaw.config import load_project
    from caselaw.plan.tags import read_tag, remove_tag, tag_outputs, tags
    from caselaw.records.stores import project_store

    store = project_store(load_project())
    missing = 0
    if remove:
        if name is None:
            raise click.UsageError("--remove needs the NAME of a tag")
        remove_tag(store, name)
        click.echo(f"the tag '{name}' is removed; its outputs stay until the next caselaw gc")
        return
    if name is not None and family is not None:
        found, missing = tag_outputs(name, task_from_arguments(family, arguments))
        listed = [found]
    else:
        listed = tags(store) if name is None else [read_tag(store, name)]
    if as_json:
        click.echo(json.dumps({"tags": [asdict(one) for one in listed]}, indent=2))
        return
    for one in listed:
        when = datetime.datetime.fromtimestamp(one.created).astimezone().isoformat(" ", "seconds")
        click.echo(f"{one.name}: {one.number} outputs of {one.task}, tagged {when}")
    if missing:
        click.echo(f"{missing} outputs do not exist and are not part of the tag: run the task first", err=True)
    if not listed:
        click.echo("there are no tags: caselaw tag NAME TASK …")

"""`caselaw store init`: this is a store, and from now on the one that is expected here."""

from __future__ import annotations

import json

import click

from caselaw.cli.options import json_option


@click.command()
@click.option("--new", is_flag=True, help="Whatever was seen here before: what is here now is the store.")
@json_option
@click.argument("store", required=False, metavar="[STORE]")
def init(store: str | None, new: bool, as_json: bool) -> None:
    """Make STORE (default: the project's store), or say that it is another one than before.

    A store of one's own needs no such step: the first run makes it. One that others share, a layer or the target of
    `caselaw store promote`, is made with --new. Where a store was seen that is not there now (a disk that is not
    mounted, a folder that was removed), every command stops; --new tells that it was removed on purpose, or replaced.
    Nothing is removed.

    \b
    Examples:
      caselaw store init --new group
      caselaw store init --new
    """
    from caselaw.config import load_project, resolve_store
    from caselaw.config.store import named_store
    from caselaw.config.store_file import NAME
    from caselaw.records.stores import watched

    project = load_project()
    word = None if store is None else store.removesuffix(":")
    settings = named_store(project, word) if word and NAME.fullmatch(word) else resolve_store(project, word)
    presence = watched(project, settings)
    marker = presence.renew() if new else presence.introduce()
    if as_json:
        click.echo(json.dumps({"root": presence.settings.root, "id": marker.id, "created": marker.created}, indent=2))
    else:
        click.echo(f"{presence.settings.root}: store {marker.id}, since {marker.since}")

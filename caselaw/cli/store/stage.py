"""`caselaw store stage`: files from tape to disk."""

from __future__ import annotations

import json
from typing import Any

import click

from caselaw.cli.options import json_option
from caselaw.cli.store.display import age_text, counted, waiting
from caselaw.cli.store.options import DURATION
from caselaw.errors import TransferError


@click.command()
@click.option("--lifetime", type=DURATION, default="2 d", show_default=True, help="How long files stay on disk.")
@click.option("--no-wait", is_flag=True, help="Ask for the files, and do not wait until they are there.")
@click.option(
    "--release", "is_release", is_flag=True, help="Files need not stay on disk: give back what was asked for."
)
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def stage(paths: tuple[str, ...], lifetime: float, no_wait: bool, is_release: bool, as_json: bool) -> None:
    """Bring files, and all that lies in folders, from tape to disk, and wait until they are there.

    Only files that are on tape and nowhere else are asked for. The server keeps them on disk for the lifetime, or
    until they are released.

    \b
    Examples:
      caselaw store stage grid:raw/2026
      caselaw store stage grid:raw/2026 --no-wait --lifetime "7 d"
      caselaw store stage --release grid:raw/2026
    """
    from caselaw.storage.copying.pins import release_pins

    with waiting("listing files"):
        root, places = files_under(paths)
    if is_release:
        released = release_pins(root, places)
        click.echo(json.dumps({"released": released}) if as_json else f"released {counted(released, 'file')}")
        return
    staged = staged_files(root, places, lifetime, no_wait)
    if as_json:
        content = {"online": staged.online, "staged": len(staged.asked), "waited": not no_wait}
        click.echo(json.dumps({**content, "requests": [request.id for request in staged.requests]}, indent=2))
    elif not staged.asked:
        click.echo(f"on disk: {counted(staged.online, 'file')}")
    else:
        end = "asked for" if no_wait else "staged"
        files = counted(len(staged.asked), "file")
        click.echo(f"{end}: {files}, to be kept for {age_text(lifetime)}; on disk before: {staged.online:,}")


def files_under(paths: tuple[str, ...]) -> tuple[Any, list[Any]]:
    """The root of the store, and all files that are meant. Raises `TransferError` for files of this machine."""
    from caselaw.storage.copying.address import place_of, root_place
    from caselaw.storage.copying.listing import present
    from caselaw.storage.files.remote import RemotePlace
    from caselaw.storage.files.tree import tree

    stores, files = {}, []
    for text in paths:
        place = place_of(text)
        if not isinstance(place, RemotePlace):
            raise TransferError("files of this machine are on disk", place.url, "name files of a store on a server")
        stores[place.server.root] = root_place(place.server.settings)
        found = tree(place) if present(place).is_folder else {"": None}
        files += [place.child(path) if path else place for path, node in found.items() if not (node and node.is_folder)]
    if len(stores) > 1:
        raise TransferError("the paths lie in several stores", ", ".join(stores), "stage one store at a time")
    return next(iter(stores.values())), files


def staged_files(root: Any, places: list[Any], lifetime: float, no_wait: bool) -> Any:
    from caselaw.execution.progress import progress_for
    from caselaw.storage.copying.pins import stage as ask_for
    from caselaw.storage.copying.pins import wait

    staged = ask_for(root, places, lifetime)
    if staged.requests and not no_wait:
        with progress_for("staging files", len(staged.asked)) as progress:

            def report(online: int, failed: int, total: int) -> None:
                progress.update(online, failed)
                progress.refresh()

            wait(root, staged, report)
    return staged

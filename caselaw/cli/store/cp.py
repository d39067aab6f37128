"""`caselaw store cp`: copies of files and folders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from caselaw.cli.options import json_option
from caselaw.cli.store.display import Transfers, counted, size_text, waiting
from caselaw.errors import TransferError


@click.command()
@click.option("-r", "--recursive", is_flag=True, help="Copy folders with all that they hold.")
@click.option("--force", is_flag=True, help="Overwrite targets that exist.")
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="SOURCE… TARGET")
def cp(paths: tuple[str, ...], recursive: bool, force: bool, as_json: bool) -> None:
    """Copy files from, to and between stores.

    Every file appears under its name whole and verified, or not at all. Two servers copy between themselves where
    they can (third-party copy). Without --force nothing is copied where a target exists.

    \b
    Examples:
      caselaw store cp grid:Report/report.html .
      caselaw store cp -r data/SelectEvents grid:SelectEvents
      caselaw store cp davs://one.example.org/data/events.root root://two.example.org//data/
    """
    from caselaw.storage.copying.copying import copy_all

    if len(paths) < 2:
        raise click.UsageError("give at least one SOURCE, and a TARGET")
    with waiting("looking at sources and targets"):
        wanted = planned(paths[:-1], paths[-1], recursive, force)
    rows: list[dict[str, Any]] = []
    size = sum(copy.size for copy in wanted)
    with Transfers("copying", len(wanted), size, quiet=as_json) as shown:
        progress = shown.reports(copy.target.url for copy in wanted)
        for copy, way in copy_all(wanted, overwrite=force, progress=progress):
            rows.append({"source": copy.source.url, "target": copy.target.url, "bytes": copy.size, "way": way})
            shown.file_done()
    if as_json:
        click.echo(json.dumps({"copied": rows, "bytes": size, "seconds": round(shown.seconds, 3)}, indent=2))
    else:
        click.echo(f"copied {counted(len(wanted), 'file')}, {size_text(size)}")


def planned(sources: tuple[str, ...], target: str, recursive: bool, force: bool) -> list[Any]:
    """All copies. A target that is a folder, or ends in `/`, gets the sources below it under their names.

    Raises `TransferError` for a source that is a folder, and for a file as target of several.
    """
    from caselaw.storage.copying.address import place_of
    from caselaw.storage.copying.copying import copies, refuse_other_kinds
    from caselaw.storage.copying.listing import present
    from caselaw.storage.files.place import found
    from caselaw.storage.files.tree import tree, tree_or_nothing

    goal = place_of(target)
    there = found(goal)
    inside = target.endswith(("/", ":")) or len(sources) > 1 or (there is not None and there.is_folder)
    if there is not None and not there.is_folder and len(sources) > 1:
        raise TransferError("the target is a file, and there are several sources", goal.url, "name a folder")
    wanted: list[Any] = []
    for text in sources:
        source = place_of(text)
        if present(source).is_folder and not recursive:
            raise TransferError("the source is a folder", source.url, "copy it with -r")
        place = goal.child(source.name) if inside else goal
        refuse_itself(source, place)
        of_source = copies(source, tree(source), place)
        of_target = tree_or_nothing(place)
        if not force:
            refuse_existing(of_source, of_target)
        refuse_other_kinds(of_source, of_target, place)
        wanted += of_source
    return wanted


def refuse_itself(source: Any, target: Any) -> None:
    """Raise `TransferError` where the target is the source, or lies in it."""
    if f"{target.url}/".startswith(f"{source.url.rstrip('/')}/"):
        raise TransferError("the target is the source, or lies in it", target.url, "give another target")


def refuse_existing(wanted: list[Any], present: Mapping[str, Any]) -> None:
    """Raises `TransferError` where a target is `present`: before anything is copied."""
    there = [copy.target.url for copy in wanted if copy.path in present]
    if there:
        more = f", and {counted(len(there) - 1, 'more target')}" if len(there) > 1 else ""
        raise TransferError(f"the target exists{more}", there[0], "overwrite with --force, or use `caselaw store sync`")

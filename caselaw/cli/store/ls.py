"""`caselaw store ls`: files and folders."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import size_text, time_text, waiting


@click.command()
@click.option("-l", "--long", "is_long", is_flag=True, help="Size, time, and where stated checksum and locality.")
@click.option("-R", "--recursive", is_flag=True, help="With all that lies in folders.")
@json_option
@click.argument("path")
def ls(path: str, is_long: bool, recursive: bool, as_json: bool) -> None:
    """List what is in a folder, or a file.

    \b
    Examples:
      caselaw store ls grid:
      caselaw store ls -l grid:SelectEvents/quickstart
      caselaw store ls -R davs://dcache.example.org:2880/data --json
    """
    from caselaw.storage.copying.address import place_of
    from caselaw.storage.copying.listing import listing

    with waiting("listing"):
        found = listing(place_of(path), recursive=recursive, details=is_long)
    if as_json:
        rows = [{**asdict(node), "name": name} for name, node in found.items()]
        click.echo(json.dumps({"path": path, "entries": rows}, indent=2))
    elif is_long:
        show(found)
    else:
        for name, node in found.items():
            click.echo(f"{name}/" if node.is_folder else name)


def show(found: dict[str, Any]) -> None:
    """A line for each entry: only the columns of which something is known."""
    from rich.markup import escape
    from rich.table import Table

    checksums = any(node.checksums for node in found.values())
    localities = any(node.locality for node in found.values())
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for name, node in found.items():
        row = ["folder" if node.is_folder else size_text(node.size), time_text(node.modified)]
        row += [" ".join(f"{each}={digits}" for each, digits in sorted(node.checksums.items()))] if checksums else []
        row += [node.locality or ""] if localities else []
        table.add_row(*row, escape(f"{name}/" if node.is_folder else name))
    console_for_people().print(table)

"""`caselaw store bench`: how fast a store is, beside the local disk."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import size_text
from caselaw.cli.store.options import SIZE


@click.command()
@click.option("--files", type=click.IntRange(min=1), default=100, show_default=True, help="Number of small files.")
@click.option("--size", type=SIZE, default="100 MB", show_default=True, help="Size of the large file; 0 B for none.")
@json_option
@click.argument("store", required=False, metavar="[STORE|PATH]")
def bench(store: str | None, files: int, size: float, as_json: bool) -> None:
    """Time uploads, downloads and questions in a store or folder, beside the local disk. Default: the project's store.

    Everything happens in a temporary folder below what is named, which is removed at the end. Uploads are those that
    caselaw always makes: verified, under a temporary name, then renamed.

    \b
    Examples:
      caselaw store bench grid
      caselaw store bench grid --files 1000 --size "1 GB" --json
    """
    from caselaw.cli.store.timing import measure
    from caselaw.storage.copying.address import folder_of, local_place

    root = folder_of(store)
    with tempfile.TemporaryDirectory(prefix="caselaw-bench-") as folder:
        of_disk, of_store = (
            measure(place, files=files, size=round(size), tell=partial(told, place.url, as_json))
            for place in (local_place(folder), root)
        )
    if as_json:
        results = {"local disk": list(map(row, of_disk)), root.url: list(map(row, of_store))}
        click.echo(json.dumps({"files": files, "size": round(size), "results": results}, indent=2))
    else:
        show(root.url, of_disk, of_store, files, round(size))


def told(where: str, quiet: bool, title: str) -> None:
    """On a terminal, what is being timed."""
    if sys.stderr.isatty() and not quiet:
        click.echo(f"{where}: {title} …", err=True)


def row(measured: Any) -> dict[str, Any]:
    found: dict[str, Any] = asdict(measured)
    if not measured.is_latency:
        speeds = {"files_per_second": measured.files_per_second, "megabytes_per_second": measured.megabytes_per_second}
        found |= {name: round(value, 3) for name, value in speeds.items()}
    return found


def show(url: str, of_disk: list[Any], of_store: list[Any], files: int, size: int) -> None:
    from rich.markup import escape
    from rich.table import Table

    from caselaw.cli.store.timing import SMALL
    from caselaw.storage.files.concurrency import AT_ONCE

    table = Table("", "local disk", escape(url))
    for local, remote in zip(of_disk, of_store, strict=True):
        table.add_row(local.name, text(local), text(remote))
    console = console_for_people()
    console.print(table)
    console.print(
        f"{files:,} small files of {size_text(SMALL)}, {AT_ONCE} at once; the large file has {size_text(size)}"
    )


def text(measured: Any) -> str:
    if measured.is_latency:
        return f"{measured.seconds * 1000:.2f} ms"
    if measured.files > 1:
        return f"{measured.files_per_second:,.0f} files/s, {measured.megabytes_per_second:,.1f} MB/s"
    return f"{measured.megabytes_per_second:,.1f} MB/s"

"""`caselaw store stat`: all that is known of files."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import json_option
from caselaw.cli.store.display import counted, size_text, time_text

ALGORITHMS = ("adler32", "crc32c", "md5", "sha-256", "sha-512")


@click.command()
@click.option(
    "--checksum", "algorithms", multiple=True, type=click.Choice(ALGORITHMS),
    help="Ask the server for this one (default: the one that it has); of a local file, compute it.",
)  # fmt: skip
@json_option
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def stat(paths: tuple[str, ...], algorithms: tuple[str, ...], as_json: bool) -> None:
    """Show size, time, checksums and locality of files and folders.

    Checksums are what the server states (Want-Digest): nothing is read here.

    \b
    Examples:
      caselaw store stat grid:Report/report.html
      caselaw store stat --checksum md5 --checksum sha-256 root://eos.example.org//data/events.root
    """
    found = [row(path, algorithms) for path in paths]
    if as_json:
        click.echo(json.dumps({"paths": found}, indent=2))
        return
    console = console_for_people()
    for described in found:
        console.print(described["url"], style="bold", markup=False)
        for label, text in lines(described):
            console.print(f"  {label:<10}{text}", markup=False)


def row(path: str, algorithms: tuple[str, ...]) -> dict[str, Any]:
    from caselaw.storage.copying.address import place_of
    from caselaw.storage.copying.listing import present

    place = place_of(path)
    node = present(place)
    checksums: dict[str, str | None] = dict(node.checksums)
    usual = [] if (preferred := place.preferred()) is None else [preferred]
    for algorithm in () if node.is_folder else algorithms or usual:
        checksums[algorithm] = checksums.get(algorithm) or place.checksum(algorithm)
    return {"url": place.url, **asdict(node), "checksums": checksums}


def lines(described: dict[str, Any]) -> list[tuple[str, str]]:
    """Labels and texts for people; what is not known is not shown, but a checksum that was asked for."""
    found = [("kind", "folder" if described["is_folder"] else "file")]
    if not described["is_folder"]:
        size = described["size"]
        text = "it is not whole yet" if size is None else counted(size, "byte")
        text += f" ({size_text(size)})" if size is not None and size >= 1000 else ""
        found.append(("size", text))
    found += [("modified", time_text(described["modified"]))] if described["modified"] is not None else []
    found += [(name, digits or "not stated by the server") for name, digits in sorted(described["checksums"].items())]
    return found + ([("locality", described["locality"])] if described["locality"] else [])

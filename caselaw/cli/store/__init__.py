"""`caselaw store`: files in stores, on this machine or on servers."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "bench": "Time a store beside the local disk.",
    "check": "Compare everything under a path with its records.",
    "clean": "List what killed processes left behind, and remove it.",
    "cp": "Copy files and folders, verified.",
    "init": "Say that a store is new, or what is there the store from now on.",
    "ls": "List files and folders.",
    "stage": "Bring files from tape to disk.",
    "stat": "Show all that is known of files.",
    "sync": "Make one folder hold what another one holds.",
    "token": "Show the credentials of a store, and make narrower ones.",
}


class Lazy(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"caselaw.cli.store.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Lazy)
def store() -> None:
    """Look at files in stores, copy, check and clean them.

    A PATH is NAME:path in a store of configs/stores.yaml, a URL (davs://, dcache://, root://, s3://, …), or a path of
    this machine.

    \b
    Examples:
      caselaw store ls -l grid:SelectEvents
      caselaw store cp grid:Report/report.html .
      caselaw store sync data grid:
      caselaw store check grid: --fast
      caselaw store clean grid
    """

"""`caselaw store`: files in stores, on this machine or on servers."""

from __future__ import annotations

import click

from caselaw.cli.lazy import LazyGroup

COMMANDS = {
    "bench": "Time a store beside the local disk.",
    "check": "Compare everything under a path with its records.",
    "clean": "List what killed processes left behind, and remove it.",
    "cp": "Copy files and folders, verified.",
    "init": "Say that a store is new, or what is there the store from now on.",
    "ls": "List files and folders.",
    "promote": "Copy the results of a task, with their records, to a store that others read.",
    "stage": "Bring files from tape to disk.",
    "stat": "Show all that is known of files.",
    "sync": "Make one folder hold what another one holds.",
    "token": "Show the credentials of a store, and make narrower ones.",
}


@click.group(cls=LazyGroup, package="caselaw.cli.store", about=COMMANDS)
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

"""`caselaw`: questions about tasks and campaigns. Commands are loaded when they are called."""

from __future__ import annotations

import sys
import traceback

import click

from caselaw.cli.lazy import LazyGroup
from caselaw.version import __version__

COMMANDS = {
    "adopt": "Take outputs that plain law made before, once you vouch for them.",
    "audit": "Run one branch and list what it used undeclared.",
    "campaign": "Check and look at campaign files.",
    "export": "Copy or link products under human names.",
    "fingerprint": "Show what a task's fingerprint is made of.",
    "diff": "List tasks that differ between two git revisions.",
    "gc": "List outputs that nothing reaches, and remove them.",
    "ls": "List the outputs of a task, branch by branch.",
    "status": "Show what is complete, and what would run.",
    "store": "Look at files in stores, copy, check and clean them.",
    "survey": "Read a law project, and say what becomes of each task.",
    "tag": "Name outputs that are to be kept.",
    "verify": "Compare outputs with their records.",
    "why": "Show what changed since a task was last made.",
}


@click.group(
    cls=LazyGroup,
    package="caselaw.cli",
    about=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Tasks are run by law: law run Report --campaign quickstart",
)
@click.version_option(__version__, prog_name="caselaw")
def cli() -> None:
    """A memory for law and luigi workflows.

    Every output's name carries the fingerprint of all that it was made from, so that exactly what changed is
    made again.

    \b
    Examples:
      caselaw campaign check quickstart
      caselaw status Report
      caselaw why Fit
      caselaw ls SelectEvents --dataset ttbar
      caselaw fingerprint SelectEvents --dataset ttbar
    """


def main() -> None:
    """Entry point: errors of caselaw are one message, not a traceback. Any error ends with exit status 2."""
    try:
        cli(prog_name="caselaw")
    except Exception as error:
        from caselaw.errors import CaselawError

        if isinstance(error, CaselawError):
            click.echo(f"caselaw: {error}", err=True)
        else:
            traceback.print_exc()
        sys.exit(2)

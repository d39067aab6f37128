"""`caselaw`: questions about tasks and campaigns. Commands are loaded when they are called."""

from __future__ import annotations

import importlib
import sys
import traceback

import click

from caselaw.version import __version__

COMMANDS = {
    "adopt": ("caselaw.cli.adopt:adopt", "Take outputs that plain law made before, once you vouch for them."),
    "audit": ("caselaw.cli.audit:audit", "Run one branch and list what it used undeclared."),
    "campaign": ("caselaw.cli.campaign:campaign", "Check and look at campaign files."),
    "export": ("caselaw.cli.export:export", "Copy or link products under human names."),
    "fingerprint": ("caselaw.cli.fingerprint:fingerprint", "Show what a task's fingerprint is made of."),
    "diff": ("caselaw.cli.diff:diff", "List tasks that differ between two git revisions."),
    "gc": ("caselaw.cli.gc:gc", "List outputs that nothing reaches, and remove them."),
    "ls": ("caselaw.cli.ls:ls", "List the outputs of a task, branch by branch."),
    "status": ("caselaw.cli.status:status", "Show what is complete, and what would run."),
    "store": ("caselaw.cli.store:store", "Look at files in stores, copy, check and clean them."),
    "survey": ("caselaw.cli.survey:survey", "Read a law project, and say what becomes of each task."),
    "tag": ("caselaw.cli.tag:tag", "Name outputs that are to be kept."),
    "verify": ("caselaw.cli.verify:verify", "Compare outputs with their records."),
    "why": ("caselaw.cli.why:why", "Show what changed since a task was last made."),
}


class Lazy(click.Group):
    """A group that imports a command only when it is called, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])


@click.group(
    cls=Lazy,
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

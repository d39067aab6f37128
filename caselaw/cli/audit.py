"""`caselaw audit`: what one branch really uses, held against what its fingerprint covers."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments

if TYPE_CHECKING:
    from caselaw.plan.audit import Audit

UNDECLARED, FAILED = 1, 2


@click.command(context_settings=PASS_ON)
@json_option
@click.option("--once", is_flag=True, help="Do not run the branch again with its code in another form.")
@task_arguments
def audit(family: str, arguments: tuple[str, ...], as_json: bool, once: bool) -> None:
    """Run one branch of TASK and list what it used that no component of its fingerprint covers.

    Code, files, modules, caches, parameters, environment variables, options of law.cfg, tasks that run() yields,
    subprocesses and network connections are watched. Then the branch runs again without the statements, docstrings
    and annotations that its fingerprint does not count: it must make the same. Outputs go to a temporary folder; the
    store stays as it is. Without --branch it is branch 0. Exit status: 0 when nothing is undeclared, 1 when
    something is, 2 when the branch failed.

    \b
    Examples:
      caselaw audit SelectEvents --dataset ttbar
      caselaw audit SelectEvents --dataset ttbar --branch 3
      caselaw audit Fit --once --json
    """
    from rich.console import Console

    from caselaw.plan.audit import audit as audited

    task = task_from_arguments(family, arguments)
    with Console(stderr=True).status(f"running one branch of {task.get_task_family()} …"):
        found = audited(task, compare=not once)
    if as_json:
        content = asdict(found)
        failure = content.pop("failure")
        click.echo(json.dumps(content if failure is None else {**content, "failure": failure}, indent=2))
    else:
        show(found)
    if found.failure is not None:
        click.echo(f"caselaw: the branch failed, so this audit is not complete:\n{found.failure}", err=True)
        sys.exit(FAILED)
    sys.exit(UNDECLARED if found.undeclared else 0)


def show(found: Audit) -> None:
    """A table of what is undeclared, and one line that counts the rest."""
    from rich.markup import escape
    from rich.table import Table

    console = console_for_people()
    which = found.family if found.branch is None else f"{found.family}, branch {found.branch}"
    if found.undeclared:
        title = f"{which} ({found.fingerprint}): undeclared"
        table = Table("kind", title=title, title_justify="left")
        for column in ("name", "where"):
            table.add_column(column, overflow="fold")
        for finding in found.undeclared:
            table.add_row(finding.kind, escape(finding.name), escape(finding.where or ""))
        console.print(table)
    elif found.failure is None:
        console.print(f"[green]nothing undeclared[/]: {which} ({found.fingerprint})")
    if found.not_compared is not None:
        console.print(f"[yellow]not run again[/]: {found.not_compared}")
    counts = ", ".join(f"{kind} {number}" for kind, number in found.covered.items() if number)
    console.print(f"covered: {counts or 'nothing'}")

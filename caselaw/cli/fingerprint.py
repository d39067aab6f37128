"""`caselaw fingerprint`: what a task's fingerprint is made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from caselaw.cli.console import console_for_people
from caselaw.cli.options import PASS_ON, json_option, task_arguments
from caselaw.cli.tasks import task_from_arguments


@click.command(context_settings=PASS_ON)
@json_option
@task_arguments
def fingerprint(family: str, arguments: tuple[str, ...], as_json: bool) -> None:
    """Show the components of TASK's fingerprint: code symbol by symbol, parameters, configuration, distributions.

    \b
    Examples:
      caselaw fingerprint SelectEvents --dataset ttbar
      caselaw fingerprint Fit --json
    """
    task = task_from_arguments(family, arguments)
    content = components(task)
    if as_json:
        click.echo(json.dumps(content, indent=2))
        return
    from rich.table import Table

    title = f"{task.get_task_family()} {content['fingerprint'] or '(provisional)'}"
    table = Table("component", "name", "value", title=title)
    for kind in ("components", "code", "parameters", "config", "distributions"):
        for name, value in content[kind].items():
            table.add_row(kind, name, str(value))
    console_for_people().print(table)


def components(task: Any) -> dict[str, Any]:
    """Everything but the inputs that enters the fingerprint, by name."""
    return {
        "family": task.get_task_family(),
        "fingerprint": None if task.upstream_seen.unknown or task.awaits_run else task.fingerprint,
        "components": asdict(task.own_components),
        "code": {name: symbol.digest for name, symbol in task.code_closure.symbols.items()},
        "parameters": task.readable_parameters,
        "config": task.declared_config.canonical() if task.config_keys else {},
        "distributions": dict(task.code_closure.distributions),
    }

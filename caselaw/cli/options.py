"""What commands that take a task have in common: `caselaw <command> TASK [PARAMETERS]… [--json]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def task_arguments(function: Command) -> Command:
    """A task the way `law run` takes it."""
    function = click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PARAMETERS]…")(function)
    return click.argument("family", metavar="TASK")(function)

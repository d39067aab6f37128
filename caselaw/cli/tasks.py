"""Tasks on the command line of caselaw, given the way `law run` takes them."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import click

from caselaw.errors import TaskError


def task_from_arguments(family: str, arguments: tuple[str, ...]) -> Any:
    """An instance of `family`, found as `law run` finds it, with `--name value` parameters.

    Parameters of other tasks, such as `--SelectEvents-shift up`, hold until the command ends: `upstream()` is
    only asked later. Raises `TaskError` where there is none, and for parameters that are missing or wrong.
    """
    from luigi.cmdline_parser import CmdlineParser
    from luigi.parameter import ParameterException

    asked, family = family, family_in_full(family)
    words = [family, *arguments]
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):  # on a wrong option argparse prints all that there are, and exits
            parsing = CmdlineParser.global_instance(words, allow_override=True)
            parser = click.get_current_context().with_resource(parsing)
        return parser.get_task_obj()
    except (ParameterException, ValueError, KeyError) as error:
        raise TaskError(
            f"a parameter is missing or wrong: {error}", asked, f"parameters: {parameter_names(family)}"
        ) from error
    except SystemExit:
        reason = complaint.getvalue().strip().rpartition("error: ")[2]
        raise TaskError(reason, asked, f"parameters: {parameter_names(family)}") from None


def parameter_names(family: str) -> str:
    """The parameters of a task family as they are written on the command line."""
    from luigi.task_register import Register

    names = (name for name, _ in Register.get_task_cls(family).get_params())
    return ", ".join(f"--{name.replace('_', '-')}" for name in names)


def family_in_full(name: str) -> str:
    """The task family of that name. Raises `TaskError` where there is none."""
    from caselaw.plan.families import family_of, similar_families

    family = family_of(name)
    if family is not None:
        return family
    similar = similar_families(name)
    raise TaskError(
        "no task of this name is in law's index or in the modules that law.cfg lists", name,
        f"there is {', '.join(similar)}" if similar else "check its spelling, or list its module in law.cfg under "
        "[modules]; as module.Class, its folder must be on PYTHONPATH, as for 'law run'",
    )  # fmt: skip

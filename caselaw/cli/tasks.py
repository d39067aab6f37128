"""Tasks on the command line of caselaw, given the way `law run` takes them."""

from __future__ import annotations

import contextlib
import importlib
import io
from typing import Any

import click

from caselaw.config import load_project
from caselaw.errors import TaskError


def task_from_arguments(family: str, arguments: tuple[str, ...]) -> Any:
    """An instance of `family`, found through law's index or as `module.Class`, with `--name value` parameters.

    Parameters of other tasks, such as `--SelectEvents-shift up`, hold until the command ends: `upstream()` is
    only asked later.
    """
    from luigi.cmdline_parser import CmdlineParser
    from luigi.parameter import ParameterException

    import_family(family)
    words = [family.rpartition(".")[2], *arguments]
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):  # on a wrong option argparse prints all that there are, and exits
            parsing = CmdlineParser.global_instance(words, allow_override=True)
            parser = click.get_current_context().with_resource(parsing)
        return parser.get_task_obj()
    except (ParameterException, ValueError, KeyError) as error:
        raise TaskError(
            f"a parameter is missing or wrong: {error}", family, f"parameters: {known(words[0])}"
        ) from error
    except SystemExit:
        reason = complaint.getvalue().strip().rpartition("error: ")[2]
        raise TaskError(reason, family, f"parameters: {known(words[0])}") from None


def known(family: str) -> str:
    """The parameters of a task family as they are written on the command line."""
    from luigi.task_register import Register

    names = (name for name, _ in Register.get_task_cls(family).get_params())
    return ", ".join(f"--{name.replace('_', '-')}" for name in names)


def import_family(family: str) -> None:
    """Import the module that defines a task family: by law's index, by law.cfg's modules, or as `module.Class`."""
    from law.cli.run import read_task_from_index
    from law.config import Config

    from caselaw.plan.families import find_family

    module, _, name = family.rpartition(".")
    if module:
        if not find_family(family):
            raise TaskError(
                "there is no such task", family,
                "check its spelling; the folder of its module must be on PYTHONPATH, as for 'law run'",
            )  # fmt: skip
        return
    index = load_project().root / Config.instance().get_expanded("core", "index_file")
    found = read_task_from_index(name, index) if index.is_file() else None
    if found:
        importlib.import_module(found[0])
    elif not find_family(family):
        raise TaskError(
            "no task of this name is in law's index or in the modules that law.cfg lists",
            family,
            "check its spelling, or list its module in law.cfg under [modules]",
        )

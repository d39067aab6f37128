"""Which task a family is: `SelectEvents`, with its namespace `cf.SelectEvents`, or as `module.Class`."""

from __future__ import annotations

import difflib
import importlib
import traceback
from collections.abc import Iterator

import luigi
from luigi.task_register import Register, TaskClassException

from caselaw.config import load_project
from caselaw.errors import TaskError


def family_of(name: str) -> str | None:
    """The task family that `law run` understands by a name, with its module imported; None where there is none.

    As law does: a class in a module of that name, then law's index; also the modules that law.cfg lists, without an
    index. Raises `TaskError` where two classes are called so, or a module that may define it cannot be imported.
    """
    return of_class(name) or of_index(name) or of_listed(name)


def similar_families(name: str) -> list[str]:
    """Families of a class of this name in any namespace, else of names like it, as far as modules are imported."""
    families = sorted(Register.task_names())
    last = name.rpartition(".")[2]
    same = [family for family in families if family.rpartition(".")[2] == last]
    return same or difflib.get_close_matches(name, families, n=3)


def of_class(name: str) -> str | None:
    """The family of `module.Class`."""
    module, _, class_name = name.rpartition(".")
    found = getattr(imported(module), class_name, None) if module else None
    if not (isinstance(found, type) and issubclass(found, luigi.Task)):
        return None
    return registered(found.get_task_family())


def of_index(name: str) -> str | None:
    from law.cli.run import read_task_from_index
    from law.config import Config

    index = load_project().root / Config.instance().get_expanded("core", "index_file")
    found = read_task_from_index(name, index) if index.is_file() else None
    return registered(found[1]) if found and imported(found[0]) else None


def of_listed(name: str) -> str | None:
    """The family in a module that law.cfg lists. Raises `TaskError` where such a module cannot be imported."""
    failed: dict[str, str] = {}
    for module in listed_modules():
        if (found := registered(name)) is not None:
            return found
        try:
            importlib.import_module(module)
        except Exception:  # another module may well define the task
            failed[module] = traceback.format_exc(limit=-1).strip()
    found = registered(name)
    if found is None and failed:
        raise TaskError(
            f"modules that law.cfg lists cannot be imported: {', '.join(failed)}", name,
            "is it defined there?\n" + "\n".join(failed.values()),
        )  # fmt: skip
    return found


def listed_modules() -> Iterator[str]:
    from law.config import Config
    from law.util import brace_expand

    lines = Config.instance().options("modules") if Config.instance().has_section("modules") else []
    return (module for line in lines for module in brace_expand(line.strip()) if module)


def registered(family: str) -> str | None:
    """The family, if there is a class of it. Raises `TaskError` where there are two."""
    if family not in Register.task_names():
        return None
    try:
        Register.get_task_cls(family)
    except TaskClassException as error:
        raise TaskError(
            "two classes are called so", family, "give one of them another name, or a namespace (task_namespace)"
        ) from error
    return family


def imported(module: str) -> object:
    """A module; None where there is none of this name."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            return None
        raise

"""Which module defines a task family."""

from __future__ import annotations

import importlib
import traceback

from caselaw.errors import TaskError


def find_family(family: str) -> bool:
    """Import the module that defines a family: `module.Class`, or a class in a module that law.cfg lists."""
    from law.config import Config
    from law.util import brace_expand
    from luigi.task_register import Register

    module, _, name = family.rpartition(".")
    if module:
        return imported(module) and name in Register.task_names()
    failed: dict[str, str] = {}
    listed = Config.instance().options("modules") if Config.instance().has_section("modules") else []
    for module in (found for line in listed for found in brace_expand(line.strip()) if found):
        try:
            importlib.import_module(module)
        except Exception:  # another module may well define the task
            failed[module] = traceback.format_exc(limit=-1).strip()
        if name in Register.task_names():
            return True
    if failed:
        raise TaskError(
            f"modules that law.cfg lists cannot be imported: {', '.join(failed)}",
            family,
            "is it defined there?\n" + "\n".join(failed.values()),
        )
    return False


def imported(module: str) -> bool:
    """Import a module; False where there is none of this name."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            return False
        raise
    return True

"""Modules of a process, imported again in another one."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from multiprocessing import spawn
from pathlib import Path
from typing import Any

import luigi

from caselaw.errors import TaskError

NOT_THEIRS = frozenset({"__main__", "__mp_main__", "caselaw", "law", "luigi"})


def loaded(root: Path) -> tuple[tuple[str, str], ...]:
    """Modules of this process that a worker needs, with their files: those of tasks, and all in the project."""
    of_tasks = {task.__module__ for task in luigi.task_register.Register._reg}
    below = f"{root}{os.sep}"
    outside = tuple(entry for entry in (sys.prefix, sys.base_prefix) if entry != str(root))
    found = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in NOT_THEIRS or not isinstance(file, str):
            continue
        in_project = file.startswith(below) and not file.startswith(tuple(f"{e}{os.sep}" for e in outside))
        if name in of_tasks or in_project:
            found.append((name, file))
    return tuple(found)


def load(name: str, file: str) -> None:
    """Import a module from the file from which it was loaded elsewhere, even where its name leads to another."""
    if name in sys.modules:
        return
    spec = None
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(name)
    if spec is not None and spec.origin is not None and os.path.realpath(spec.origin) == os.path.realpath(file):
        importlib.import_module(name)
        return
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def main() -> dict[str, Any]:
    """How to get the script again that was started, where it defines tasks; else nothing."""
    if not any(task.__module__ == "__main__" for task in luigi.task_register.Register._reg):
        return {}
    data = spawn.get_preparation_data("caselaw-worker")
    return {name: value for name, value in data.items() if name.startswith("init_main")}


class Unguarded(BaseException):
    """A script starts its tasks while it is only read for their definitions."""


def load_main(how: Mapping[str, Any]) -> str | None:
    """Read the script again without its `if __name__ == "__main__":` block; what is wrong with it, if anything."""
    try:
        with runs_refused():
            spawn.prepare(dict(how))
    except Unguarded:
        return "it starts its tasks outside of 'if __name__ == \"__main__\":'"
    except BaseException:
        return "it cannot be imported:\n" + traceback.format_exc()
    for value in list(vars(sys.modules["__main__"]).values()):
        if getattr(value, "__module__", None) == "__mp_main__":
            with contextlib.suppress(AttributeError, TypeError):
                value.__module__ = "__main__"
    return None


@contextlib.contextmanager
def runs_refused() -> Iterator[None]:
    """luigi starts nothing until the block ends."""

    def refuse(*_: object, **__: object) -> None:
        raise Unguarded

    interface: Any = luigi.interface
    kept = interface._schedule_and_run
    interface._schedule_and_run = refuse
    try:
        yield
    finally:
        interface._schedule_and_run = kept


def script_error(problem: str, how: Mapping[str, Any]) -> TaskError:
    """What to tell the user of a script that workers cannot read."""
    where = how.get("init_main_from_path") or how.get("init_main_from_name") or "__main__"
    return TaskError(
        f"worker processes must read the tasks of this script again, and {problem}", where,
        "put all that the script does under 'if __name__ == \"__main__\":', or define the tasks in a module",
    )  # fmt: skip

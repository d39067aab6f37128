"""Tasks that `run()` yields: nobody can ask a generator beforehand, but records tell what it yielded before."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import luigi
from luigi.task_register import TaskClassException, load_task

from caselaw.branches.look import Look, Seen
from caselaw.fingerprint import FileDigests, digest, short
from caselaw.records import Record

RUN = "run()"
"""The input under which a record keeps what `run()` yielded."""


@dataclass(frozen=True)
class Yielded:
    """Tasks in the order in which `run()` yielded them, and what their outputs are today."""

    tasks: tuple[Any, ...]
    digests: tuple[str, ...]
    seen: Seen

    def fingerprint(self, static: str) -> str:
        """The fingerprint of a task whose own components and declared inputs make `static`."""
        return short(digest("yielded", static, list(self.digests)))

    def as_input(self, static: str) -> dict[str, Any]:
        """What a record keeps of it."""
        tasks = [[t.task_module, t.get_task_family(), t.to_str_params()] for t in self.tasks]
        return {"keys": digest(list(self.digests)), "content": None, "static": static, "tasks": tasks}


def yields(cls: type) -> bool:
    """Whether `run()` is a generator, which yields tasks that it needs besides."""
    return inspect.isgeneratorfunction(inspect.unwrap(cls.run))  # type: ignore[attr-defined]


def looked_at(tasks: Iterable[Any], digests: FileDigests) -> Yielded:
    """Tasks with what their outputs are now."""
    look, found = Look(digests), tuple(tasks)
    return Yielded(found, tuple(look.of_task(task) for task in found), look.seen())


def flat(requirements: Any) -> list[Any]:
    """All tasks of one yield."""
    if isinstance(requirements, luigi.DynamicRequirements):
        return list(requirements.flat_requirements)
    return list(luigi.task.flatten(requirements))


def known_from(records: Sequence[Record], static: str, digests: FileDigests) -> tuple[Record, Yielded] | None:
    """The newest record of these components and inputs whose yielded tasks are what they were."""
    for record in reversed(records):
        entry = record.inputs.get(RUN, {})
        tasks = tasks_in(entry) if entry.get("static") == static else None
        if tasks is not None:
            found = looked_at(tasks, digests)
            if not found.seen.unknown and found.as_input(static)["keys"] == entry["keys"]:
                return record, found
    return None


def tasks_in(entry: Mapping[str, Any]) -> list[Any] | None:
    """The tasks that a record names; None where one of them does not exist any more."""
    try:
        return [load_task(module, family, parameters) for module, family, parameters in entry.get("tasks", ())]
    except (ImportError, TaskClassException, luigi.parameter.ParameterException):
        return None

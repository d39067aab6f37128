"""Tasks that `run()` yields: nobody can ask a generator beforehand, but records tell what it yielded before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import luigi
from luigi.task_register import TaskClassException, load_task

from caselaw.branches.generators import gives_generator
from caselaw.branches.upstream_digests import Look, Seen
from caselaw.fingerprint import FileDigests, digest, short
from caselaw.records import Record
from caselaw.storage.layer import ask
from caselaw.storage.state import exists

RUN = "run()"
"""The input under which a record keeps what `run()` yielded."""

Named = tuple[str, str, dict[str, str]]
"""A task as luigi sends it to another process: module, family, parameters."""


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
        tasks = [list(named(task)) for task in self.tasks]
        return {"keys": digest(list(self.digests)), "content": None, "static": static, "tasks": tasks}


class Present:
    """What the outputs of yielded tasks are today; a task that many branches yield is looked at once.

    `of_own` is asked first: it knows branches of the workflow whose table is being made.
    """

    def __init__(self, digests: FileDigests, of_own: Callable[[Any, Look], str | None] = lambda *_: None) -> None:
        self.digests, self.of_own = digests, of_own
        self._known: dict[int, tuple[Any, str, Seen]] = {}

    def of(self, tasks: Iterable[Any]) -> Yielded:
        found = tuple(tasks)
        looked = [self._of_task(task) for task in found]
        return Yielded(found, tuple(key for _, key, _ in looked), merged(seen for _, _, seen in looked))

    def _of_task(self, task: Any) -> tuple[Any, str, Seen]:
        if id(task) not in self._known:
            look = Look(self.digests)
            key = self.of_own(task, look) or look.of_task(task)
            self._known[id(task)] = task, key, look.seen()
        return self._known[id(task)]


def looked_at(tasks: Iterable[Any], digests: FileDigests) -> Yielded:
    """Tasks with what their outputs are now."""
    return Present(digests).of(tasks)


def merged(looks: Iterable[Seen]) -> Seen:
    """What several looks depend on, each once."""
    unknown: dict[str, None] = {}
    renewable: dict[int, tuple[Any, Seen]] = {}
    at_outputs = False
    for seen in looks:
        unknown.update(dict.fromkeys(seen.unknown))
        renewable.update((id(task), (task, look)) for task, look in zip(seen.renewable, seen.looks, strict=True))
        at_outputs = at_outputs or seen.at_outputs
    tasks, looks_of_tasks = zip(*renewable.values(), strict=True) if renewable else ((), ())
    return Seen(tuple(unknown), at_outputs, tasks, looks_of_tasks)


def yields(cls: type) -> bool:
    """Whether `run()` is a generator, or returns one: it yields tasks that it needs besides."""
    return gives_generator(cls, cls.run)  # type: ignore[attr-defined]


def named(task: Any) -> Named:
    return task.task_module, task.get_task_family(), task.to_str_params()


def flat(requirements: Any) -> list[Any]:
    """All tasks of one yield."""
    if isinstance(requirements, luigi.DynamicRequirements):
        return list(requirements.flat_requirements)
    return list(luigi.task.flatten(requirements))


def readable_twice(requirements: Any) -> Any:
    """What one yield gave, with lists in place of generators: luigi reads it for the tasks, then for their outputs."""
    if isinstance(requirements, Iterator):
        return [readable_twice(inner) for inner in requirements]
    if type(requirements) in (list, tuple):
        return type(requirements)(readable_twice(inner) for inner in requirements)
    if type(requirements) is dict:
        return {name: readable_twice(inner) for name, inner in requirements.items()}
    return requirements


def settled_by_records(
    records: Iterable[Record], static: str, present: Present, folders: Sequence[str]
) -> tuple[str, Yielded] | None:  # fmt: skip
    """The fingerprint by a record of these components and inputs whose yielded tasks are what they were.

    Of several, one counts whose outputs lie in one of the `folders`, and then the first fingerprint: whatever the
    clocks of their hosts said, all computers choose the same.
    """
    found: dict[str, tuple[Record, Yielded]] = {}
    for record in records:
        entry = record.inputs.get(RUN, {})
        tasks = tasks_in(entry) if entry.get("static") == static and record.fingerprint not in found else None
        if tasks is not None:
            yielded = present.of(tasks)
            if not yielded.seen.unknown and yielded.as_input(static)["keys"] == entry["keys"]:
                found[record.fingerprint] = record, yielded
    if not found:
        return None
    lying = [name for name, (record, _) in found.items() if len(found) > 1 and lies(record, folders)]
    chosen = min(lying or found)
    return chosen, found[chosen][1]


def lies(record: Record, folders: Sequence[str]) -> bool:
    """Whether all outputs of a record are there, in one of the folders. Raises `StoreUnavailable`."""

    def in_folder(folder: str) -> bool:
        return all(exists(name if "/" in name else f"{folder}/{name}") for name in record.names)

    return any(ask(folder, partial(in_folder, folder), bool) for folder in folders)


def tasks_in(entry: Mapping[str, Any]) -> list[Any] | None:
    """The tasks that a record names; None where one of them does not exist any more."""
    try:
        return [load_task(module, family, parameters) for module, family, parameters in entry.get("tasks", ())]
    except (ImportError, TaskClassException, luigi.parameter.ParameterException):
        return None

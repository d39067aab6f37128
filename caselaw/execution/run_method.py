"""Doing the `run()` of a task: here or in its sandbox, and with tasks that it yields because it needs them besides."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any

import luigi

from caselaw.branches.yielded import flat, readable_twice
from caselaw.publishing.block import run_of, running
from caselaw.publishing.task import RunnableTask
from caselaw.sandbox.entrance import needs_sandbox, refuse_unsupported


class Lacking(Exception):  # noqa: N818
    """A `run()` needs tasks that are not complete. It begins anew when they are; nothing is published."""

    def __init__(self, tasks: list[Any]) -> None:
        super().__init__()
        self.tasks = tasks


def run_task(task: Any, request_of: Callable[[Any], bytes]) -> None:
    """Do what `run()` does and publish what it wrote, inside the sandbox of the task where it has one.

    `request_of` packs the branch for the process inside.
    """
    if needs_sandbox(task):
        task.sandbox_proxy.enter(request_of(task))
    else:
        run_of(task)


def driven(task: RunnableTask) -> Generator[Any, Any, None]:
    """Do `run()` of a task or branch and publish what it wrote; gives what it yields, and is sent what that made.

    What was yielded is in the fingerprint, under which outputs get their names when `run()` has ended.
    """
    if needs_sandbox(task):
        refuse_unsupported(task)
    task.current_run.has_published = False
    tasks: list[Any] = []
    with running(task):
        task.take_yielded(tasks)
        made: Any = None
        with contextlib.closing(steps_of(task)) as run:
            while True:
                try:
                    requirements = readable_twice(run.send(made))
                except StopIteration:
                    break
                made = yield requirements
                tasks.extend(flat(requirements))
                task.take_yielded(tasks)
    task.require_published()


def steps_of(task: RunnableTask) -> Generator[Any, Any, None]:
    """The generator that `run()` is or returns; where it returns none this time, it has ended."""
    cls: Any = type(task)
    made = cls.run(task)
    if isinstance(made, Generator):
        yield from made


def run_where_complete(task: RunnableTask) -> None:
    """Do `run()` of a branch with what is there; raises `Lacking` for what is not."""
    made: Any = None
    with contextlib.closing(driven(task)) as run:
        while True:
            try:
                found = run.send(made)
            except StopIteration:
                return
            needed = found if isinstance(found, luigi.DynamicRequirements) else luigi.DynamicRequirements(found)
            if not needed.complete():
                raise Lacking(needed.flat_requirements)
            made = needed.paths

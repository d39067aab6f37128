"""What luigi does around the `run()` of a task, done in a worker: its callbacks, and `task_process_context`."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import pickle
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import luigi
from luigi.worker import worker as worker_settings

from caselaw.publishing.task import RunnableTask


def reply_of(task: Any, callback: str, *arguments: object) -> tuple[str | None] | None:
    """What the task's own `on_success()` or `on_failure()` says; None where it has none."""
    if getattr(type(task), callback) is getattr(luigi.Task, callback):
        return None
    reply = getattr(task, callback)(*arguments)
    return (None if reply is None else str(reply),)


def reply_after(task: RunnableTask | None, problem: BaseException) -> tuple[tuple[str | None] | None, str]:
    """What `on_failure()` says, and the traceback where it fails itself."""
    try:
        return (None if task is None else reply_of(task, "on_failure", problem)), ""
    except Exception:
        return None, f"\n{traceback.format_exc()}"


def reply_as(task: RunnableTask, callback: str, reply: tuple[str | None] | None) -> None:
    """Let luigi, which asks once more where it runs a task itself, hear what was said in the worker."""
    if reply is not None:
        task.__dict__[callback] = functools.partial(said, reply[0])


def said(reply: str | None, *_: object) -> str | None:
    return reply


def packed_exception(problem: BaseException) -> bytes | None:
    """An exception for the parent, if it is the same there."""
    with contextlib.suppress(Exception):
        packed = pickle.dumps(problem)
        if type(pickle.loads(packed)) is type(problem):
            return packed
    return None


@dataclass(frozen=True)
class BranchProcess:
    """What a `task_process_context` gets to know of a branch: names as luigi's `TaskProcess` has them."""

    task: Any
    worker_id: str
    pid: int


@contextlib.contextmanager
def surrounded(task: RunnableTask) -> Iterator[None]:
    """luigi's `task_process_context` around a branch; a task without branches has it in the process of the run.

    As with luigi, what the branch raises is none of its business.
    """
    context = context_class() if task.has_branches else None
    if context is None:
        yield
        return
    problem: BaseException | None = None
    with context(BranchProcess(task, f"caselaw-{os.getpid()}", os.getpid())):
        try:
            yield
        except BaseException as raised:
            problem = raised
    if problem is not None:
        raise problem


@functools.cache
def context_class() -> Any:
    name = worker_settings().task_process_context
    if not name:
        return None
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)

"""What the scheduler process tells a worker, and what it hears back."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from law.util import no_value
from luigi.event import Event

from caselaw.branches import Branch
from caselaw.branches.yielded import Named
from caselaw.config import DeclaredConfig
from caselaw.errors import SourceChanged, StoreUnavailable, TaskError
from caselaw.fingerprint.code.hashed import HashedCode
from caselaw.recording import RunContext


@dataclass(frozen=True)
class Job:
    """A task or workflow to run, as values: a worker decides nothing about names or states by itself."""

    task_class: type[Any]
    parameters: Mapping[str, Any]
    config: DeclaredConfig | None
    code: HashedCode
    context: RunContext
    is_workflow: bool

    @classmethod
    def of(cls, task: Any) -> Job:
        return cls(
            type(task),
            {name: getattr(task, name) for name, _ in task.get_params()},
            task.declared_config if task.config_keys else None,
            task.hashed_code,
            task.run_context,
            hasattr(task, "get_branch_map"),
        )

    def task(self) -> Any:
        """The task or workflow itself, made in a worker."""
        return self._prepared(self.task_class(**self.parameters))

    def branch(self, workflow: Any, number: int, row: Branch) -> Any:
        """One branch of `workflow`, or the task itself where there are no branches."""
        if not self.is_workflow:
            task = workflow
        else:
            # Past luigi's cache of instances, which would keep every branch for ever.
            parameters = {**self.parameters, "branch": number, "branches": ()}
            parameters |= dict.fromkeys(workflow._workflow_param_names, no_value)  # law takes them from the branch
            task = self._prepared(type.__call__(self.task_class, **parameters))
            task._workflow_task = workflow
            task.__dict__["law_project"], task.__dict__["output_store"] = (
                workflow.law_project,
                workflow.output_store,
            )  # looked for once
        task._branch_row = row
        return task

    def _prepared(self, task: Any) -> Any:
        task._config = self.config
        task._code = self.code
        task.__dict__["run_context"] = self.context
        return task


@dataclass(frozen=True)
class Assignment:
    """A job on its way to a worker, packed: one that cannot be made there fails its branches, not the worker."""

    title: str
    job: bytes

    @classmethod
    def of(cls, title: str, job: Job) -> Assignment:
        return cls(title, packed(job, job.task_class.__name__))


@dataclass(frozen=True)
class Chunk:
    """Branches that a worker is to run one after the other: their numbers, and their rows, packed."""

    numbers: tuple[int, ...]
    rows: bytes

    @classmethod
    def of(cls, job: Job, rows: Mapping[int, Branch]) -> Chunk:
        return cls(tuple(rows), packed(list(rows.values()), job.task_class.__name__))


def packed(value: object, where: str) -> bytes:
    """Bytes for another process. Raises `TaskError` for what cannot be sent."""
    try:
        return pickle.dumps(value)
    except Exception as error:
        raise TaskError(
            f"it cannot be sent to a worker process: {error}", where,
            "define the task, and the types of its parameters and branches, at the top of a module",
        ) from error  # fmt: skip


@dataclass(frozen=True)
class Accepted:
    """A worker has begun this branch, with all that the task needs; `owner` is its name in the store.

    `printed` is where what the branch prints begins in the file of its worker.
    """

    number: int
    owner: str
    printed: int


@dataclass(frozen=True)
class Said:
    """What a branch that runs says to luigi's scheduler: `what` is luigi's name for it."""

    number: int
    what: str
    value: Any


@dataclass(frozen=True)
class Outcome:
    """How one branch went: `error` is its traceback, `printed` where what it printed ends in the file of its worker.

    `exception` is what was raised, packed, where that is possible; `event` is luigi's name for the failure, `reply`
    what the task's own `on_success()` or `on_failure()` had to say. `letter` is the folder of the outbox that holds
    what it made. `outage` says that the store could not be reached: then the branch was not made, or what it made
    stays in the outbox. `changed` says that the worker's code is not what was hashed. `needs` are tasks that `run()`
    yielded and that are not complete: the branch was not made.
    """

    number: int
    seconds: float
    error: str | None
    printed: int
    letter: str | None = None
    outage: StoreUnavailable | None = None
    changed: SourceChanged | None = None
    needs: tuple[Named, ...] = ()
    exception: bytes | None = None
    event: str = Event.FAILURE
    reply: tuple[str | None] | None = None


def request_of(task: Any) -> bytes:
    """A branch with its job, packed for a process inside a sandbox."""
    row = task.branch_row
    if row.origin is None:  # run by law itself, not by the pool
        row = task.of_all_branches.full_row(task.branch if task.has_branches else 0)
    return pickle.dumps((Job.of(task.of_all_branches), task.branch if task.has_branches else 0, row))

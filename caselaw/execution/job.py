"""What the scheduler process tells a worker, and what it hears back."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import luigi
from law.util import no_value
from luigi.event import Event

from caselaw.branches import Branch
from caselaw.branches.yielded import Named
from caselaw.config import DeclaredConfig
from caselaw.errors import SourceChanged, StoreError, TaskError
from caselaw.fingerprint.code.counted_files import HashedCode
from caselaw.parameters import counted_form, keeps_objects
from caselaw.publishing.recording import RunContext
from caselaw.publishing.task import RunnableTask


@dataclass(frozen=True)
class Job:
    """A task or workflow to run, as values: a worker decides nothing about names or states by itself."""

    task_class: type[Any]
    parameters: Mapping[str, Any]
    """Values by name, but for objects in private parameters: a task makes them anew of its other parameters."""
    objects: Mapping[str, Any]
    """What counts of those objects."""
    config: DeclaredConfig | None
    code: HashedCode
    context: RunContext
    is_workflow: bool

    @classmethod
    def of(cls, task: Any) -> Job:
        values = {name: getattr(task, name) for name, _ in task.get_params()}
        objects = objects_of(task)
        return cls(
            type(task),
            {name: value for name, value in values.items() if name not in objects},
            objects,
            task.declared_config if task.config_keys else None,
            task.hashed_code,
            task.run_context,
            hasattr(task, "get_branch_map"),
        )

    def task(self) -> Any:
        """The task or workflow itself, made in a worker."""
        task = self.task_class(**self.parameters)
        self._refuse_other_objects(task)
        return self._prepared(task)

    def branch(self, workflow: Any, number: int, row: Branch) -> Any:
        """One branch of `workflow`, or the task itself where there are no branches."""
        if not self.is_workflow:
            task = workflow
        else:
            # Past luigi's cache of instances, which would keep every branch for ever.
            objects = {name: getattr(workflow, name) for name in self.objects}
            parameters = {**self.parameters, **objects, "branch": number, "branches": ()}
            parameters |= dict.fromkeys(workflow._workflow_param_names, no_value)  # law takes them from the branch
            task = self._prepared(type.__call__(self.task_class, **parameters))
            task._workflow_task = workflow
            for name in ("law_project", "output_store", "output_layers"):
                task.__dict__[name] = getattr(workflow, name)  # looked for once
        task.be_branch(row)
        return task

    def _refuse_other_objects(self, task: RunnableTask) -> None:
        """Raise `TaskError` where the task made of its other parameters what is not what its parent has."""
        found = objects_of(task)
        for name in sorted(self.objects.keys() | found.keys()):
            if self.objects.get(name) != found.get(name):
                raise TaskError(
                    f"the private parameter '{name}' was given {self.objects.get(name)}; in another process the task"
                    f" makes {found.get(name)} of its other parameters",
                    self.task_class.__name__,
                    "do not give it, or let another parameter tell what it is",
                )

    def _prepared(self, task: RunnableTask) -> Any:
        task.take_from_parent(self.config, self.code, self.context)
        return task


def objects_of(task: Any) -> dict[str, Any]:
    """Name of a private parameter that holds an object → what counts of it."""
    values = ((name, parameter, getattr(task, name)) for name, parameter in task.get_params())
    return {
        name: counted_form(type(task), name, parameter, value) if parameter.significant else None
        for name, parameter, value in values
        if keeps_objects(parameter, value)
    }


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


class Packer(pickle.Pickler):
    """Packs tasks, which may be values of branches and parameters, by what makes them: class and parameters."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, luigi.Task):
            return NotImplemented
        return made, (type(value), {name: getattr(value, name) for name, _ in value.get_params()})


def made(task_class: Any, parameters: Mapping[str, Any]) -> Any:
    return task_class(**parameters)


def packed(value: object, where: str) -> bytes:
    """Bytes for another process. Raises `TaskError` for what cannot be sent."""
    buffer = io.BytesIO()
    try:
        Packer(buffer).dump(value)
        return buffer.getvalue()
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


class LuigiFunction(StrEnum):
    """Functions that luigi gives a task while it runs, and that law's messages go through."""

    STATUS = "set_status_message"
    PROGRESS = "set_progress_percentage"
    TRACKING_URL = "set_tracking_url"
    RESOURCES = "decrease_running_resources"


@dataclass(frozen=True)
class Said:
    """What a branch that runs says to luigi's scheduler, by the function that it calls."""

    number: int
    what: LuigiFunction
    value: Any


@dataclass(frozen=True)
class Outcome:
    """How one branch went: `error` is its traceback, `printed` where what it printed ends in the file of its worker.

    `exception` is what was raised, packed, where that is possible; `event` is luigi's name for the failure, `reply`
    what the task's own `on_success()` or `on_failure()` had to say. `upload` is the folder of the outbox that holds
    what it made. `outage` is an error that every branch would meet (`EVERY_BRANCH`): then the branch was not made, or
    what it made stays in the outbox. `changed` says that the worker's code is not what was hashed. `needs` are tasks
    that `run()` yielded and that are not complete: the branch was not made.
    """

    number: int
    seconds: float
    error: str | None
    printed: int
    upload: str | None = None
    outage: StoreError | None = None
    changed: SourceChanged | None = None
    needs: tuple[Named, ...] = ()
    exception: bytes | None = None
    event: str = Event.FAILURE
    reply: tuple[str | None] | None = None


def request_of(task: RunnableTask) -> bytes:
    """A branch with its job, packed for a process inside a sandbox."""
    row = task.branch_row
    if row.origin is None:  # run by law itself, not by the pool
        row = task.of_all_branches.full_row(task.own_number)
    return pickle.dumps((Job.of(task.of_all_branches), task.own_number, row))

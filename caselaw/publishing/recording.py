"""The record of what a task makes: written beside the outputs, before they get their names."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselaw.branches import Branch
from caselaw.branches.components import basis_of
from caselaw.config.address import is_url
from caselaw.fingerprint import digest, short
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record, revision, write_basis
from caselaw.storage.layer import left_out
from caselaw.storage.marker import introduce
from caselaw.storage.publish import Published


@dataclass(frozen=True)
class RunContext:
    """What the records of all branches of one run share."""

    own: str
    code: str
    workflow: str
    campaign: str | None
    git: Mapping[str, Any]
    without_layers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    """When a branch began: wall-clock and CPU seconds."""

    time: float
    cpu: float

    @classmethod
    def now(cls) -> Started:
        return cls(time.time(), cpu_seconds())


def run_context(task: RunnableTask) -> RunContext:
    """The context of a run that begins now; writes down the components one by one.

    Raises `StoreMissing`; a store that has no marker gets one.
    """
    introduce(task.output_store)
    if task.output_named or task.declared_products:
        write_basis(task.output_location.directory, basis_of(task))
    campaign = task.campaign_file.name if task.campaign_file else None
    return RunContext(
        task.own_components.digest,
        task.own_components.code,
        task.fingerprint,
        campaign,
        revision(task.law_project.root),
        left_out(),
    )


def identity_of(value: Any, repeat: int = 0) -> str:
    """Who a branch is within its workflow, whatever its fingerprint; `repeat` branches before it have its value."""
    return short(digest("branch value", value, *((repeat,) if repeat else ())))


def identity_of_branch(task: RunnableTask, number: int) -> str:
    return identity_of(task.branch_values[number], task.repeat_of(number))


def record_of_outputs(task: RunnableTask, published: Mapping[str, Published], started: Started) -> Record:
    """The record of outputs that the task has just made."""
    outputs = {
        product: {
            "name": name_in_record(task, p.path),
            "bytes": p.size,
            "sha256": p.sha256,
            "digest": p.digest,
            **({} if p.modified is None or not task.output_named or is_url(p.path) else {"modified": p.modified}),
        }
        for product, p in published.items()
    }
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = round(cpu_seconds() - started.cpu, 6)
    row = task.branch_row
    if row.origin is None:  # run by law itself, not by the pool
        row = task.of_all_branches.full_row(task.own_number)
    return record_of(task, row, outputs, started=started.time, cpu_seconds=cpu, peak_memory=usage.ru_maxrss * 1024)


def name_in_record(task: RunnableTask, path: str) -> str:
    """The name of an output in the folder of its record; of one that lies elsewhere its path or URL."""
    return path if task.output_named else Path(path).name


def record_of_adoption(task: RunnableTask, number: int, row: Branch, source: Record, started: Started) -> Record:
    """The record of outputs that the task takes over from an earlier fingerprint."""
    paths = {product: path for product, path in task.paths_of(number).items() if product in source.outputs}
    outputs = {
        product: {**source.outputs[product], "name": name_in_record(task, path)} for product, path in paths.items()
    }
    cpu = round(cpu_seconds() - started.cpu, 6)
    measured = {"started": started.time, "cpu_seconds": cpu, "peak_memory": 0}
    return record_of(task, row, outputs, adopted=source.fingerprint, vouched=source.vouched, **measured)


def record_of(task: RunnableTask, row: Branch, outputs: Mapping[str, Mapping[str, Any]], **measured: Any) -> Record:
    workflow, origin = task.of_all_branches, row.origin
    context: RunContext = workflow.run_context
    return Record(
        family=task.get_task_family(),
        parameters=workflow.readable_parameters,
        branch_value=None if row.value is None else str(row.value),
        identity=identity_of(row.value, row.repeat),
        fingerprint=row.fingerprint,
        own=context.own,
        inputs=origin.inputs if origin is not None else {},
        content=origin.content if origin is not None else None,
        outputs=outputs,
        host=socket.gethostname(),
        ended=time.time(),
        campaign=context.campaign,
        workflow=context.workflow,
        git=context.git,
        without_layers=context.without_layers,
        **measured,
    )


def cpu_seconds() -> float:
    """CPU time of this process and its finished children, in seconds."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system

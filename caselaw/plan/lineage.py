"""What lies upstream of a task, and the records of how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import luigi

from caselaw.fingerprinted import FingerprintedTask
from caselaw.records import Record


@dataclass(frozen=True)
class Made:
    """One output of a branch or task: where it is, and the record of how it was made, if there is one."""

    family: str
    parameters: dict[str, str]
    product: str
    fingerprint: str
    path: str
    record: Record | None


def lineage(task: FingerprintedTask) -> list[FingerprintedTask]:
    """All tasks upstream of `task`, workflows as one, each after what it needs; `task` itself is the last.

    Tasks of plain law have no fingerprint and are left out.
    """
    return [found for found in everything(task) if isinstance(found, FingerprintedTask)]


def everything(task: Any) -> list[Any]:
    """All tasks upstream of `task`, those of plain law included, each after what it needs."""
    found: dict[str, Any] = {}
    waiting: list[tuple[Any, bool]] = [(task, False)]
    while waiting:
        here, upstream_done = waiting.pop()
        if here.task_id in found:
            continue
        if upstream_done:
            found[here.task_id] = here
        else:
            waiting.append((here, True))
            waiting.extend((upstream, False) for upstream in reversed(all_upstream_of(here)))
    return list(found.values())


def upstream_of(task: FingerprintedTask) -> list[FingerprintedTask]:
    """Tasks that `upstream()` names or law's own methods require, each once; plain law tasks are left out."""
    return [found for found in all_upstream_of(task) if isinstance(found, FingerprintedTask)]


def all_upstream_of(task: Any) -> list[Any]:
    """Tasks directly upstream of `task`, workflows as one, each once."""
    if not isinstance(task, FingerprintedTask):
        return distinct(luigi.task.flatten(task.requires()))
    named = [connection.task for connection in task.connections.values() if hasattr(connection, "task")]
    numbers = range(len(task.branch_values)) if not task.requires_declared else (0,)
    required = [luigi.task.flatten(task.overridden_requirements(number)) for number in numbers]
    return distinct([*named, *(found for of_branch in required for found in of_branch)])


def distinct(tasks: list[Any]) -> list[Any]:
    """Each task once, and workflows in place of their branches."""
    whole = (task.as_workflow() if hasattr(task, "as_workflow") else task for task in tasks)
    return list({task.task_id: task for task in whole}.values())


def made_by(task: Any) -> Iterator[Made]:
    """Outputs of all branches of a task, with their records (the newest, where there are several)."""
    records = {record.fingerprint: record for record in task.record_index.records(task.location.directory)}
    for fingerprint in task.fingerprints:
        for product, path in task.location.paths(fingerprint).items():
            yield Made(
                task.get_task_family(), task.readable_parameters, product, fingerprint, path, records.get(fingerprint)
            )

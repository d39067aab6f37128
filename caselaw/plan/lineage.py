"""What lies upstream of a task, and the records of how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.records import Record, read_records
from caselaw.task import FingerprintedTask


@dataclass(frozen=True)
class Made:
    """One output of a branch or task: where it is, and the record of how it was made, if there is one."""

    family: str
    parameters: dict[str, str]
    product: str
    fingerprint: str
    path: Path
    record: Record | None


def lineage(task: FingerprintedTask) -> list[FingerprintedTask]:
    """All tasks upstream of `task`, workflows as one, each after what it needs; `task` itself is the last."""
    found: dict[str, FingerprintedTask] = {}
    _visit(task, found)
    return list(found.values())


def _visit(task: FingerprintedTask, found: dict[str, FingerprintedTask]) -> None:
    if task.task_id in found:
        return
    for upstream in upstream_of(task):
        _visit(upstream, found)
    found.setdefault(task.task_id, task)


def upstream_of(task: FingerprintedTask) -> list[FingerprintedTask]:
    """Tasks that `upstream()` names, each once; plain law tasks have no fingerprint and are left out."""
    tasks = {c.task.task_id: c.task for c in task.connections.values() if hasattr(c, "task")}
    return [found for found in tasks.values() if isinstance(found, FingerprintedTask)]


def made_by(task: Any) -> Iterator[Made]:
    """Outputs of all branches of a task, with their records (the newest, where there are several)."""
    records = {record.fingerprint: record for record in read_records(task.location.directory)}
    for fingerprint in task.fingerprints:
        for product, path in task.location.paths(fingerprint).items():
            yield Made(
                task.get_task_family(), task.readable_parameters, product, fingerprint, path, records.get(fingerprint)
            )

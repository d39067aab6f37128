"""Whether outputs still hold what their records say: each is read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint import file_digest
from caselaw.plan.lineage import lineage
from caselaw.plan.selection import selected_branches
from caselaw.records import Record
from caselaw.storage import exists

OK, CHANGED, MISSING, UNRECORDED = "ok", "changed", "missing", "unrecorded"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Verified:
    """One output and what was found. `expected` and `found` are the SHA-256 of its bytes."""

    family: str
    params: dict[str, str]
    branch: int | None
    product: str
    path: str
    state: str
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True)
class Output:
    """An output that has to be verified, with its record if there is one."""

    task: Any
    number: int
    product: str
    path: Path
    record: Record | None


def outputs_to_verify(task: Any, *, upstream: bool = True) -> list[Output]:
    """Outputs of a task and, unless told otherwise, of everything upstream."""
    wanted = selected_branches(task)
    found: list[Output] = []
    for made in lineage(task) if upstream else [task]:
        numbers = wanted.get(made.task_id)
        whole = made.of_all_branches
        if whole.declared:
            chosen = range(len(whole.fingerprints)) if numbers is None else sorted(numbers)
            found.extend(outputs_of(whole, chosen))
    return found


def outputs_of(task: Any, numbers: Any) -> Iterator[Output]:
    records = {record.fingerprint: record for record in task.record_index.records(task.location.directory)}
    for number in numbers:
        fingerprint = task.fingerprints[number]
        for product, path in task.location.paths(fingerprint).items():
            yield Output(task, number, product, path, records.get(fingerprint))


def verify(output: Output) -> Verified:
    """Read one output and compare it with its record. Raises `StoreUnavailable` where the store cannot say."""
    task = output.task
    branch = output.number if task.has_branches else None
    who = (task.get_task_family(), task.readable_parameters, branch, output.product, str(output.path))
    if not exists(output.path):
        return Verified(*who, MISSING)
    recorded = output.record.outputs.get(output.product) if output.record is not None else None
    if recorded is None:
        return Verified(*who, UNRECORDED)
    expected = str(recorded["sha256"])
    try:
        found = file_digest(output.path)
    except FingerprintError as error:
        return Verified(*who, CHANGED, expected, error.what)
    return Verified(*who, OK if found == expected else CHANGED, expected, found)

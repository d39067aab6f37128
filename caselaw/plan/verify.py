"""Whether outputs still hold what their records say: each is read whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.errors import ContentChanged, FingerprintError, OnTape
from caselaw.plan.lineage import lineage
from caselaw.plan.selection import selected_branches
from caselaw.records import Record
from caselaw.records.layer_search import lying, records_in
from caselaw.storage.state import exists
from caselaw.storage.stores import store_of
from caselaw.task.base import FingerprintedTask


class OutputState(StrEnum):
    """What an output is, compared with its record."""

    OK = "ok"
    CHANGED = "changed"
    MISSING = "missing"
    UNRECORDED = "unrecorded"
    UNREAD = "unread"
    ON_TAPE = "on tape"


@dataclass(frozen=True)
class Verified:
    """One output and what was found. `expected` and `found` are the SHA-256 of its bytes."""

    family: str
    params: dict[str, str]
    branch: int | None
    product: str
    path: str
    state: OutputState
    expected: str | None = None
    found: str | None = None
    vouched: bool = False
    """Whether a user said that it is what the task makes: something else made it."""


@dataclass(frozen=True)
class Output:
    """An output that has to be verified, with its record if there is one."""

    task: Any
    number: int
    product: str
    path: str
    records: tuple[Record, ...]
    """Its records: several, where it was made more than once."""


def outputs_to_verify(task: Any, *, upstream: bool = True, all_layers: bool = False) -> list[Output]:
    """Outputs of a task and, unless told otherwise, of everything upstream; of further layers only where asked for."""
    wanted = selected_branches(task)
    found: list[Output] = []
    for made in lineage(task) if upstream else [task]:
        numbers = wanted.get(made.task_id)
        whole = made.of_all_branches
        if carries_fingerprints(whole):
            chosen = whole.branch_numbers if numbers is None else sorted(numbers)
            found.extend(outputs_of(whole, chosen, all_layers=all_layers))
    return found


def outputs_of(task: FingerprintedTask, numbers: Any, *, all_layers: bool = False) -> Iterator[Output]:
    location = task.output_location
    records: dict[str, tuple[Record, ...]] = {}
    for record in records_in(task.record_index, location) if all_layers else task.record_index.records(
        location.directory
    ):  # fmt: skip
        records[record.fingerprint] = (record, *records.get(record.fingerprint, ()))
    lying(task.record_index, location, [task.fingerprints[n] for n in numbers], trusted=task.trust_unrecorded)
    for number in numbers:
        fingerprint = task.fingerprints[number]
        if not (all_layers or task.output_named or task.location_of(fingerprint).directory == location.directory):
            continue
        for product, path in task.paths_of(number).items():
            yield Output(task, number, product, path, records.get(fingerprint, ()))


def verify(output: Output) -> Verified:
    """Read one output and compare it with its record. Raises `StoreUnavailable` where the store cannot say."""
    found = compared(output)
    said = [record for record in output.records if output.product in record.outputs]
    explained = [record for record in said if record.outputs[output.product]["sha256"] == found.found] or said
    return replace(found, vouched=any(record.vouched is not None for record in explained))


def compared(output: Output) -> Verified:
    task = output.task
    branch = output.number if task.has_branches else None
    who = (task.get_task_family(), task.readable_parameters, branch, output.product, output.path)
    if not exists(output.path):
        return Verified(*who, OutputState.MISSING)
    expected = recorded(output, output.records) or recorded(output, records_now(output))
    if not expected:
        return Verified(*who, OutputState.UNRECORDED)
    if not any(expected):  # vouched for, and never read
        return Verified(*who, OutputState.UNREAD if size_is_right(output) else OutputState.CHANGED)
    try:
        found = store_of(output.path).digest(output.path)
    except FileNotFoundError:  # removed meanwhile
        return Verified(*who, OutputState.MISSING)
    except OnTape:
        return Verified(*who, OutputState.ON_TAPE, expected[0])
    except (FingerprintError, ContentChanged) as error:
        return Verified(*who, OutputState.CHANGED, expected[0], error.what)
    if found in expected or found in recorded(output, records_now(output)):
        return Verified(*who, OutputState.OK, found, found)
    return Verified(*who, OutputState.CHANGED, expected[0], found)


def size_is_right(output: Output) -> bool:
    size = store_of(output.path).size(output.path)
    return size is not None and any(
        record.outputs[output.product].get("bytes") == size[0]
        for record in output.records
        if output.product in record.outputs
    )


def recorded(output: Output, records: Iterable[Record]) -> list[str]:
    """SHA-256 of the output by each of these records."""
    return [str(record.outputs[output.product]["sha256"]) for record in records if output.product in record.outputs]


def records_now(output: Output) -> list[Record]:
    """Its records as they are now: it may have been made since all records were read."""
    task, fingerprint = output.task, output.task.fingerprints[output.number]
    directory = task.location_of(fingerprint).directory
    return list(reversed(task.record_index.of_fingerprints(directory, [fingerprint]).get(fingerprint, ())))

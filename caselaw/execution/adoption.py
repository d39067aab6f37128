"""Adoption: an existing output gets a new name, because everything but the names of its inputs is equal.

This is early cutoff: an upstream edit that leaves its output as it was makes nothing downstream run.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from typing import Any

from caselaw.branches import Branch
from caselaw.errors import FingerprintError, PublishError, StoreUnavailable
from caselaw.execution.progress import progress_for
from caselaw.holdings import Holdings, origin
from caselaw.recording import Started, record_adoption
from caselaw.records import Record
from caselaw.storage import existing_names, exists
from caselaw.storage.alias import alias
from caselaw.storage.state import ADVICE

logger = logging.getLogger(__name__)


def candidates(task: Any, numbers: Sequence[int], names: frozenset[str], holdings: Holdings) -> dict[int, str]:
    """Number of each branch that can be adopted → fingerprint of the output to take over.

    `names` are those in the task's folder; outputs are looked for there, and not yet read.
    """
    return {number: found[0] for number, found in choices(task, numbers, names, holdings).items()}


def choices(task: Any, numbers: Sequence[int], names: frozenset[str], holdings: Holdings) -> dict[int, tuple[str, ...]]:
    """Number of each branch that can be adopted → fingerprints of outputs to take over, the newest first."""
    if not numbers or not task.declared:
        return {}
    directory, fingerprints = task.location.directory, task.fingerprints
    if not any(name for name in names if not name.startswith(".")):
        return {}
    made = holdings.index.by_content(directory, task.components.digest) if len(numbers) > 1 else None
    if made == {}:
        return {}
    found = {}
    for number in numbers:
        content = origin(task, number, holdings).content
        if content is None:
            continue
        known = made.get(content, ()) if made is not None else holdings.index.of_content(directory, content)
        there = tuple(f for f in known if f != fingerprints[number] and names.issuperset(task.location.names(f)))
        if there:
            found[number] = there
    return found


def adopt(task: Any, numbers: Sequence[int]) -> list[int]:
    """Adopt what can be adopted of these branches; returns those that have to run."""
    holdings: Holdings = task.holdings
    names = existing_names(task.location.directory) if task.declared else frozenset()
    found = choices(task, numbers, names, holdings)
    if not found:
        return list(numbers)
    wanted = [fingerprint for of_branch in found.values() for fingerprint in of_branch]
    records = holdings.index.of_fingerprints(task.location.directory, wanted)
    adopted = set()
    with progress_for(f"{task.get_task_family()}: adopting outputs", len(found)) as progress:
        for number, fingerprints in found.items():
            sources = [record for f in fingerprints for record in reversed(records.get(f, ()))]
            if any(adopt_branch(task, number, source, holdings) for source in sources):
                adopted.add(number)
            progress.update(len(adopted), 0)
            progress.refresh()
    return [number for number in numbers if number not in adopted]


def adopt_branch(task: Any, number: int, source: Record, holdings: Holdings) -> bool:
    """Give the outputs of an earlier fingerprint their new names, if they are what their record says.

    The record comes first: whatever is killed when, there is no output without one.
    """
    started = Started.now()
    if not verified(task, source):
        return False
    row: Branch = task.full_row(number, holdings)
    final = task.location.full_names(row.fingerprint)
    if all(map(exists, final)):  # made by somebody else meanwhile
        return True
    record_adoption(task, row, source, started)
    pairs = zip(task.location.full_names(source.fingerprint), final, strict=True)
    if all(alias(task.store, existing, name) for existing, name in pairs):
        return True
    logger.warning("an output is not adopted, it vanished: %s of %s", source.fingerprint, task.location.directory)
    return False


def verified(task: Any, record: Record) -> bool:
    """Whether the outputs of a record are unchanged; says so, where they are not.

    Raises `StoreUnavailable` where the store cannot say.
    """
    for product, path in task.location.paths(record.fingerprint).items():
        if product not in record.outputs or not exists(path):
            return False
        try:
            sha256 = task.file_digests.digest(path)
        except FingerprintError as error:
            if exists(path) and isinstance(error.__cause__, OSError):
                raise StoreUnavailable(error.what, path, ADVICE) from error
            logger.warning("an output is not adopted: %s", error)
            return False
        if sha256 != record.outputs[product]["sha256"]:
            logger.warning("an output is not adopted, its content is not what its record says: %s", path)
            return False
    return True


def with_expected(task: Any, row: Branch) -> Branch:
    """The branch together with what its inputs must be, where the task is to verify them."""
    return dataclasses.replace(row, expected=expected_inputs(task, row)) if task.verify_inputs else row


def expected_inputs(task: Any, row: Branch) -> dict[str, str]:
    """Path → SHA-256 by the records, of all inputs of a branch that tasks made."""
    expected = {}
    for found in row.inputs.values():
        if found is None or found.location is None:
            continue
        records = task.record_index.of_fingerprints(found.location.directory, found.keys)
        for fingerprint in found.keys:
            if fingerprint not in records:
                logger.warning("inputs without record cannot be verified: %s", found.location.names(fingerprint))
            for output in records[fingerprint][-1].outputs.values() if fingerprint in records else ():
                expected[f"{found.location.directory}/{output['name']}"] = output["sha256"]
    return expected


def verify_inputs(task: Any, row: Branch) -> None:
    """Raise `PublishError` for an input whose content is not what its record says."""
    for path, sha256 in row.expected.items():
        if task.file_digests.digest(path) != sha256:
            raise PublishError(
                "an input is not what its record says: it was changed or truncated after it had been made", path,
                "remove it, then run again; 'caselaw verify' lists all such outputs",
            )  # fmt: skip

"""Adoption: an existing output gets a new name, because everything but the names of its inputs is equal.

This is early cutoff: an upstream edit that leaves its output as it was makes nothing downstream run.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from caselaw.branches import Branch
from caselaw.errors import ContentChanged, FingerprintError, PublishError, StoreUnavailable
from caselaw.execution.progress import progress_for
from caselaw.holdings import Holdings, origin
from caselaw.recording import Started, record_of_adoption
from caselaw.records import Record, write_records
from caselaw.storage import existing_names, exists
from caselaw.storage.folder import ADVICE
from caselaw.storage.parallel import AT_ONCE, side_by_side
from caselaw.storage.store import Store
from caselaw.storage.stores import store_of

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
    adopted: set[int] = set()
    adoptable, size = list(found), 1 if task.store.is_local else AT_ONCE
    with progress_for(f"{task.get_task_family()}: adopting outputs", len(found)) as progress:
        for start in range(0, len(adoptable), size):
            some = {
                number: [record for f in found[number] for record in reversed(records.get(f, ()))]
                for number in adoptable[start : start + size]
            }
            adopted |= adopt_some(task, some, holdings)
            task.store.done_reading()
            progress.update(len(adopted), 0)
            progress.refresh()
    return [number for number in numbers if number not in adopted]


def adopt_some(task: Any, sources: Mapping[int, Sequence[Record]], holdings: Holdings) -> set[int]:
    """Give outputs of earlier fingerprints their new names, if they are what their records say; returns which.

    `sources` maps numbers of branches to records to take over, the best first. The new records come first: whatever
    is killed when, there is no output without one.
    """
    started = Started.now()
    best = zip(sources, side_by_side(partial(first_verified, task), sources.values()), strict=True)
    chosen = {number: source for number, source in best if source is not None}
    rows = {number: task.full_row(number, holdings) for number in chosen}
    done = {number for number, row in rows.items() if made_meanwhile(task, row)}
    new = {number: (rows[number], chosen[number]) for number in rows if number not in done}
    if new:
        records = [record_of_adoption(task, row, source, started) for row, source in new.values()]
        write_records(task.location.directory, records)
    taken = side_by_side(partial(take_over, task), new.values())
    vanished = [number for number, there in zip(new, taken, strict=True) if not there]
    rest = {n: [s for s in sources[n] if s is not chosen[n]] for n in vanished}
    again = adopt_some(task, rest, holdings) if any(rest.values()) else set()
    return done | (new.keys() - set(vanished)) | again


def made_meanwhile(task: Any, row: Branch) -> bool:
    """Whether somebody else has made the outputs; on a server, publishing them finds that out."""
    return task.store.is_local and all(map(exists, task.location.full_names(row.fingerprint)))


def first_verified(task: Any, sources: Sequence[Record]) -> Record | None:
    return next((source for source in sources if verified(task, source)), None)


def take_over(task: Any, pair: tuple[Branch, Record]) -> bool:
    """Give the outputs of a record the names of a branch; False where one of them vanished."""
    row, source = pair
    names = task.location.paths(source.fingerprint), task.location.paths(row.fingerprint)
    for product, output in source.outputs.items():
        if not task.store.alias(names[0][product], names[1][product], output["sha256"]):
            logger.warning("an output is not adopted, it vanished: %s", names[0][product])
            return False
    return True


def verified(task: Any, record: Record) -> bool:
    """Whether the outputs of a record are unchanged; says so, where they are not.

    Raises `StoreUnavailable` where the store cannot say.
    """
    paths = task.location.paths(record.fingerprint)
    if not record.outputs.keys() >= paths.keys():
        return False
    return all(holds(task, path, record.outputs[product]["sha256"]) for product, path in paths.items())


def holds(task: Any, path: str, sha256: str) -> bool:
    """Whether an output is what its record says; of one on a server, whether we have it here or can get it."""
    store: Store = task.store
    try:
        if store.is_local and not exists(path):
            return False
        found = task.file_digests.digest(store.local(path, sha256))
    except FileNotFoundError:
        return False
    except ContentChanged as error:
        logger.warning("an output is not adopted: %s", error)
        return False
    except FingerprintError as error:
        if exists(path) and isinstance(error.__cause__, OSError):
            raise StoreUnavailable(error.what, path, ADVICE) from error
        logger.warning("an output is not adopted: %s", error)
        return False
    if found != sha256:
        logger.warning("an output is not adopted, its content is not what its record says: %s", path)
    return bool(found == sha256)


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
        if task.file_digests.digest(store_of(path).local(path, sha256)) != sha256:
            raise PublishError(
                "an input is not what its record says: it was changed or truncated after it had been made", path,
                "remove it, then run again; 'caselaw verify' lists all such outputs",
            )  # fmt: skip

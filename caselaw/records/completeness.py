"""What is complete: outputs that are there, and that a record explains.

caselaw writes a record before the outputs get their names, so an output without one comes from other hands, or
its records were lost: nobody can say what it was made from, or whether it is whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from caselaw.records.chosen_by_digest import distinct
from caselaw.records.layer_search import MOST_BY_NAME, found_below, see_first
from caselaw.records.record import Record
from caselaw.storage.plain_files import FolderListings


@dataclass(frozen=True)
class Incomplete:
    """Numbers of branches that have to be made: outputs of some are missing, those of others have no record."""

    missing: list[int]
    unrecorded: list[int]

    @property
    def numbers(self) -> list[int]:
        return sorted([*self.missing, *self.unrecorded])


def lacking_own(task: Any, numbers: Collection[int]) -> Iterator[int]:
    """Numbers of branches that have to be made of a task that names its outputs itself."""
    directory, fingerprints = task.output_location.directory, task.fingerprints
    wanted = [fingerprints[number] for number in numbers]
    known = set(wanted) if task.trust_unrecorded else task.record_index.recorded(directory, wanted)
    records = task.record_index.of_fingerprints(directory, known.intersection(wanted))
    folders = FolderListings() if len(wanted) > MOST_BY_NAME else None
    for number, fingerprint in zip(numbers, wanted, strict=True):
        said: list[Record | None] = [*distinct(records.get(fingerprint, ()))]
        if fingerprint not in known or not any(task.own_present(number, each, folders) for each in said or [None]):
            yield number


def incomplete(task: Any, numbers: Collection[int], names: frozenset[str]) -> Incomplete:
    """Which branches of a task are not complete, by the `names` in its folder and one question about its records.

    The names have to be listed before this is called: what was listed then has its record now. What the first layer
    lacks, and another one has, is complete. Raises `StoreUnavailable` and `RecordError`.
    """
    location, fingerprints = task.output_location, task.fingerprints
    wanted = [fingerprints[number] for number in numbers]
    if task.output_named:
        return Incomplete(list(lacking_own(task, numbers)), [])
    there = location.made(wanted, names)
    trusted = not there or task.trust_unrecorded
    recorded = set(there) if trusted else task.record_index.recorded(location.directory, there)
    if len(there) == len(wanted) and recorded.issuperset(there):
        see_first(location, wanted)
        return Incomplete([], [])
    present = set(there)
    if location.below:
        see_first(location, present & recorded)
        lacking = [fingerprint for fingerprint in wanted if not (fingerprint in present and fingerprint in recorded)]
        below = found_below(task.record_index, location, lacking, trusted=task.trust_unrecorded)
        present, recorded = present | below.keys(), recorded | below.keys()
    return Incomplete(
        [number for number, fingerprint in zip(numbers, wanted, strict=True) if fingerprint not in present],
        [
            number
            for number, fingerprint in zip(numbers, wanted, strict=True)
            if fingerprint in present and fingerprint not in recorded
        ],
    )

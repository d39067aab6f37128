"""What is complete: outputs that are there, and that a record explains.

caselaw writes a record before the outputs get their names, so an output without one comes from other hands, or
its records were lost: nobody can say what it was made from, or whether it is whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Incomplete:
    """Numbers of branches that have to be made: outputs of some are missing, those of others have no record."""

    missing: list[int]
    unrecorded: list[int]

    @property
    def numbers(self) -> list[int]:
        return sorted([*self.missing, *self.unrecorded])


def incomplete(task: Any, numbers: Iterable[int], names: frozenset[str]) -> Incomplete:
    """Which branches of a task are not complete, by the `names` in its folder and one question about its records.

    The names have to be listed before this is called: what was listed then has its record now. Raises
    `StoreUnavailable` and `RecordError`.
    """
    location, fingerprints = task.location, task.fingerprints
    missing: list[int] = []
    there: list[int] = []
    for number in numbers:
        (there if names.issuperset(location.names(fingerprints[number])) else missing).append(number)
    if not there or task.trust_unrecorded:
        return Incomplete(missing, [])
    recorded = task.record_index.recorded(location.directory, {fingerprints[number] for number in there})
    if len(recorded) == len(there):
        return Incomplete(missing, [])
    return Incomplete(missing, [number for number in there if fingerprints[number] not in recorded])

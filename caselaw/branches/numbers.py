"""Numbers of branches: 0, 1, … as a rule, or those that a project's own branch map gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from caselaw.fingerprint import digest
from caselaw.fingerprint.code.reading.facts import PASSED_ON


class Numbered(Sequence[Any]):
    """Items of branches whose numbers are not 0, 1, …: looked up by number, iterated in the order of the map."""

    def __init__(self, numbers: Iterable[int], items: Iterable[Any]) -> None:
        self._items = dict(zip(numbers, items, strict=True))

    def __getitem__(self, number: Any) -> Any:
        return self._items[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)


def in_order(numbers: Sequence[int]) -> bool:
    """Whether numbers are 0, 1, …"""
    return isinstance(numbers, range) or all(number == place for place, number in enumerate(numbers))


def by_number(numbers: Sequence[int], items: Iterable[Any]) -> Sequence[Any]:
    """Items that are looked up by the number of their branch."""
    return tuple(items) if in_order(numbers) else Numbered(numbers, items)


def with_numbers(found: str, numbers: Sequence[int]) -> str:
    """A digest of branches that are seen by their numbers; 0, 1, … are no news."""
    return found if in_order(numbers) else digest("numbered", found, list(numbers))


@dataclass(frozen=True)
class BranchReads:
    """What code of a workflow reads of its branches: the number of its own one, or all that the branch map holds."""

    number: bool = False
    branch_map: str = ""
    """A digest of all numbers and values."""

    @property
    def anything(self) -> bool:
        return self.number or bool(self.branch_map)


NUMBER = frozenset({
    "__dict__", "branch", "branches", "cli_args", "get_params", "live_task_id", "param_args", "param_kwargs", "task_id",
    "to_str_params", PASSED_ON,
})  # fmt: skip
"""Members of a branch that tell its number; one that is handed on may be asked for any of them."""
BRANCH_MAP = frozenset({
    "branch_map", "branch_tasks", "branch_values", "get_all_branch_chunks", "get_branch_chunks", "get_branch_map",
    "get_branch_tasks", "get_branches_repr",
})  # fmt: skip
"""Members of a branch that tell what other branches there are."""


def read_by(mentions: frozenset[str], numbers: Sequence[int], values: Sequence[Any]) -> BranchReads:
    """What code reads that mentions these names."""
    everything = digest(list(numbers), list(values)) if not BRANCH_MAP.isdisjoint(mentions) else ""
    return BranchReads(not NUMBER.isdisjoint(mentions), everything)


PLAIN = frozenset({str, int, bytes, bool})


def repeats(numbers: Sequence[int], values: Sequence[Any]) -> dict[int, int]:
    """Number of each branch whose value an earlier one has, too → how many earlier ones have it."""
    if len(kinds := set(map(type, values))) <= 1 and kinds <= PLAIN and len(set(values)) == len(values):
        return {}
    seen: Counter[str] = Counter()
    found = {}
    for number, value in zip(numbers, values, strict=True):
        text = digest(value)
        if seen[text]:
            found[number] = seen[text]
        seen[text] += 1
    return found

"""What one connection contributes to every branch of a workflow."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from caselaw.branches.row import Inputs
from caselaw.storage.location import Location


@dataclass(frozen=True)
class Column:
    """One named connection, seen by all branches; `digests` enter the fingerprint, `keys` make paths.

    What differs from branch to branch is looked up by the number of the branch.
    """

    location: Location | None
    keys: Sequence[tuple[str, ...]]
    digests: Sequence[str]
    values: Sequence[Any] | None
    many: bool
    general: bool = False
    own: str = ""
    """Digest of the upstream task's own components."""
    names: tuple[str, ...] = ()
    """External files as they were declared: relative to the project where they lie below it."""
    numbers: Sequence[tuple[int, ...]] = ()
    """Numbers of the upstream branches behind every branch, or behind all of them."""
    missing: tuple[str, ...] = ()
    """Values of upstream branches that are not there, and that the upstream workflow is accepted without."""
    required: Any = None
    """The upstream task, where its content is not that of its own outputs but of what it requires."""
    branches: Sequence[int] = ()
    """Numbers of the branches that it makes."""

    def inputs(self, number: int) -> Inputs | None:
        """Inputs of a branch, or None where an upstream task computes its own outputs."""
        if self.general:
            return None
        return Inputs(self.location, self.keys[self._place(number)], self.many)

    def input_digest(self, number: int) -> str:
        return self.digests[self._place(number)]

    def taken(self, number: int) -> tuple[int, ...]:
        """Numbers of the upstream branches that feed a branch."""
        return self.numbers[self._place(number)]

    def _place(self, number: int) -> int:
        return number if self.values is not None else 0

    def of_branch(self, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Digests and keys that count for one branch."""
        if self.values is None:
            return tuple(self.digests), self.of_all()
        return (self.digests[number],), self.keys[number] if self.keys else ()

    def gathered(self) -> Column:
        """The column as a task without branches sees it: all of it at once."""
        if self.values is None:
            return self
        numbers = tuple(number for of_branch in self.numbers for number in of_branch)
        return dataclasses.replace(self, keys=(self.of_all(),), values=None, many=True, numbers=(numbers,))

    def of_all(self) -> tuple[str, ...]:
        return tuple(key for of_branch in self.keys for key in of_branch)

    def files_of(self, number: int) -> dict[str, str]:
        """External files of one branch → digests of their contents."""
        if self.values is None:
            return dict(zip(self.names, self.digests, strict=True))
        return {self.names[number]: self.digests[number]}

    @property
    def external(self) -> bool:
        """Whether these are files that no task makes."""
        return self.location is None and not self.general

"""The table of branches: all names and inputs of a workflow at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselaw.branches.column import Column
from caselaw.branches.columns import column
from caselaw.branches.numbers import BranchReads, by_number, in_order, repeats
from caselaw.branches.row import Branch
from caselaw.branches.selection import described
from caselaw.branches.upstream import Connection, Files, Mapped, Over
from caselaw.branches.upstream_digests import Look, Seen
from caselaw.errors import UpstreamError
from caselaw.fingerprint import branch_digests, digest, short

BRANCH_MAP = "branch_map"
"""The input that a branch map of the project's own is."""


@dataclass(frozen=True)
class BranchTable:
    """Branches in order. `columns` holds, per named input, the keys of every branch or the shared ones.

    `seen` says which tasks have to run before the fingerprints are known, and what they depend on besides.
    Where `run()` yields tasks, `static` are fingerprints without these, and `awaiting` are numbers of the branches
    whose fingerprint is only known when they have run.
    Whatever is of one branch is looked up by its number.
    """

    values: Sequence[Any]
    fingerprints: Sequence[str]
    columns: Mapping[str, Column]
    seen: Seen
    numbers: Sequence[int]
    repeats: Mapping[int, int] = field(default_factory=dict)
    """Number of a branch → how many before it have the same value; without those that are the first."""
    read: BranchReads = field(default_factory=BranchReads)
    own_needs: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Number of a branch → those of the same workflow that it requires; only branches that require some."""
    static: Sequence[str] = ()
    awaiting: frozenset[int] = frozenset()

    @property
    def names(self) -> Any:
        """All that can change of it without an edit, apart from what it depends on."""
        return [tuple(found) for found in (self.numbers, self.fingerprints, self.static)], self.awaiting

    def __len__(self) -> int:
        return len(self.values)

    def data(self, number: int) -> Any:
        """What law calls `branch_data`."""
        own = self.columns[BRANCH_MAP].values if BRANCH_MAP in self.columns else None
        return (self.values if own is None else own)[number]

    def branch(self, number: int) -> Branch:
        return Branch(
            self.values[number],
            self.fingerprints[number],
            {name: column.inputs(number) for name, column in self.columns.items()},
            taken=taken_by_general(self.columns, number),
            static=self.static[number] if self.static else "",
            repeat=self.repeats.get(number, 0),
            data=(self.data(number),),
        )

    def distinction(self, number: int) -> tuple[Any, ...]:
        """What makes a branch besides its value and inputs, where anything does."""
        return distinction(self.read, self.repeats, number)


def distinction(read: BranchReads, repeats: Mapping[int, int], number: int) -> tuple[Any, ...]:
    again = (("again", repeats[number]),) if number in repeats else ()
    which = (("number", number),) if read.number else ()
    return (*again, *which, *((("branch map", read.branch_map),) if read.branch_map else ()))


def taken_by_general(columns: Mapping[str, Column], number: int) -> dict[str, tuple[int, ...]]:
    """Named input → numbers of upstream branches, where a worker has to ask the upstream task itself."""
    return {name: column.taken(number) for name, column in columns.items() if column.general and column.numbers}


def branch_table(
    own: str, connections: Mapping[str, Connection | Mapped], owner: str, root: Path, look: Look,
    reads: Callable[[Sequence[int], Sequence[Any]], BranchReads] = lambda numbers, values: BranchReads(),
) -> BranchTable:  # fmt: skip
    """All branches of a workflow with own components `own`.

    Connections that make branches (`each`, `batches`, `over`, `files`, a branch map) are taken side by side and must
    agree in their branches; `whole` is shared by all. `reads` tells what code of the workflow reads of the numbers and
    values of branches. Raises `UpstreamError` where no connection makes branches, and for equal branches of
    connections.
    """
    columns = {name: column(connection, root, look) for name, connection in connections.items()}
    branching = {name: column for name, column in columns.items() if column.values is not None}
    if not branching:
        raise UpstreamError(
            "no connection makes branches",
            f"{owner}.upstream()",
            "use caselaw.each, batches, over or files, or make it a caselaw.Task",
        )
    numbers = numbers_of(branching, owner)
    values = values_of(list(branching.values()), numbers)
    shared = {name: column.input_digest(0) for name, column in columns.items() if column.values is None}
    varying = [column.digests for column in branching.values()]
    prefix = digest("branch", own, shared, list(branching))
    inputs = zip(
        *(digests if in_order(numbers) else map(digests.__getitem__, numbers) for digests in varying), strict=True
    )
    found = branch_digests(prefix, values, inputs)
    # branches that `upstream()` declares are their values: a file that is added in front runs one branch
    read, again = reads(numbers, values) if BRANCH_MAP in columns else BranchReads(), repeats(numbers, values)
    if again or read.anything:
        distinctions = (distinction(read, again, number) for number in numbers)
        found = [digest(one, *which) if which else one for one, which in zip(found, distinctions, strict=True)]
    fingerprints = by_number(numbers, map(short, found))
    if again and all(isinstance(each, Over | Files) for each in map(connections.__getitem__, branching)):
        twice = values[numbers.index(next(iter(again)))]
        raise UpstreamError(
            f"two branches have the same value {twice!r} and the same inputs",
            f"{owner}.upstream()",
            "give every branch a value of its own",
        )
    return BranchTable(by_number(numbers, values), fingerprints, columns, look.seen(), numbers, again, read)


def numbers_of(branching: Mapping[str, Column], owner: str) -> Sequence[int]:
    """The numbers of the branches, in which connections must agree; a branch map of the project gives their order.

    Raises `UpstreamError` where they disagree.
    """
    lengths = {name: len(column.branches) for name, column in branching.items()}
    if len(set(lengths.values())) > 1:
        raise UpstreamError(
            f"connections disagree in their number of branches: {lengths}",
            f"{owner}.upstream()",
            "connect what has one value for all branches with caselaw.whole",
        )
    first = branching[BRANCH_MAP] if BRANCH_MAP in branching else next(iter(branching.values()))
    numbers = range(len(first.branches)) if in_order(first.branches) else first.branches
    for name, other in branching.items():
        if other is not first and other.branches != numbers and set(other.branches) != set(numbers):
            raise UpstreamError(
                f"the connection '{name}' has {described(other.branches)}, and there is {described(numbers)}",
                f"{owner}.upstream()", "give branches of one number the same meaning",
            )  # fmt: skip
    return numbers


def values_of(branching: Sequence[Column], numbers: Sequence[int]) -> tuple[Any, ...]:
    """The value of a branch is that of its branching connections; one alone is not wrapped."""
    found = [column.values or () for column in branching]
    if not in_order(numbers):
        found = [tuple(values[number] for number in numbers) for values in found]
    return tuple(found[0]) if len(found) == 1 else tuple(zip(*found, strict=True))

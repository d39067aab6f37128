"""The table of branches: all names and inputs of a workflow at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.branches.column import Column
from caselaw.branches.columns import column
from caselaw.branches.look import Look, Seen
from caselaw.branches.row import Branch
from caselaw.errors import UpstreamError
from caselaw.fingerprint import branch_digests, digest, short
from caselaw.upstream import Connection


@dataclass(frozen=True)
class BranchTable:
    """Branches in order. `columns` holds, per named input, the keys of every branch or the shared ones.

    `seen` says which tasks have to run before the fingerprints are known, and what they depend on besides.
    Where `run()` yields tasks, `static` are fingerprints without these, and `awaiting` are numbers of the branches
    whose fingerprint is only known when they have run.
    """

    values: tuple[Any, ...]
    fingerprints: tuple[str, ...]
    columns: Mapping[str, Column]
    seen: Seen
    static: tuple[str, ...] = ()
    awaiting: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.values)

    def branch(self, number: int) -> Branch:
        return Branch(
            self.values[number],
            self.fingerprints[number],
            {name: column.inputs(number) for name, column in self.columns.items()},
            taken=taken_by_general(self.columns, number),
            static=self.static[number] if self.static else "",
        )


def taken_by_general(columns: Mapping[str, Column], number: int) -> dict[str, tuple[int, ...]]:
    """Named input → numbers of upstream branches, where a worker has to ask the upstream task itself."""
    return {name: column.taken(number) for name, column in columns.items() if column.general and column.numbers}


def branch_table(own: str, connections: Mapping[str, Connection], owner: str, root: Path, look: Look) -> BranchTable:
    """All branches of a workflow with own components `own`.

    Connections that make branches (`each`, `batches`, `over`, `files`) are taken side by side and must agree
    in their number of branches; `whole` is shared by all.
    """
    columns = {name: column(connection, root, look) for name, connection in connections.items()}
    branching = [column for column in columns.values() if column.values is not None]
    if not branching:
        raise UpstreamError(
            "no connection makes branches",
            f"{owner}.upstream()",
            "use caselaw.each, batches, over or files, or make it a caselaw.Task",
        )
    lengths = {name: len(column.values) for name, column in columns.items() if column.values is not None}
    if len(set(lengths.values())) > 1:
        raise UpstreamError(
            f"connections disagree in their number of branches: {lengths}",
            f"{owner}.upstream()",
            "connect what has one value for all branches with caselaw.whole",
        )
    values = values_of(branching)
    shared = {name: column.input_digest(0) for name, column in columns.items() if column.values is None}
    varying = [(name, column.digests) for name, column in columns.items() if column.values is not None]
    prefix = digest("branch", own, shared, [name for name, _ in varying])
    inputs = zip(*(found for _, found in varying), strict=True)
    fingerprints = tuple(map(short, branch_digests(prefix, values, inputs)))
    if len(set(fingerprints)) != len(fingerprints):
        twice = next(value for i, value in enumerate(values) if fingerprints[i] in fingerprints[:i])
        raise UpstreamError(
            f"two branches have the same value {twice!r} and the same inputs",
            f"{owner}.upstream()",
            "give every branch a value of its own",
        )
    return BranchTable(values, fingerprints, columns, look.seen())


def values_of(branching: Sequence[Column]) -> tuple[Any, ...]:
    """The value of a branch is that of its branching connections; one alone is not wrapped."""
    if len(branching) == 1:
        return tuple(branching[0].values or ())
    return tuple(zip(*(column.values or () for column in branching), strict=True))

"""How a task is connected to what lies upstream: `each`, `batches`, `whole`, `over`, `files`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from caselaw.errors import UpstreamError
from caselaw.fingerprint.order import in_one_order, ordered


@dataclass(frozen=True)
class Each:
    """Branch to branch: every branch of the upstream workflow feeds one branch here."""

    task: Any


@dataclass(frozen=True)
class Batches:
    """n to one: `size` consecutive branches of the upstream workflow feed one branch here."""

    task: Any
    size: int


@dataclass(frozen=True)
class Whole:
    """Everything: every branch here gets all outputs of the upstream task or workflow."""

    task: Any


@dataclass(frozen=True)
class Over:
    """No upstream: one branch per value. Mappings in values are in one order, as they count without theirs."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", in_one_order(self.values))


@dataclass(frozen=True)
class Mapped:
    """law's branch map, as a project makes it itself: numbers of branches and their values, which may be equal."""

    numbers: Sequence[int]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Files:
    """External files: one branch per file. `digests` pins contents of files by path."""

    paths: tuple[str, ...] | str
    digests: Mapping[str, str]


Connection = Each | Batches | Whole | Over | Files


def each(task: Any) -> Each:
    """One branch per branch of `task`."""
    return Each(workflow_of(task, "each"))


def batches(task: Any, *, size: int) -> Batches:
    """One branch per `size` branches of `task`; the last batch may be smaller.

    Raises `UpstreamError` for a size below 1, and a task without branches.
    """
    if size < 1:
        raise UpstreamError(f"a batch of {size} branches", "caselaw.batches", "give size >= 1")
    return Batches(workflow_of(task, "batches"), size)


def whole(task: Any) -> Whole:
    """All outputs of `task` for every branch."""
    return Whole(task)


def over(values: Iterable[Any]) -> Over:
    """One branch per value; values are hashed into the fingerprint and must differ.

    Values of a set, keys of a mapping and the like come sorted: they have no order of their own, and another one in
    every process. Raises `FingerprintError` where they cannot be sorted.
    """
    return Over(tuple(ordered(values) if isinstance(values, AbstractSet | Mapping) else values))


def files(
    dataset: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, digests: Mapping[str, str] | None = None
) -> Files:
    """One branch per external file.

    `dataset` is an iterable of paths or URLs, a glob pattern, a folder, or the name of a dataset of the
    campaign whose `files` lists paths. `digests` maps a path or URL to the SHA-256 of its content.
    """
    paths: tuple[str, ...] | str
    paths = os.fspath(dataset) if isinstance(dataset, str | os.PathLike) else tuple(os.fspath(p) for p in dataset)
    return Files(paths, dict(digests or {}))


def workflow_of(task: Any, name: str) -> Any:
    """The task, which has to have branches. Raises `UpstreamError` where it has none."""
    if not hasattr(task, "get_branch_map"):
        raise UpstreamError(
            f"{type(task).__name__} has no branches",
            f"caselaw.{name}",
            f"use caselaw.whole({type(task).__name__}.req(self)), or make it a caselaw.Workflow",
        )
    return task


def named(connections: Any, owner: str) -> dict[str, Connection]:
    """What `upstream()` returned, as a mapping name → connection. Raises `UpstreamError` for anything else."""
    if connections is None:
        return {}
    if isinstance(connections, Connection):
        return {"branch": connections}
    if not isinstance(connections, Mapping):
        raise UpstreamError(
            f"upstream() returned {type(connections).__name__}",
            owner,
            "return a mapping of names to caselaw.each(…), batches(…), whole(…), over(…) or files(…)",
        )
    result: dict[str, Connection] = {}
    for name, connection in connections.items():
        if isinstance(connection, Connection):
            result[str(name)] = connection
        elif hasattr(connection, "task_family"):
            result[str(name)] = Whole(connection)
        else:
            raise UpstreamError(
                f"upstream '{name}' is {type(connection).__name__}, not a connection",
                owner,
                "wrap the task: caselaw.each(Task.req(self)) or caselaw.whole(Task.req(self))",
            )
    return result

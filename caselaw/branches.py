"""The branches of a workflow: values, fingerprints and inputs, computed without making a task for each."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from caselaw.components import Components
from caselaw.errors import FingerprintError, UpstreamError
from caselaw.fingerprint import FileDigests, branch_digests, digest, short
from caselaw.storage import Location
from caselaw.storage.target import Digests, Outputs, Target, Url, external_target, outputs_of
from caselaw.upstream import Batches, Connection, Each, Files, Over


class Made(Protocol):
    """What the table needs to know of an upstream task."""

    @property
    def location(self) -> Location: ...
    @property
    def fingerprints(self) -> Sequence[str]: ...
    @property
    def branch_values(self) -> Sequence[Any]: ...
    @property
    def declared(self) -> bool: ...
    @property
    def components(self) -> Components: ...


@dataclass(frozen=True)
class Inputs:
    """One named input of one branch: products of upstream branches, or an external file.

    `keys` are fingerprints of upstream branches (with `location`) or one path (without).
    """

    location: Location | None
    keys: tuple[str, ...]
    many: bool

    def outputs(self, digests: Digests | None = None) -> Any:
        """Targets as a task sees them in `self.input()[name]`; `digests` tells what those on a server must be."""
        made: list[Outputs | Target | Url]
        if self.location is None:
            made = [external_target(path) for path in self.keys]
        else:
            made = [outputs_of(self.location, key, digests) for key in self.keys]
        return made if self.many else made[0]


@dataclass(frozen=True)
class Origin:
    """What a branch is made from, as its record keeps it.

    `inputs` maps names to digests of fingerprints and contents; `content` is one digest of own components and
    the contents of all inputs, None where a content is not known.
    """

    inputs: Mapping[str, Mapping[str, Any]]
    content: str | None


@dataclass(frozen=True)
class Branch:
    """Everything that a worker needs to know of one branch; `expected` are SHA-256 of inputs to verify, by path."""

    value: Any
    fingerprint: str
    inputs: Mapping[str, Inputs | None]
    origin: Origin | None = None
    expected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BranchTable:
    """Branches in order. `columns` holds, per named input, the keys of every branch or the shared ones."""

    values: tuple[Any, ...]
    fingerprints: tuple[str, ...]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.values)

    def branch(self, number: int) -> Branch:
        return Branch(
            self.values[number],
            self.fingerprints[number],
            {name: column.inputs(number) for name, column in self.columns.items()},
        )


@dataclass(frozen=True)
class Column:
    """One named connection, seen by all branches; `digests` enter the fingerprint, `keys` make paths."""

    location: Location | None
    keys: tuple[tuple[str, ...], ...]
    digests: tuple[str, ...]
    values: tuple[Any, ...] | None
    many: bool
    general: bool = False
    own: str = ""
    """Digest of the upstream task's own components."""
    names: tuple[str, ...] = ()
    """External files as they were declared: relative to the project where they lie below it."""

    def inputs(self, number: int) -> Inputs | None:
        """Inputs of a branch, or None where an upstream task computes its own outputs."""
        if self.general:
            return None
        return Inputs(self.location, self.keys[number if self.values is not None else 0], self.many)

    def input_digest(self, number: int) -> str:
        return self.digests[number if self.values is not None else 0]

    def of_branch(self, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Digests and keys that count for one branch."""
        if self.values is None:
            return self.digests, self.of_all()
        return (self.digests[number],), self.keys[number] if self.keys else ()

    def gathered(self) -> Column:
        """The column as a task without branches sees it: all of it at once."""
        if self.values is None:
            return self
        return dataclasses.replace(self, keys=(self.of_all(),), values=None, many=True)

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


def branch_table(
    own: str, connections: Mapping[str, Connection], owner: str, root: Path, digests: FileDigests
) -> BranchTable:
    """All branches of a workflow with own components `own`.

    Connections that make branches (`each`, `batches`, `over`, `files`) are taken side by side and must agree
    in their number of branches; `whole` is shared by all.
    """
    columns = {name: column(connection, root, digests) for name, connection in connections.items()}
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
    return BranchTable(values, fingerprints, columns)


def values_of(branching: Sequence[Column]) -> tuple[Any, ...]:
    """The value of a branch is that of its branching connections; one alone is not wrapped."""
    if len(branching) == 1:
        return tuple(branching[0].values or ())
    return tuple(zip(*(column.values or () for column in branching), strict=True))


def column(connection: Connection, root: Path, digests: FileDigests) -> Column:
    """What one connection contributes to every branch."""
    if isinstance(connection, Over):
        values = connection.values
        return Column(None, (), ("",) * len(values), values, False, general=True)
    if isinstance(connection, Files):
        return files_column(connection, root, digests)
    made: Made = connection.task
    fingerprints = tuple(made.fingerprints) if hasattr(made, "fingerprints") else (foreign(made),)
    general = not getattr(made, "declared", False)
    location = None if general else made.location
    own = "" if general else made.components.digest
    if isinstance(connection, Each):
        keys = tuple((f,) for f in fingerprints)
        return Column(location, keys, fingerprints, tuple(made.branch_values), False, general, own)
    if isinstance(connection, Batches):
        size = connection.size
        groups = tuple(fingerprints[i : i + size] for i in range(0, len(fingerprints), size))
        values = tuple(tuple(made.branch_values[i : i + size]) for i in range(0, len(fingerprints), size))
        return Column(location, groups, tuple(digest(*group) for group in groups), values, True, general, own)
    many = hasattr(made, "get_branch_map")
    return Column(location, (fingerprints,), (digest(*fingerprints),), None, many, general, own)


def foreign(task: Any) -> str:
    """A law task outside caselaw counts by its identity: its family and parameters."""
    return digest("law task", str(task.task_id))


def identified(task: Any) -> str:
    """A required task by its fingerprint; one of plain law by its identity."""
    fingerprint = getattr(task, "fingerprint", None)
    return digest("fingerprint", fingerprint) if fingerprint is not None else foreign(task)


def requirements_digest(requirements: Any, of: Callable[[Any], str] = identified) -> str:
    """Digest of what law's `requires()` returned: a task, or any nesting of mappings and sequences of tasks."""
    if isinstance(requirements, Mapping):
        return digest({str(name): requirements_digest(inner, of) for name, inner in requirements.items()})
    if isinstance(requirements, list | tuple):
        return digest([requirements_digest(inner, of) for inner in requirements])
    return of(requirements)


def files_column(connection: Files, root: Path, digests: FileDigests) -> Column:
    """External files: their names are the values of the branches, their contents the inputs."""
    paths = expand(connection.paths, root, connection.digests)
    keys = tuple((path if is_url(path) else str(root / path),) for path in paths)
    contents = tuple(content_digest(path, key[0], connection, digests) for path, key in zip(paths, keys, strict=True))
    return Column(None, keys, contents, tuple(paths), False, names=tuple(paths))


def content_digest(path: str, absolute: str, connection: Files, digests: FileDigests) -> str:
    pinned = connection.digests.get(path)
    if pinned is not None:
        return pinned
    if is_url(path):
        return digest("content not pinned", path)
    return digests.digest(absolute)


def expand(paths: tuple[str, ...] | str, root: Path, pinned: Container[str] = ()) -> list[str]:
    """Paths of a dataset, relative to `root` where they lie below it; folders and globs in sorted order.

    A path of pinned content is the name of one file, whatever signs are in it.
    """
    patterns = (paths,) if isinstance(paths, str) else paths
    found: list[str] = []
    for pattern in patterns:
        if is_url(pattern):
            found.append(pattern)
        elif pattern in pinned:
            found.append(relative(root / pattern, root))
        elif any(mark in pattern for mark in "*?["):
            found.extend(sorted(relative(path, root) for path in glob(pattern, root)))
        elif (root / pattern).is_dir():
            found.extend(sorted(relative(path, root) for path in (root / pattern).iterdir() if path.is_file()))
        else:
            found.append(relative(root / pattern, root))
    if not found:
        raise FingerprintError(
            f"no file matches {' '.join(patterns)}", "caselaw.files", "check the paths of the dataset"
        )
    return found


def glob(pattern: str, root: Path) -> list[Path]:
    absolute = Path(pattern)
    if absolute.is_absolute():
        return list(Path(absolute.anchor).glob(str(absolute.relative_to(absolute.anchor))))
    return list(root.glob(pattern))


def relative(path: Path, root: Path) -> str:
    absolute = Path(os.path.normpath(path))
    return str(absolute.relative_to(root)) if absolute.is_relative_to(root) else str(absolute)


def is_url(path: str) -> bool:
    return "://" in path

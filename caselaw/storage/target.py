"""law targets for outputs: usable as paths, and never "missing" because of an error."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import law

from caselaw.storage.location import Location
from caselaw.storage.state import exists


class FileTarget(law.LocalFileTarget):  # type: ignore[misc]
    """A file of the store; a path to every function that takes `os.PathLike`."""

    def __fspath__(self) -> str:
        return str(self.path)

    def exists(self, **_: Any) -> bool:
        return exists(self.path)

    def complete(self, **_: Any) -> bool:
        return exists(self.path)


class DirectoryTarget(law.LocalDirectoryTarget):  # type: ignore[misc]
    """A folder of the store that was published as one output."""

    def __fspath__(self) -> str:
        return str(self.path)

    def exists(self, **_: Any) -> bool:
        return exists(self.path)

    def complete(self, **_: Any) -> bool:
        return exists(self.path)


Target = FileTarget | DirectoryTarget


class Outputs(dict[str, Target]):
    """What one task or branch made: product name → target.

    With a single product it is a path itself, so that `step(self.input()["nano"])` reads well.
    """

    @property
    def path(self) -> str:
        if len(self) != 1:
            raise TypeError(f"{len(self)} products here ({', '.join(self)}): name one of them in brackets")
        return str(next(iter(self.values())).path)

    def __fspath__(self) -> str:
        return self.path


def target_of(path: str | os.PathLike[str], folder: bool = False) -> Target:
    """The target of one output path."""
    return DirectoryTarget(os.fspath(path)) if folder else FileTarget(os.fspath(path))


def outputs_of(location: Location, fingerprint: str) -> Outputs:
    """Targets of all products that a branch with this fingerprint makes."""
    return Outputs(
        {name: target_of(path, location.is_folder(name)) for name, path in location.paths(fingerprint).items()}
    )


@dataclass(frozen=True)
class Url:
    """A file on a server that no task makes; every library opens it by its URL."""

    path: str

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path


def external_target(path: str) -> FileTarget | Url:
    """The target of a file that no task makes."""
    return Url(path) if "://" in path else FileTarget(path)

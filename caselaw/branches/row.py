"""One branch: its value, fingerprint and inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from caselaw.errors import StoreError
from caselaw.storage.location import Location
from caselaw.storage.reading import Content
from caselaw.storage.target import Contents, Outputs, Target, Url, external_target, outputs_of


@dataclass(frozen=True)
class Inputs:
    """One named input of one branch: products of upstream branches, or an external file.

    `keys` are fingerprints of upstream branches (with `location`) or one path (without). `folders`, one for each of
    them, are those of the layers in which they lie, where there are several.
    """

    location: Location | None
    keys: tuple[str, ...]
    many: bool
    folders: tuple[str, ...] = ()

    def located(self) -> Iterator[tuple[Location, str]]:
        """Location and fingerprint of each upstream branch."""
        assert self.location is not None
        folders = self.folders or (self.location.directory,) * len(self.keys)
        for folder, key in zip(folders, self.keys, strict=True):
            yield self.location.at(folder), key

    def outputs(self, contents: Contents | None = None) -> Any:
        """Targets as a task sees them in `self.input()[name]`; `contents` tells what those on a server must be."""
        made: list[Outputs | Target | Url]
        if self.location is None:
            made = [external_target(path) for path in self.keys]
        else:
            made = [outputs_of(location, key, contents) for location, key in self.located()]
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
    """Everything that a worker needs to know of one branch; `expected` are SHA-256 of inputs to verify, by path.

    `taken` holds the numbers of the upstream branches behind inputs whose outputs an upstream task names itself.
    `static`, where `run()` yields tasks, is the fingerprint without these.
    """

    value: Any
    fingerprint: str
    inputs: Mapping[str, Inputs | None]
    origin: Origin | None = None
    expected: Mapping[str, tuple[Content, ...]] = field(default_factory=dict)
    taken: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    static: str = ""
    repeat: int = 0
    """How many branches before this one have the same value."""
    data: tuple[Any, ...] = ()
    """What law calls `branch_data`: the value in the branch map; as the only element, for it may be None."""
    barred: StoreError | None = None
    """Why its inputs cannot be read, where that is known before it begins."""

"""Targets that a project's own `output()` returns: where they lie, and the same targets elsewhere."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import law
import luigi
from law.target.remote.base import RemoteTarget
from law.util import map_struct

from caselaw.storage.location import FINGERPRINT
from caselaw.storage.target import DirectoryTarget, FileTarget

COMPRESSED = frozenset({".bz2", ".gz", ".lz4", ".xz", ".zip", ".zst"})
"""Endings that follow another one: `events.tar.gz`."""

ELSEWHERE = ".elsewhere-"
"""A folder of a staging folder, for outputs that do not lie in the folder of the first one or below it."""


NAMED = "named_by_caselaw"
"""Attribute of a target that holds the path that caselaw gave it: targets that are made from it have another."""


def is_file(target: Any) -> bool:
    """Whether a target is a file or folder, here or on a server, that can lie elsewhere as well."""
    if isinstance(target, law.MirroredTarget):
        return False
    return isinstance(target, luigi.LocalTarget | law.FileSystemTarget) and isinstance(target.path, str)


def is_folder(target: Any) -> bool:
    return isinstance(target, law.FileSystemDirectoryTarget)


def replaced(outputs: Any, function: Callable[[Any], Any]) -> Any:
    """What `output()` returned, in the same shape, with a function of every target in its place."""

    def of(found: Any) -> Any:
        if isinstance(found, law.TargetCollection):
            return found.map(of)
        if isinstance(found, luigi.Target):
            return function(found)
        return found

    return map_struct(of, to_be_read_again(outputs), map_tuple=True, map_set=True)


def to_be_read_again(outputs: Any) -> Any:
    """What `output()` returned; what a generator yields, as a list."""
    return list(outputs) if isinstance(outputs, Iterable) and not isinstance(outputs, _SHAPES) else outputs


_SHAPES = (Mapping, list, tuple, set, str, law.TargetCollection)
"""What keeps its shape; of a collection of targets law refuses to go through it."""


def by_name(outputs: Any) -> dict[str, Any]:
    """Every target under its place in what `output()` returned: `plots.0`, `events`; of a single one, `output`."""
    return dict(_named(outputs, "")) if not isinstance(outputs, luigi.Target) else dict(_named(outputs, "output"))


def _named(outputs: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(outputs, law.TargetCollection):
        yield from _named(outputs.targets, "" if name == "output" else name)
    elif isinstance(outputs, luigi.Target):
        yield name, outputs
    elif isinstance(outputs, Mapping):
        for key, inner in outputs.items():
            yield from _named(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(outputs, Iterable) and not isinstance(outputs, str):
        for place, inner in enumerate(outputs):
            yield from _named(inner, f"{name}.{place}" if name else str(place))


def at(target: Any, path: str) -> Any:
    """The same target at another path of the same machine or server."""
    other = copy.copy(target)
    other.path = path
    return other


def local_target(target: Any, path: str) -> Any:
    """A target of this machine in place of one that may lie on a server."""
    if not isinstance(target, RemoteTarget):
        return at(target, path)
    optional = {"optional": True} if target.optional else {}
    return (law.LocalDirectoryTarget if is_folder(target) else law.LocalFileTarget)(path, **optional)


def carried(target: Any) -> str | None:
    """The fingerprint that the name of a target carries already: that of an output of caselaw's."""
    found = FINGERPRINT.findall(os.path.basename(target.path.rstrip("/")))
    return found[-1] if found else None


def is_made(target: Any) -> bool:
    """Whether caselaw gave a target its name; another one may only be called after such a name."""
    product = isinstance(target, FileTarget | DirectoryTarget) or hasattr(target, "sha256")  # here or on a server
    return product or target.__dict__.get(NAMED) == target.path


def with_fingerprint(target: Any, fingerprint: str) -> Any:
    """The target under a name that carries a fingerprint: `events.json` as `events.<fingerprint>.json`."""
    folder, name = os.path.split(target.path.rstrip("/"))
    named = at(target, os.path.join(folder, name_with(name, fingerprint, is_folder(target))))
    named.__dict__[NAMED] = named.path
    return named


def name_with(name: str, fingerprint: str, folder: bool) -> str:
    stem, ending = os.path.splitext(name)
    if folder:
        return f"{name}.{fingerprint}"
    if ending in COMPRESSED:
        stem, inner = os.path.splitext(stem)
        ending = inner + ending
    return f"{stem}.{fingerprint}{ending}"


def staged_paths(targets: Mapping[str, Any], folder: str) -> dict[str, str]:
    """Where targets lie in a folder: under the names that they have, siblings beside each other.

    What lies in the folder of the first target, or below it, lies in the folder itself or below; other folders get
    one of their own.
    """
    parents: dict[str, str] = {}
    found = {}
    for name, target in targets.items():
        parent, base = os.path.split(os.path.abspath(target.path))
        first = next(iter(parents), parent)
        if parent not in parents:
            below = os.path.relpath(parent, first)
            parents[parent] = f"{ELSEWHERE}{len(parents)}" if below.startswith("..") else below
        found[name] = os.path.normpath(os.path.join(folder, parents[parent], base))
    return found


def needed(outputs: Any) -> bool:
    """Whether all is there that law asks for: what is optional, or beyond a collection's threshold, may be missing."""
    return all(
        target.complete() if hasattr(target, "complete") else target.exists() for target in luigi.task.flatten(outputs)
    )

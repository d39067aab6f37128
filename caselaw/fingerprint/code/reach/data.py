"""Files that code reads from places beside it, and what they hold."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from caselaw.fingerprint.code.reach.resolution import BELOW, Resolver
from caselaw.fingerprint.code.reach.resolution import MODULE as OF_MODULE
from caselaw.fingerprint.code.reach.resolution import NAME as OF_NAME
from caselaw.fingerprint.code.reading.facts import OWN, Ref
from caselaw.fingerprint.code.reading.places import ANY, FILE, MATCHING, MODULE, NAME, NAMED, SUFFIX, UP
from caselaw.fingerprint.hashing import CARRIES_FINGERPRINT

_LEFT_OUT = frozenset({"__pycache__", "node_modules"})
_MARKS_OF_STORES = frozenset({".records", ".staging"})
_CODE = (".py", ".pyc", ".pyo")
_DEPTH = 20


class Wanted(NamedTuple):
    """A file, a folder with all that is in it, or the files below a folder that match."""

    path: Path
    pattern: str | None = None
    sure: bool = True
    """Whether these are exactly what is read."""


def standing_for(resolver: Resolver, module: str, place: tuple[Any, ...], depth: int = 0) -> Iterator[Wanted]:
    """What a place in a module may stand for."""
    kind = place[0]
    if depth > _DEPTH:
        return
    if kind == FILE:
        own = resolver.path(module)
        if own is not None:
            yield Wanted(own)
    elif kind == MODULE:
        yield from _of_module(resolver, module, _ref(place))
    elif kind == NAME:
        yield from _of_name(resolver, module, _ref(place), depth)
    else:
        for base in standing_for(resolver, module, place[1], depth + 1):
            yield _moved(base, kind, place[2])


def _ref(place: tuple[Any, ...]) -> Ref:
    _, line, level, module, chain = place
    return Ref(line, level, module, chain)


def _of_module(resolver: Resolver, module: str, ref: Ref) -> Iterator[Wanted]:
    for target in resolver.resolve(module, ref):
        if target.kind in (OF_MODULE, BELOW):
            found = resolver.finder.find(target.module)
            if found is not None:
                files = found.files or tuple(folder / "__init__.py" for folder in found.search)
                yield from (Wanted(file) for file in files[-1:])


def _of_name(resolver: Resolver, module: str, ref: Ref, depth: int) -> Iterator[Wanted]:
    if ref.level == OWN and len(ref.chain) == 1:
        binding = resolver.table(module).bindings.get(ref.chain[0])
        if binding is not None and binding.place is not None:
            yield from standing_for(resolver, module, binding.place, depth + 1)
            return
    for target in resolver.resolve(module, ref):
        if target.kind == OF_NAME and not target.rest:
            place = resolver.table(target.module).bindings[target.name].place
            if place is not None:
                yield from standing_for(resolver, target.module, place, depth + 1)


def _moved(base: Wanted, kind: str, what: Any) -> Wanted:
    path, pattern, sure = base
    if pattern is not None and kind != MATCHING:
        return base._replace(pattern="*") if kind == UP else base
    if kind == UP:
        for _ in range(what):
            path = path.parent
        return Wanted(path)
    if kind == MATCHING:
        return Wanted(path, what.removeprefix("**/"), sure and pattern is None)
    if kind == SUFFIX:
        return Wanted(path.with_suffix(what)) if ANY not in what else Wanted(path.parent, "*", False)
    return _joined(path.parent if kind == NAMED else path, what)


def _joined(folder: Path, text: str) -> Wanted:
    known, unknown, rest = text.partition(ANY)
    if not unknown:
        path = Path(os.path.normpath(folder / text))
        if any(mark in text for mark in "*?[") and not path.exists():  # for glob
            start = next(n for n, part in enumerate(path.parts) if any(mark in part for mark in "*?["))
            return Wanted(Path(*path.parts[:start]), "/".join(path.parts[start:]).replace("**/", ""))
        return Wanted(path)
    head = known.rpartition("/")
    if head[1]:
        folder = Path(os.path.normpath(folder / (head[0] or "/")))
    return Wanted(folder, f"{head[2]}*{rest.replace(ANY, '*')}".replace("**", "*"), False)


def countable(folder: Path, root: Path) -> bool:
    """Whether what matches in a folder can count: not a whole project, and nowhere that outputs may be."""
    outputs = root / "data"
    of_outputs = folder.is_relative_to(outputs) or outputs.is_relative_to(folder)
    return folder.is_dir() and not root.is_relative_to(folder) and not of_outputs and not _is_store(folder)


def _is_store(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _MARKS_OF_STORES)


def files_of(wanted: Wanted) -> tuple[list[Path], list[Path]]:
    """The files that match, and the folders in which these were looked for."""
    if wanted.pattern is None and not wanted.path.is_dir():
        return [wanted.path], []
    pattern = wanted.pattern or "*"
    code = pattern.endswith(_CODE)
    files, folders = [], []
    seen: set[tuple[int, int]] = set()
    for base, names, entries in os.walk(wanted.path, followlinks=True):
        status = Path(base).stat()
        if (status.st_dev, status.st_ino) in seen or _is_store(Path(base)):
            names.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        names[:] = sorted(name for name in names if name not in _LEFT_OUT and not name.startswith("."))
        if not wanted.sure:  # where outputs are written, perhaps: these are no data that code reads beside itself
            names[:] = [name for name in names if not CARRIES_FINGERPRINT.search(name)]
            entries = [name for name in entries if not CARRIES_FINGERPRINT.search(name)]
        folders.append(Path(base))
        for entry in sorted(entries):
            path = Path(base, entry)
            relative = path.relative_to(wanted.path).as_posix()
            hidden = entry.startswith(".") and not pattern.startswith(".")
            if not hidden and (code or not entry.endswith(_CODE)) and fnmatch.fnmatchcase(relative, pattern):
                files.append(path)
    return files, folders

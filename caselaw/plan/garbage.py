"""Outputs that nothing reaches any more, and their removal."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import StoreUnavailable
from caselaw.fingerprint.hashing import NAME_LENGTH
from caselaw.records import Record, read_records
from caselaw.records.files import BASIS, FOLDER, rewrite_without
from caselaw.storage import existing_names
from caselaw.storage.publish import STAGING, owner
from caselaw.storage.state import exists

SECONDS_PER_DAY = 86400.0

OUTPUT = re.compile(rf"\.[0-9a-f]{{{NAME_LENGTH}}}(\.|$)")
"""The name of an output carries a fingerprint; nothing else in a store is ever removed."""


@dataclass(frozen=True)
class Garbage:
    """One output that is not kept; `ended` is when it was made, by its record or else by its file."""

    directory: str
    name: str
    fingerprint: str | None
    bytes: int
    ended: float

    @property
    def path(self) -> str:
        return f"{self.directory}/{self.name}"


def garbage(store: Path, keep: Mapping[str, set[str]], *, families: frozenset[str], days: float) -> Iterator[Garbage]:
    """Outputs of a store that are not in `keep` (folder → names), nor of `families`, nor younger than `days`."""
    youngest = time.time() - days * SECONDS_PER_DAY
    for directory in output_folders(store):
        if Path(directory).relative_to(store).parts[0] in families:
            continue
        by_name = {name: record for record in read_records(directory) for name in record.names}
        kept = keep.get(directory, set())
        for name in sorted(existing_names(directory)):
            if name.startswith(".") or name in kept or not (name in by_name or OUTPUT.search(name)):
                continue
            found = described(directory, name, by_name.get(name))
            if found.ended < youngest:
                yield found


def output_folders(store: Path) -> Iterator[str]:
    """All folders of the store that hold outputs: those with records."""
    waiting = [store]
    while waiting:
        here = waiting.pop()
        try:
            folders = sorted(entry.name for entry in os.scandir(here) if entry.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreUnavailable(f"the store could not list a folder: {error.strerror}", here, "run again") from error
        if FOLDER in folders:
            yield str(here)
        waiting.extend(here / name for name in folders if not name.startswith(".") and not OUTPUT.search(name))


def described(directory: str, name: str, record: Record | None) -> Garbage:
    """Size and age of an output."""
    path = Path(directory, name)
    try:
        state = path.stat()
        size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else state.st_size
    except OSError as error:
        raise StoreUnavailable(f"the size of an output is not known: {error.strerror}", path, "run again") from error
    if record is None:
        return Garbage(directory, name, None, size, state.st_mtime)
    return Garbage(directory, name, record.fingerprint, size, record.ended)


def freed(found: list[Garbage]) -> int:
    """Bytes that a removal frees: a file with a second name that stays frees none, with two names here, once."""
    names: dict[tuple[int, int], list[os.stat_result]] = {}
    total = 0
    for output in found:
        path = Path(output.path)
        if path.is_dir():
            total += output.bytes
        else:
            state = path.stat()
            names.setdefault((state.st_dev, state.st_ino), []).append(state)
    return total + sum(states[0].st_size for states in names.values() if len(states) >= states[0].st_nlink)


def remove(store: Path, found: list[Garbage]) -> Iterator[Garbage]:
    """Remove outputs one by one, each by one rename out of sight, then their records."""
    trash = store / STAGING / f"{owner()}-trash"
    shutil.rmtree(trash, ignore_errors=True)
    trash.mkdir(parents=True)
    try:
        for output in found:
            discard(Path(output.path), trash / output.name)
            yield output
    finally:
        shutil.rmtree(trash, ignore_errors=True)
        for directory in sorted({output.directory for output in found}):
            forget_removed(directory)


def discard(path: Path, place: Path) -> None:
    try:
        path.replace(place)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreUnavailable(
            f"an output could not be removed: {error.strerror}", path, "check the permissions of the store"
        ) from error
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()


def forget_removed(directory: str) -> None:
    """Remove records without any output, then documents of components that no record refers to, then empty folders."""
    names = existing_names(directory)
    gone = {record.fingerprint for record in read_records(directory) if not names.intersection(record.names)}
    rewrite_without(directory, gone)
    used = {record.own for record in read_records(directory)}
    folder = Path(directory, FOLDER)
    for name in existing_names(folder):
        if name.startswith(BASIS) and not any(own.startswith(name.split(".")[1]) for own in used):
            (folder / name).unlink(missing_ok=True)
    for path in (folder, Path(directory)):
        if exists(path) and not existing_names(path):
            path.rmdir()

"""Outputs that nothing reaches any more, and their removal."""

from __future__ import annotations

import contextlib
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
from caselaw.records.basis import SECONDS_KEPT, age, forget_unused
from caselaw.records.files import forget_absent
from caselaw.records.journal import FOLDER
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
    """Outputs of a store that are not in `keep` (folder → names), nor of `families`, nor younger than `days`.

    Without `days` the age does not count: a record may come from a computer whose clock is ahead.
    """
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
            if found is not None and (found.ended < youngest or not days):
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


def described(directory: str, name: str, record: Record | None) -> Garbage | None:
    """Size and age of an output; None where it vanished."""
    path = Path(directory, name)
    try:
        state = path.stat()
        size = sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else state.st_size
    except FileNotFoundError:
        return None
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
        elif exists(path):
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
        for directory in output_folders(store):  # all: an earlier removal may have been killed before this
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
    """Remove records without any output, then what no record refers to, then folders that were empty before."""
    forget_absent(directory)
    forget_unused(directory, {record.own for record in read_records(directory)})
    for path in (Path(directory, FOLDER), Path(directory)):
        if exists(path) and not existing_names(path) and age(path) > SECONDS_KEPT:
            with contextlib.suppress(OSError):  # somebody has just put something into it
                path.rmdir()

"""Outputs that nothing reaches any more, and their removal."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from caselaw.config.address import is_url
from caselaw.plan.orphans import clock
from caselaw.records import Record, read_records
from caselaw.records.basis import forget_unused
from caselaw.records.files import forget_absent
from caselaw.storage.copying.address import place_of
from caselaw.storage.files.entry import Entry
from caselaw.storage.location import OUTPUT, RECORDS, component
from caselaw.storage.marker import MARKER
from caselaw.storage.state import exists
from caselaw.storage.store import Store

SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True)
class Garbage:
    """One output that is not kept; `ended` is when it was made or taken over, by the store's clock.

    A record may only say that it was later, as of an output that was adopted: no computer whose clock is behind makes
    an output old.
    """

    directory: str
    name: str
    fingerprint: str | None
    bytes: int
    ended: float

    @property
    def path(self) -> str:
        return f"{self.directory}/{self.name}"


@dataclass(frozen=True)
class OutputFolder:
    """A folder that holds outputs: what is in it, and the records of what made them."""

    path: str
    entries: list[Entry]
    records: list[Record]


def output_folders_of(store: Store, others: frozenset[str] = frozenset()) -> list[OutputFolder]:
    """All folders of a store that hold outputs. `others` are paths below its root that are other stores: they and
    what lies there are left alone.
    """
    return [OutputFolder(path, found, read_records(path, strict=True)) for path, found in output_folders(store, others)]


def garbage(
    store: Store,
    folders: Iterable[OutputFolder],
    keep: Mapping[str, set[str]],
    *,
    families: frozenset[str],
    days: float,
) -> Iterator[Garbage]:
    """Outputs in some folders that are not in `keep` (folder → names), nor of `families`, nor younger than `days`.

    Without `days` the age does not count: a record may come from a computer whose clock is ahead.
    """
    folders_of_families = set(map(component, families))
    now = clock(place_of(store.root)) if days else None
    youngest = None if now is None else now - days * SECONDS_PER_DAY
    for folder in folders:
        directory = folder.path
        if directory.removeprefix(f"{store.root.rstrip('/')}/").partition("/")[0] in folders_of_families:
            continue
        by_name = {name: record for record in folder.records for name in record.names}
        kept = keep.get(directory, set())
        for entry in folder.entries:
            name = entry.name
            if name.startswith(".") or name in kept or not (name in by_name or OUTPUT.search(name)):
                continue
            found = described(store, directory, entry, by_name.get(name))
            if found is not None and (not days or (youngest is not None and found.ended < youngest)):
                yield found


def output_folders(store: Store, others: frozenset[str] = frozenset()) -> Iterator[tuple[str, list[Entry]]]:
    """All folders of the store that hold outputs, those with records, and what is in them."""
    root = store.root.rstrip("/")
    waiting = [root]
    while waiting:
        here = waiting.pop()
        entries = store.entries(here)
        folders = [entry.name for entry in entries if entry.is_folder]
        if here != root and any(entry.name == MARKER for entry in entries):
            continue  # a store of its own
        if RECORDS in folders:
            yield here, entries
        below = (f"{here}/{name}" for name in folders if not name.startswith(".") and not OUTPUT.search(name))
        waiting.extend(path for path in below if path.removeprefix(f"{root}/") not in others)


def described(store: Store, directory: str, entry: Entry, record: Record | None) -> Garbage | None:
    """Size and age of an output; None where it vanished."""
    size, modified = entry.size, entry.modified
    if entry.is_folder:
        there = store.size(f"{directory}/{entry.name}")
        if there is None:
            return None
        size, modified = there
    ended = time.time() if modified is None else modified
    if record is None:
        return Garbage(directory, entry.name, None, size, ended)
    return Garbage(directory, entry.name, record.fingerprint, size, max(ended, record.ended))


def freed(found: list[Garbage]) -> int:
    """Bytes that a removal frees: a file with a second name that stays frees none, with two names here, once."""
    names: dict[tuple[int, int], list[os.stat_result]] = {}
    total = 0
    for output in found:
        path = Path(output.path)
        if is_url(output.path) or path.is_dir():
            total += output.bytes
        elif exists(path):
            state = path.stat()
            names.setdefault((state.st_dev, state.st_ino), []).append(state)
    return total + sum(states[0].st_size for states in names.values() if len(states) >= states[0].st_nlink)


def remove(store: Store, found: list[Garbage], others: frozenset[str] = frozenset()) -> Iterator[Garbage]:
    """Remove outputs one by one, then their records; nothing of `others` (see `garbage`)."""
    try:
        for output in found:
            store.remove(output.path)
            yield output
    finally:
        # All folders: an earlier removal may have been killed before this.
        for directory, _ in list(output_folders(store, others)):
            forget_removed(store, directory)


def forget_removed(store: Store, directory: str) -> None:
    """Remove records without any output, then what no record refers to, then folders that were empty before."""
    forget_absent(directory)
    forget_unused(directory, {record.own for record in read_records(directory, strict=True)})
    for folder in (f"{directory}/{RECORDS}", directory):
        store.remove_empty_folder(folder)

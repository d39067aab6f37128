"""Uploads of what waits in the outbox: records first, then outputs, each under its name in the store as it is today."""

from __future__ import annotations

import contextlib
import functools
import logging
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from caselaw.config import Project, load_project, resolve_store, store_names
from caselaw.config.store import mirror_of, resolvable_stores
from caselaw.errors import EVERY_BRANCH, Occupied, PublishError, StoreError
from caselaw.publishing.outbox import (
    Upload,
    discard_unfinished,
    locked,
    outbox_folders,
    read_upload,
    waiting_uploads,
)
from caselaw.publishing.placing import make_way
from caselaw.records import write_records
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.store import Store

logger = logging.getLogger(__name__)

OCCUPIED = "see who writes there, and run again"
KEPT = "what was made is kept on this machine, and uploaded by the next run: nothing is made again"


def upload(store: Store, folders: Sequence[Path]) -> dict[Path, Exception | None]:
    """Publish what lies in folders of the outbox: all records first, by one document, then the outputs side by side.

    Returns the error of each folder: one of `EVERY_BRANCH` where the server cannot be reached, another one where an
    output cannot be published; the folder stays. Folders that somebody else has sent meanwhile are no error.
    """
    with contextlib.ExitStack() as locks:
        for folder in folders:
            locks.enter_context(locked(folder, wait=True))
        uploads = {folder: addressed(store, read_upload(folder)) for folder in folders}
        there = {folder: each for folder, each in uploads.items() if each is not None}
        found: dict[Path, Exception | None] = dict.fromkeys(folders)
        try:
            for directory in {each.directory for each in there.values()}:
                write_records(directory, [each.record for each in there.values() if each.directory == directory])
        except StoreError as error:
            return found | dict.fromkeys(there, kept(error))
        outcomes = side_by_side(partial(attempt, store), there.values())
        return found | dict(zip(there, outcomes, strict=True))


def addressed(store: Any, found: Upload | None) -> Upload | None:
    """An upload with the names that its outputs have in a store; None for one that was made for another store."""
    if found is None:
        return None
    path = found.path_in(store.settings)
    return None if path is None else found.moved_to(f"{store.root}/{path}".rstrip("/"))


def attempt(store: Store, found: Upload) -> Exception | None:
    """Give the outputs their names; returns what went wrong (`StoreError` such as `Occupied`, `PublishError`)."""
    try:
        for final, (name, sha256) in found.outputs.items():
            placed = store.place(found.folder / name, final, sha256)
            if placed or not make_way(store, final, found.record.fingerprint):
                continue
            if not store.place(found.folder / name, final, sha256):
                raise Occupied("something else has taken the name of an output, twice", final, OCCUPIED)
    except StoreError as error:
        return kept(error)
    except (PublishError, OSError) as error:
        return error
    found.forget()
    return None


def kept(error: StoreError) -> StoreError:
    return type(error)(error.what, error.where, f"{error.advice}; {KEPT}")


def upload_waiting(store: Any, directory: str) -> int:
    """Publish what earlier runs left in the outbox for a folder of the store; returns how many branches that were.

    Whatever door of the store they were made for. Raises errors that every branch would meet. What is
    not sent stays.
    """
    tell_of_others(load_project())
    waiting = []
    for folder in () if store.is_local else outbox_folders(store.settings.mirror):
        with locked(folder, wait=False) as free:
            found = addressed(store, read_upload(folder)) if free else None
            if found is None:
                if free:
                    discard_unfinished(folder)
                continue
            if found.directory != directory:
                continue
            if found.intact():
                waiting.append(folder)
            else:
                logger.warning("an output that waited for its upload is damaged; it is made again: %s", folder)
                shutil.rmtree(folder, ignore_errors=True)
    if waiting:
        logger.warning("%s: outputs of %d branches wait in the outbox, and are uploaded first", directory, len(waiting))
    errors = [error for error in upload(store, waiting).values() if error is not None]
    for error in errors:
        if isinstance(error, EVERY_BRANCH):
            raise error
        logger.warning("an output that an earlier run has made cannot be uploaded: %s", error)
    if sent := len(waiting) - len(errors):
        logger.warning("%s: outputs of %d branches were uploaded that an earlier run had made", directory, sent)
    return sent


@dataclass(frozen=True)
class Waiting:
    """Branches whose outputs wait in the outbox for one store: its root when they were made, and its name today.

    `store` is None where no store of the project is that one; `is_next`: the next run of the project uploads them.
    """

    number: int
    made_for: str
    store: str | None
    is_next: bool

    def __str__(self) -> str:
        branches = f"{self.number:,} {'branch' if self.number == 1 else 'branches'}"
        if self.is_next:
            what = "the next run uploads them first, and makes none of them again"
        elif self.store is not None:
            what = f"a run whose store is '{self.store}' uploads them"
        else:
            what = (
                "no store of this project is that one: name it among the URLs of its store in configs/stores.yaml, and "
                "the next run uploads them"
            )
        return f"outbox: {branches} made for {self.made_for} wait for their upload; {what}"


def waiting_in(project: Project) -> list[Waiting]:
    """What waits in the outbox of a project, store by store. Nothing is asked of any server."""
    uploads = waiting_uploads(mirror_of(project))
    if not uploads:
        return []
    stores = [resolve_store(project), *resolvable_stores(project, store_names(project))[0]]
    found: Counter[tuple[str, str | None, bool]] = Counter()
    for each in uploads:
        index = next((number for number, store in enumerate(stores) if each.path_in(store) is not None), None)
        found[each.root, None if index is None else stores[index].name, index == 0] += 1
    return [Waiting(number, *which) for which, number in sorted(found.items(), key=str)]


@functools.cache
def tell_of_others(project: Project) -> None:
    """Say once in a run what waits for other stores than the one that it writes to."""
    for each in waiting_in(project):
        if not each.is_next:
            logger.warning("%s", each)

"""How outputs and their records get into the store, and what happens to them while it cannot be reached.

For a store on a server they first go to an outbox on this machine, and leave it when the server has all of them:
whatever ends a process, or however long the server is away, nothing that was made is made again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from caselaw.config import load_project
from caselaw.errors import FingerprintError, PublishError, StoreUnavailable
from caselaw.fingerprint import file_digest
from caselaw.records import Record, write_records
from caselaw.records.index import index_of
from caselaw.records.record import as_json, from_json
from caselaw.storage.files.concurrency import side_by_side
from caselaw.storage.files.folder import names_here
from caselaw.storage.owner import owner
from caselaw.storage.products import verify
from caselaw.storage.publish import Published, Staging
from caselaw.storage.store import Store

logger = logging.getLogger(__name__)

OUTBOX = "outbox"
LETTER = "letter.json"
SECONDS_YOUNG = 60.0
"""A folder of the outbox may be so young that it has no letter yet."""

KEPT = "what was made is kept on this machine, and uploaded by the next run: nothing is made again"


def publish_here(
    store: Store, staging: Staging, verified: Mapping[str, Published], record: Record, directory: str
) -> None:
    """Publish verified outputs in a store of this machine.

    The record comes first: whatever is killed when, there is no output without one. Raises `StoreUnavailable` and
    `PublishError`.
    """
    write_records(directory, [record])
    for product, published in verified.items():
        if os.path.lexists(published.path):
            make_way(store, published.path, record.fingerprint)
        store.place(staging.paths[product], published.path, published.sha256)


def already_there(verified: Mapping[str, Published], folders: Container[str]) -> dict[str, Published]:
    """Outputs that hold what was made and have its name, from whomever: they stay, and get a record now."""
    found = {}
    for product, published in verified.items():
        if os.path.lexists(published.path):
            with contextlib.suppress(PublishError, FingerprintError):  # else something is in the way, see `make_way`
                there = Published(published.path, *verify(product, published.path, is_folder=product in folders))
                if there.digest == published.digest:
                    found[product] = there
    return found


def make_way(store: Store, final: str, fingerprint: str) -> bool:
    """Keep what has the name of an output under another one, unless a record explains it; whether that was done.

    Raises `StoreUnavailable` and `PublishError`.
    """
    try:
        found = store.digest(final)
    except (FileNotFoundError, FingerprintError):  # a link that leads nowhere; something that is no file
        found = ""
    directory, _, name = final.rpartition("/")
    records = index_of(load_project().root).of_fingerprints(directory, [fingerprint]).get(fingerprint, ())
    outputs = [output for record in records for output in record.outputs.values()]
    if any(output["name"] == name and output["sha256"] == found for output in outputs):
        return False
    aside = store.set_aside(final)
    if aside is not None:
        logger.warning("an output without a record was in the way of a new one; it is kept as %s", aside)
    return aside is not None


@dataclass(frozen=True)
class Letter:
    """Outputs in the outbox: their record, and final path → name in `folder` and SHA-256."""

    folder: Path
    directory: str
    record: Record
    outputs: Mapping[str, tuple[str, str]]

    def intact(self) -> bool:
        """Whether the files are what they were when they were made."""
        try:
            return all(file_digest(self.folder / name) == sha256 for name, sha256 in self.outputs.values())
        except FingerprintError:
            return False

    def place(self, store: Store) -> None:
        """Give the outputs their names in the store, and forget them here."""
        for final, (name, sha256) in self.outputs.items():
            placed = store.place(self.folder / name, final, sha256)
            if not placed and make_way(store, final, self.record.fingerprint):
                store.place(self.folder / name, final, sha256)
        (self.folder / LETTER).unlink(missing_ok=True)  # first: what a kill leaves of it is no damaged letter
        shutil.rmtree(self.folder, ignore_errors=True)


def post(store: Store, staging: Staging, verified: Mapping[str, Published], record: Record, directory: str) -> Path:
    """Move verified outputs to the outbox; returns their folder there. Raises `PublishError`."""
    folder = store.scratch / OUTBOX / f"{record.fingerprint}.{owner()}.{time.monotonic_ns()}"
    outputs = {p.path: (staging.paths[product].name, p.sha256) for product, p in verified.items()}
    content = {"directory": directory, "record": as_json(record), "outputs": outputs}
    unfinished = Path(staging.folder, f".{OUTBOX}")  # nobody else sees it before it is whole
    try:
        unfinished.mkdir()
        for product in verified:
            staging.paths[product].rename(unfinished / staging.paths[product].name)
        (unfinished / LETTER).write_text(json.dumps(content), encoding="utf-8")
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.rename(folder)
    except OSError as error:
        raise PublishError(
            f"an output could not be kept for its upload: {error.strerror}", folder, "check the disk, then run again"
        ) from error
    return folder


def send(store: Store, folders: Sequence[Path]) -> dict[Path, Exception | None]:
    """Publish what lies in folders of the outbox: all records first, by one document, then the outputs side by side.

    Returns the error of each folder: `StoreUnavailable` where the server cannot be reached (the folder stays), another
    one where an output cannot be published. Folders that somebody else has sent meanwhile are no error.
    """
    with contextlib.ExitStack() as locks:
        for folder in folders:
            locks.enter_context(locked(folder, wait=True))
        letters = {folder: read_letter(folder) for folder in folders}
        there = {folder: letter for folder, letter in letters.items() if letter is not None}
        found: dict[Path, Exception | None] = dict.fromkeys(folders)
        try:
            for directory in {letter.directory for letter in there.values()}:
                write_records(directory, [each.record for each in there.values() if each.directory == directory])
        except StoreUnavailable as error:
            return found | dict.fromkeys(there, kept(error))
        outcomes = side_by_side(partial(attempt, store), there.values())
        return found | dict(zip(there, outcomes, strict=True))


def attempt(store: Store, letter: Letter) -> Exception | None:
    try:
        letter.place(store)
    except StoreUnavailable as error:
        return kept(error)
    except (PublishError, OSError) as error:
        return error
    return None


def kept(error: StoreUnavailable) -> StoreUnavailable:
    return StoreUnavailable(error.what, error.where, f"{error.advice}; {KEPT}")


def send_waiting(store: Store, directory: str) -> int:
    """Publish what earlier runs left in the outbox for a folder of the store; returns how many branches that were.

    Raises `StoreUnavailable`; what is not sent then stays.
    """
    outbox = store.scratch / OUTBOX
    waiting = []
    for name in () if store.is_local else sorted(names_here(outbox)):
        with locked(outbox / name, wait=False) as free:
            letter = read_letter(outbox / name) if free else None
            if letter is None or letter.directory != directory:
                continue
            if letter.intact():
                waiting.append(letter.folder)
            else:
                logger.warning("an output that waited for its upload is damaged; it is made again: %s", letter.folder)
                shutil.rmtree(letter.folder, ignore_errors=True)
    for error in send(store, waiting).values():
        if error is not None:
            raise error
    if waiting:
        logger.warning("%s: outputs of %d branches were uploaded that an earlier run had made", directory, len(waiting))
    return len(waiting)


def read_letter(folder: Path) -> Letter | None:
    """What is in a folder of the outbox; one that a kill or a crash of the machine left unfinished is removed."""
    try:
        content: dict[str, Any] = json.loads((folder / LETTER).read_text(encoding="utf-8"))
        record = from_json(content["record"], folder)
        outputs = {str(final): (str(name), str(sha256)) for final, (name, sha256) in content["outputs"].items()}
    except (FileNotFoundError, NotADirectoryError, ValueError):
        if folder.exists() and time.time() - folder.stat().st_mtime > SECONDS_YOUNG:
            shutil.rmtree(folder, ignore_errors=True)
        return None
    return None if record is None else Letter(folder, str(content["directory"]), record, outputs)


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Whether this process holds a folder of the outbox; a process that ends lets go of it."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
            fcntl.flock(handle, fcntl.LOCK_UN)  # a process forked meanwhile has the file open, too
    finally:
        os.close(handle)

"""The outbox: what was made for a store on a server waits on this machine until the server has all of it.

Whatever ends a process, or however long the server is away, nothing that was made is made again. What waits belongs to
its store, not to the URL that the store had when it was made: see `path_in`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caselaw.config import StoreSettings
from caselaw.config.address import address_of, is_url
from caselaw.errors import FingerprintError, PublishError, RecordError
from caselaw.fingerprint import file_digest
from caselaw.records import Record
from caselaw.records.record import as_json, from_json
from caselaw.storage.files.folder import local_names
from caselaw.storage.marker import remembered
from caselaw.storage.owner import owner
from caselaw.storage.publish import Published, Staging
from caselaw.storage.store import Store

OUTBOX = "outbox"
UPLOAD = "letter.json"
"""The document that makes a folder of the outbox complete."""
UNREADABLE = (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError, RecordError)
SECONDS_YOUNG = 60.0
"""A folder of the outbox may be so young that it is not complete yet."""


@dataclass(frozen=True)
class Upload:
    """Outputs of one branch that wait: their record, and final path → name in `folder` and SHA-256.

    `store` says which store they were made for: its `name`, `doors` (the first is the root) and `id`, where these were
    noted down.
    """

    folder: Path
    directory: str
    record: Record
    outputs: Mapping[str, tuple[str, str]]
    store: Mapping[str, Any]

    @property
    def root(self) -> str:
        """The root of its store, as far as it is known."""
        doors = self.store.get("doors", ())
        return str(doors[0]) if doors else self.directory.rpartition(f"/{self.record.family}")[0] or self.directory

    def intact(self) -> bool:
        """Whether the files are what they were when they were made."""
        try:
            return all(file_digest(self.folder / name) == sha256 for name, sha256 in self.outputs.values())
        except FingerprintError:
            return False

    def path_in(self, store: StoreSettings) -> str | None:
        """The folder of the outputs below the root of a store; None where they were made for another one.

        It is the same store by whichever of its doors, however they are written; by the id in its root, as far as that
        was seen from here; or by its name in configs/stores.yaml, unless the ids say otherwise.
        """
        path = store.path_below(self.directory)
        if path is not None or not self.store:
            return path
        made_for, here = self.store.get("id"), remembered(store)
        same_id = made_for is not None and here is not None and made_for == here.id
        other_id = made_for is not None and here is not None and made_for != here.id
        same_name = not is_url(store.name) and store.name == self.store.get("name")
        if not same_id and (other_id or not same_name):
            return None
        below = (address_of(self.directory).below(address_of(door)) for door in self.store.get("doors", ()))
        return next((found for found in below if found is not None), None)

    def moved_to(self, directory: str) -> Upload:
        """The same, with the names that the outputs have in a folder."""
        outputs = {f"{directory}/{final.rpartition('/')[2]}": found for final, found in self.outputs.items()}
        return replace(self, directory=directory, outputs=outputs)

    def forget(self) -> None:
        """The server has it."""
        (self.folder / UPLOAD).unlink(missing_ok=True)  # first: what a kill leaves of it is no damaged upload
        shutil.rmtree(self.folder, ignore_errors=True)


def add_to_outbox(
    store: Store, staging: Staging, verified: Mapping[str, Published], record: Record, directory: str
) -> Path:  # fmt: skip
    """Move verified outputs to the outbox; returns their folder there. Raises `PublishError`."""
    folder = store.scratch / OUTBOX / f"{record.fingerprint}.{owner()}.{time.monotonic_ns()}"
    outputs = {p.path: (staging.paths[product].name, p.sha256) for product, p in verified.items()}
    content = {"directory": directory, "record": as_json(record), "outputs": outputs, "store": noted(store)}
    unfinished = Path(staging.folder, f".{OUTBOX}")  # nobody else sees it before it is whole
    try:
        unfinished.mkdir()
        for product in verified:
            staging.paths[product].rename(unfinished / staging.paths[product].name)
        (unfinished / UPLOAD).write_text(json.dumps(content), encoding="utf-8")
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.rename(folder)
    except OSError as error:
        raise PublishError(
            f"an output could not be kept for its upload: {error.strerror}", folder, "check the disk, then run again"
        ) from error
    return folder


def noted(store: Any) -> dict[str, Any]:
    """What tells a store on a server from others, when its URL has become another one."""
    settings: StoreSettings = store.settings
    marker = remembered(settings)
    return {"name": settings.name, "doors": settings.all_doors, "id": marker.id if marker is not None else None}


def outbox_folders(mirror: Path) -> list[Path]:
    """All folders of the outboxes of a project, finished or not; `mirror` is where it keeps what is of its stores."""
    return [outbox / name for outbox in sorted(mirror.glob(f"*/{OUTBOX}")) for name in sorted(local_names(outbox))]


def waiting_uploads(mirror: Path) -> list[Upload]:
    """All that waits in a project for its upload, for whatever store."""
    found = (read_upload(folder) for folder in outbox_folders(mirror))
    return [upload for upload in found if upload is not None]


def read_upload(folder: Path) -> Upload | None:
    """What is in a folder of the outbox; None where it is not complete, is gone, or is of another version."""
    with contextlib.suppress(*UNREADABLE):
        return upload_of(folder)
    return None


def upload_of(folder: Path) -> Upload | None:
    content: dict[str, Any] = json.loads((folder / UPLOAD).read_text(encoding="utf-8"))
    record = from_json(content["record"], folder)
    outputs = {str(final): (str(name), str(sha256)) for final, (name, sha256) in content["outputs"].items()}
    store = dict(content.get("store") or {})
    return None if record is None else Upload(folder, str(content["directory"]), record, outputs, store)


def discard_unfinished(folder: Path) -> None:
    """Remove a folder that a kill or a crash of the machine left unfinished; for the holder of its lock."""
    try:
        upload_of(folder)
    except UNREADABLE:
        if folder.exists() and time.time() - folder.stat().st_mtime > SECONDS_YOUNG:
            shutil.rmtree(folder, ignore_errors=True)


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

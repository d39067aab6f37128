"""Files that were asked for from tape: the requests are remembered here, so that they can be released later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from caselaw.errors import StoreUnavailable
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.folder import local_names
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.files.tapes import Staged, TapeProgress, TapeRequest
from caselaw.storage.local_store import LocalDocuments
from caselaw.storage.stores import open_store

FOLDER = "pins"


def stage(root: RemotePlace, places: Sequence[RemotePlace], lifetime: float) -> Staged:
    """Ask for all files that are on tape only, to be kept on disk for `lifetime` seconds; nobody waits for them.

    Raises `FileNotFoundError`, `StagingFailed` for files that are lost, and `StoreUnavailable`.
    """
    with clear_answers(root.url):
        staged = root.files.tapes.stage_missing([place.path for place in places], lifetime)
    for request in staged.requests:
        remember(root, request)
    return staged


def wait(root: RemotePlace, staged: Staged, report: TapeProgress) -> None:
    """Wait until all files that were asked for are on disk. Raises `StagingFailed` and `StoreUnavailable`."""
    with clear_answers(root.url):
        root.files.tapes.wait(staged.requests, staged.asked, report)


def release_pins(root: RemotePlace, places: Sequence[RemotePlace]) -> int:
    """Give back the requests of which these are files; returns how many files that were. Raises `StoreUnavailable`."""
    tapes, released = root.files.tapes, 0
    given = {tapes.name_of(place.path) for place in places}
    for file, request in pins(root):
        if given.intersection(request.paths):
            with clear_answers(root.url):
                tapes.release([request])
            file.unlink(missing_ok=True)
            released += len(request.paths)
    return released


def folder_of(root: RemotePlace) -> Path:
    """Where this machine notes the requests of a store."""
    return open_store(root.server.settings).scratch / FOLDER


def remember(root: RemotePlace, request: TapeRequest) -> None:
    name = hashlib.sha256(request.id.encode()).hexdigest()[:20]
    content = {"id": request.id, "paths": request.paths}
    LocalDocuments(folder_of(root)).write(f"{name}.json", json.dumps(content))


def pins(root: RemotePlace) -> list[tuple[Path, TapeRequest]]:
    """Requests of this machine that were not released, each with the file that it is remembered in."""
    folder = folder_of(root)
    files = [folder / name for name in sorted(local_names(folder)) if not name.startswith(".")]
    return [(file, pin(file)) for file in files]


def pin(file: Path) -> TapeRequest:
    """The note of what was staged. Raises `StoreUnavailable` where it cannot be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return TapeRequest(str(content["id"]), tuple(map(str, content["paths"])))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreUnavailable(
            f"the note of what was staged cannot be read: {error!r}", file, "remove it: the server ends it by itself"
        ) from error

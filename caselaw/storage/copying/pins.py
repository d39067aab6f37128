"""Files that were asked for from tape: the requests are remembered here, so that they can be released later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fsspec.asyn import sync

from caselaw.errors import StoreUnavailable
from caselaw.storage.files.answers import clear_answers
from caselaw.storage.files.folder import local_names
from caselaw.storage.files.place import Place
from caselaw.storage.files.remote import RemotePlace
from caselaw.storage.local_store import LocalDocuments

if TYPE_CHECKING:
    from griddav.tape.interface import StageRequest
    from griddav.tape.staging import Patience, StagingProgress

FOLDER = "pins"


@dataclass(frozen=True)
class Staged:
    """What came of a request: files that were on disk already, and those that were asked for."""

    online: int
    asked: int
    requests: tuple[StageRequest, ...]


def stage(root: RemotePlace, places: Sequence[Place], lifetime: float) -> Staged:
    """Ask for all files that are on tape only, to be kept on disk for `lifetime` seconds; nobody waits for them.

    Raises `FileNotFoundError`, `StagingFailed` for files that are lost, and `StoreUnavailable`.
    """
    paths = [place.path for place in places if isinstance(place, RemotePlace)]
    if not root.speaks_webdav or not paths:
        return Staged(len(paths), 0, ())
    fs = root.fs
    from griddav.tape.locality import Locality
    from griddav.tape.online import ADVICE, places_of, prefix_of, tape_of
    from griddav.tape.staging import failed, requested, unreadable

    async def asked() -> Staged:
        tape = await tape_of(fs)
        found = await places_of(fs, tape, paths)
        wanted = [path for path, place in found.items() if place.locality is Locality.NEARLINE]
        beyond = {path: why for path, why in unreadable(found).items() if path not in wanted}
        if beyond:
            raise failed(beyond, len(paths), root.url)
        if wanted and tape is None:
            raise StoreUnavailable("files are on tape, and the server has no API to stage them", root.url, ADVICE)
        on_server = [prefix_of(fs) + path for path in wanted]
        requests = () if tape is None or not wanted else tuple(await requested(tape, on_server, lifetime))
        return Staged(len(paths) - len(wanted), len(wanted), requests)

    with clear_answers(root.url):
        staged: Staged = sync(fs.loop, asked)
    for request in staged.requests:
        remember(root, request)
    return staged


def wait(
    root: RemotePlace, requests: Sequence[StageRequest], report: Callable[[StagingProgress], None],
    patience: Patience | None = None,
) -> None:  # fmt: skip
    """Wait until all files of these requests are on disk. Raises `StagingFailed` and `StoreUnavailable`."""
    fs = root.fs
    from griddav.tape.online import tape_of
    from griddav.tape.staging import waited

    async def done() -> None:
        tape = await tape_of(fs)
        if tape is not None:
            await waited(tape, requests, root.url, report, patience)

    if requests:
        with clear_answers(root.url):
            sync(fs.loop, done)


def release_pins(root: RemotePlace, places: Sequence[Place]) -> int:
    """Give back the requests of which these are files; returns how many files that were. Raises `StoreUnavailable`."""
    if not root.speaks_webdav:
        return 0
    fs = root.fs
    from griddav.tape.online import prefix_of, release

    prefix = prefix_of(fs)
    given = {prefix + place.path for place in places if isinstance(place, RemotePlace)}
    released = 0
    for file, request in pins(root):
        if given.intersection(request.paths):
            with clear_answers(root.url):
                release(fs, [request])
            file.unlink(missing_ok=True)
            released += len(request.paths)
    return released


def remember(root: RemotePlace, request: StageRequest) -> None:
    name = hashlib.sha256(request.id.encode()).hexdigest()[:20]
    content = {"id": request.id, "paths": request.paths}
    LocalDocuments(root.store.scratch / FOLDER).write(f"{name}.json", json.dumps(content))


def pins(root: RemotePlace) -> list[tuple[Path, StageRequest]]:
    """Requests of this machine that were not released, each with the file that it is remembered in."""
    folder = root.store.scratch / FOLDER
    files = [folder / name for name in sorted(local_names(folder)) if not name.startswith(".")]
    return [(file, pin(file)) for file in files]


def pin(file: Path) -> StageRequest:
    """The note of what was staged. Raises `StoreUnavailable` where it cannot be read."""
    from griddav.tape.interface import StageRequest

    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return StageRequest(str(content["id"]), tuple(map(str, content["paths"])))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreUnavailable(
            f"the note of what was staged cannot be read: {error!r}", file, "remove it: the server ends it by itself"
        ) from error

"""Files of a file system, on disk before somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from fsspec.asyn import sync

from griddav.filesystem import WebDavFileSystem
from griddav.http.concurrency import concurrently
from griddav.listing.properties import info
from griddav.tape.discovery import find_tape
from griddav.tape.interface import FileState, StageRequest, Tape, TapePlace
from griddav.tape.locality import Locality
from griddav.tape.staging import DAY, Patience, Report, failed, ignore, requested, unreadable, waited

ADVICE = "name dCache's REST frontend (dcache:// with api_url), or ask the site"


def ensure_online(
    fs: Any, paths: Iterable[str], lifetime: float = 2 * DAY, progress: Report = ignore,
    patience: Patience | None = None,
) -> list[StageRequest]:  # fmt: skip
    """Bring files to disk, wait for them, and have the server keep them there for `lifetime` seconds.

    Asks once where all are. If one is on tape only, all that have a copy on tape are asked for, so that none is dropped
    from disk meanwhile. Returns the requests, for `release`: none where all are on disk, or the store has no tape.
    Raises `FileNotFoundError`, `StagingFailed` (which names the files) and `GridDavError`.
    """
    if not isinstance(fs, WebDavFileSystem):
        return []
    found: list[StageRequest] = sync(fs.loop, brought_online, fs, list(paths), lifetime, progress, patience)
    return found


def stage(fs: WebDavFileSystem, paths: Iterable[str], lifetime: float = 2 * DAY) -> list[StageRequest]:
    """Ask for what `ensure_online` asks for, and wait for nothing. Raises as it does."""

    async def asked() -> list[StageRequest]:
        return await asked_for(fs, await tape_of(fs), distinct(fs, paths), lifetime)

    found: list[StageRequest] = sync(fs.loop, asked)
    return found


def wait(
    fs: WebDavFileSystem, requests: Sequence[StageRequest], paths: Iterable[str], progress: Report = ignore,
    patience: Patience | None = None,
) -> None:  # fmt: skip
    """Wait until files that `stage` has asked for are on disk. Raises `StagingFailed` and `StoreUnavailable`."""

    async def awaited() -> None:
        await all_online(fs, await tape_of(fs), requests, distinct(fs, paths), progress, patience)

    sync(fs.loop, awaited)


def progress(fs: WebDavFileSystem, requests: Sequence[StageRequest]) -> dict[str, FileState]:
    """How far the files of these requests are, by their path on the server. Raises `GridDavError`."""

    async def asked() -> dict[str, FileState]:
        tape = await tape_of(fs)
        if tape is None:
            raise fs.client.refused("/", "the server has no API for tapes", ADVICE)
        found: dict[str, FileState] = {}
        for states in await concurrently(tape.progress(request) for request in requests):
            found |= states
        return found

    states: dict[str, FileState] = sync(fs.loop, asked)
    return states


def localities(fs: WebDavFileSystem, paths: Iterable[str]) -> dict[str, Locality]:
    """Where files are, by path; what states no locality is on disk. Raises `FileNotFoundError`, `GridDavError`."""

    async def located() -> dict[str, Locality]:
        places = await places_of(fs, await tape_of(fs), distinct(fs, paths))
        return {name: place.locality or Locality.ONLINE for name, place in places.items()}

    found: dict[str, Locality] = sync(fs.loop, located)
    return found


def release(fs: WebDavFileSystem, requests: Sequence[StageRequest]) -> None:
    """Files of these requests need not be kept on disk any longer. Raises `GridDavError`."""

    async def released() -> None:
        tape = await tape_of(fs)
        if tape is not None:
            await concurrently(tape.release(request) for request in requests)

    if requests:
        sync(fs.loop, released)


async def brought_online(
    fs: WebDavFileSystem, paths: Sequence[str], lifetime: float, progress: Report, patience: Patience | None
) -> list[StageRequest]:
    """`ensure_online` in the file system's loop."""
    names, tape = distinct(fs, paths), await tape_of(fs)
    requests = await asked_for(fs, tape, names, lifetime)
    await all_online(fs, tape, requests, names, progress, patience)
    return requests


async def all_online(
    fs: WebDavFileSystem, tape: Tape | None, requests: Sequence[StageRequest], names: Sequence[str], progress: Report,
    patience: Patience | None,
) -> None:  # fmt: skip
    """Wait for requests, and see that all files can be read then. Raises `StagingFailed`."""
    if tape is None or not requests:
        return
    where = fs.unstrip_protocol("/")
    await waited(tape, requests, where, progress, patience)
    left = unreadable(await places_of(fs, tape, names))
    if left:
        raise failed({path: f"staged, the server says, but {why}" for path, why in left.items()}, len(names), where)


async def asked_for(
    fs: WebDavFileSystem, tape: Tape | None, names: Sequence[str], lifetime: float
) -> list[StageRequest]:
    """Requests for all files with a copy on tape, where one is there only; none where all can be read."""
    places = await places_of(fs, tape, names)
    missing = unreadable(places)
    if not missing:
        return []
    beyond = {path: why for path, why in missing.items() if places[path].locality is not Locality.NEARLINE}
    if beyond:
        raise failed(beyond, len(names), fs.unstrip_protocol("/"))
    if tape is None:
        raise fs.client.refused("/", "files are on tape, and the server has no API to stage them", ADVICE)
    on_tape = [prefix_of(fs) + path for path, place in places.items() if place.locality and place.locality.on_tape]
    return await requested(tape, on_tape, lifetime)


def distinct(fs: WebDavFileSystem, paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(fs._strip_protocol(path) for path in paths))


async def tape_of(fs: WebDavFileSystem) -> Tape | None:
    """The tape API of a file system's server; None where it has none."""
    return await find_tape(fs.client, getattr(fs, "frontend", None))


def prefix_of(fs: WebDavFileSystem) -> str:
    """What stands before the file system's paths on the server."""
    return fs.client.doors.home.prefix


async def places_of(fs: WebDavFileSystem, tape: Tape | None, paths: Sequence[str]) -> dict[str, TapePlace]:
    """Where files are: by the tape API in bulk, else by their properties; on disk, where a server knows no tapes."""
    if tape is None and not (await fs.client.profile()).details:
        return dict.fromkeys(paths, TapePlace(Locality.ONLINE))
    if tape is None:
        return await by_properties(fs, paths)
    prefix = prefix_of(fs)
    found = await tape.places([prefix + path for path in paths])
    places = {path: found[prefix + path] for path in paths}
    unknown = [path for path, place in places.items() if place.locality is None]
    return places | await by_properties(fs, unknown)  # of files that are missing, perhaps: the door's word counts


async def by_properties(fs: WebDavFileSystem, paths: Sequence[str]) -> dict[str, TapePlace]:
    """What the door states about each file. Raises `FileNotFoundError`, and `GridDavError` without a statement."""
    found = dict(zip(paths, await concurrently(info(fs.client, path) for path in paths), strict=True))
    strange = next((path for path, entry in found.items() if entry["locality"] not in Locality.__members__), None)
    if strange is not None:
        raise fs.client.unavailable(strange, "the server does not say whether the file is on disk or on tape")
    return {path: TapePlace(Locality(entry["locality"])) for path, entry in found.items()}

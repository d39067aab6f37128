"""Copies from server to server: they do it between themselves (HTTP-TPC), or the bytes pass through this machine."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from griddav.checksums import served, wanted
from griddav.copying.markers import Markers
from griddav.copying.piped import DamagedHereError, Piped, Stated, turn
from griddav.errors import GridDavError
from griddav.http.names import parent
from griddav.http.request import Client
from griddav.listing.properties import Info
from griddav.reading.download import file_info
from griddav.writing.folders import delete, make_folder
from griddav.writing.unfinished import unfinished_beside
from griddav.writing.upload import (
    TRIES,
    DamagedError,
    OccupiedError,
    UploadStream,
    difference,
    may_be_written,
    put_verified,
    take_name,
)

Lend = Callable[[Client, str, tuple[str, ...]], Awaitable[str | None]]
"""Gives the token with which another server may act at this one: on a path, for activities (DOWNLOAD, UPLOAD)."""

REFUSED = frozenset({400, 401, 403, 404, 405, 409, 412, 415, 500, 501})  # this copy is not possible, another way may be
NO_FOLDER = frozenset({400, 404, 409})

logger = logging.getLogger(__name__)

AGAIN = (DamagedHereError, DamagedError, OccupiedError)


class CopyWay(StrEnum):
    """How a file got from server to server: the target pulled it, the source pushed it, or it came through here."""

    PULL = "pull"
    PUSH = "push"
    STREAM = "stream"


@dataclass(frozen=True)
class ThirdPartyCopy:
    """A file of one server (`entry`: what it is) that shall be on another one."""

    source: Client
    entry: Info
    target: Client
    path: str
    overwrite: bool
    progress: Callable[[int], None]
    lend: Lend | None


class NotCopiedError(Exception):
    """The servers did not do it between themselves; another way may be possible."""


async def copy_to_server(
    source: Client, source_path: str, target: Client, target_path: str, *, overwrite: bool = False,
    progress: Callable[[int], None] = lambda _: None, lend: Lend | None = None,
) -> CopyWay:  # fmt: skip
    """Copy a file from one server to another; see `between.copy_between`."""
    entry = await file_info(source, source_path)
    if entry["size"] is None:
        raise source.refused(source_path, "the file is being written", "copy it when it is complete")
    await may_be_written(target, target_path, entry["size"], overwrite)
    copy = ThirdPartyCopy(source, entry, target, target_path, overwrite, progress, lend)
    way = await copied_by_servers(copy)
    if way is None:
        await stream(copy)
    progress(entry["size"])
    return way or CopyWay.STREAM


async def stream(copy: ThirdPartyCopy) -> None:
    """Copy a file through this machine; again where it arrived damaged, here or there."""
    async with turn(copy.target):
        for left in reversed(range(TRIES)):
            try:
                await publish(copy, streamed)
                return
            except AGAIN:
                if not left:
                    raise


async def copied_by_servers(copy: ThirdPartyCopy) -> CopyWay | None:
    """How the servers copied a file between themselves; None where they could not."""
    ways = ((CopyWay.PULL, copy.target, pulled), (CopyWay.PUSH, copy.source, pushed))
    for way, active, write in ways:
        if not (await active.profile()).third_party:
            continue  # knows COPY within itself at most
        try:
            await publish(copy, write)
            return way
        except NotCopiedError as reason:
            logger.info("%s: not copied between the servers (%s): %s", copy.target.url(copy.path), way, reason)
    return None


async def publish(copy: ThirdPartyCopy, write: Callable[[ThirdPartyCopy, str], Awaitable[UploadStream]]) -> None:
    """Have `write` make a verified file under a temporary name, and give it its own.

    Each attempt has a name of its own: a server may go on for a while with a transfer that was given up.
    """
    temporary = unfinished_beside(copy.path)
    try:
        stream = await write(copy, temporary)
        await take_name(copy.target, stream, temporary, copy.path, copy.overwrite)
    except BaseException:
        with contextlib.suppress(GridDavError):  # what stays behind, `TEMPORARY` finds
            await delete(copy.target, temporary)
        raise


async def streamed(copy: ThirdPartyCopy, temporary: str) -> UploadStream:
    algorithms = {(await client.profile()).digest for client in (copy.source, copy.target)}
    piped = Piped(copy.source, copy.entry, {name for name in algorithms if name}, copy.progress)
    await put_verified(copy.target, piped, temporary, copy.path)
    return piped


async def pulled(copy: ThirdPartyCopy, temporary: str) -> UploadStream:
    """The target fetches the file from the source. Raises `NotCopiedError`."""
    headers = await lent_headers(copy, copy.target, copy.source, copy.entry["name"], "DOWNLOAD")
    headers["Source"] = copy.source.url(copy.entry["name"])
    if await ask_to_copy(copy, copy.target, temporary, headers) in NO_FOLDER:
        await make_folder(copy.target, parent(temporary), exist_ok=True)
        await ask_to_copy(copy, copy.target, temporary, headers, last=True)
    return await verified(copy, temporary)


async def pushed(copy: ThirdPartyCopy, temporary: str) -> UploadStream:
    """The source sends the file to the target. Raises `NotCopiedError`."""
    headers = await lent_headers(copy, copy.source, copy.target, temporary, "UPLOAD")
    headers["Destination"] = copy.target.url(temporary)
    await make_folder(copy.target, parent(temporary), exist_ok=True)
    await ask_to_copy(copy, copy.source, copy.entry["name"], headers, last=True)
    return await verified(copy, temporary)


async def lent_headers(
    copy: ThirdPartyCopy, active: Client, passive: Client, path: str, activity: str
) -> dict[str, str]:
    """The headers of a COPY, with the token that the one server shows to the other.

    Raises `NotCopiedError` where it would need one, and we have none for it or no safe way to give it.
    """
    both = {(await client.profile()).digest for client in (active, passive)}
    headers = {
        "Overwrite": "T", "Credential": "none",
        "RequireChecksumVerification": "true" if len(both) == 1 and None not in both else "false",
    }  # fmt: skip
    secure = passive.origin.startswith("https:")
    has_credentials = passive.credentials.header(secure) is not None or passive.sessions.connection.own() is not None
    token = None if copy.lend is None else await copy.lend(passive, path, (activity,))
    if token is None and has_credentials:
        raise NotCopiedError("the other server asks for credentials, and there is no token that may be given away")
    if token is None:
        return headers
    if not (secure and active.origin.startswith("https:")):
        raise NotCopiedError("a token is given away over TLS only")
    return headers | {"TransferHeaderAuthorization": f"Bearer {token}"}


async def ask_to_copy(
    copy: ThirdPartyCopy, active: Client, path: str, headers: dict[str, str], last: bool = False
) -> int:
    """COPY; the status of a success, or one of `NO_FOLDER` unless this is the `last` try. Raises `NotCopiedError`."""

    async def read(response: aiohttp.ClientResponse) -> str | None:
        markers = Markers(copy.progress)
        try:
            async for piece in response.content.iter_any():
                markers.feed(piece)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            return f"the connection broke ({type(error).__name__})"  # not to be asked again: it may still be at work
        return markers.failure() if response.status < 300 else f"the server answered {response.status}"

    answer = await active.request("COPY", path, headers=headers, expected=REFUSED, read=read)
    if answer.value is not None and (last or answer.status not in NO_FOLDER):
        raise NotCopiedError(answer.value)
    return answer.status


async def verified(copy: ThirdPartyCopy, temporary: str) -> UploadStream:
    """What the source says of the file, when the target says the same. Raises `NotCopiedError`."""
    stream = Stated(copy.source, copy.entry, copy.progress)
    algorithm = (await copy.target.profile()).digest or (await copy.source.profile()).digest
    if algorithm is not None and algorithm not in stream.stated:
        answer = await copy.source.ask("HEAD", copy.entry["name"], headers=wanted(algorithm))
        stream.stated |= served(answer.headers)
    wrong = await difference(copy.target, stream, temporary)
    if wrong is not None:
        raise NotCopiedError(f"it arrived damaged: {wrong}")
    return stream


async def own_token(client: Client, path: str, activities: tuple[str, ...]) -> str | None:
    """As `lend`: gives away the user's full token. For servers that may have it."""
    kind, _, token = (client.credentials.header(client.origin.startswith("https:")) or "").partition(" ")
    return token if kind == "Bearer" else None

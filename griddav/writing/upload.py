"""Writing files: under a temporary name, verified there, then moved. Nobody sees a part of one."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from griddav.checksums import Checksum, served, wanted
from griddav.errors import ContentChanged, GridDavError, NotAllowed, SourceChanged
from griddav.http.concurrency import in_thread
from griddav.http.names import parent
from griddav.http.request import Client
from griddav.http.retry import OTHERWISE, advice
from griddav.listing.lookups import look
from griddav.listing.properties import exists, info
from griddav.writing.folders import delete, make_folder
from griddav.writing.moving import TAKEN, file_at, folder_in_the_way, move, replace
from griddav.writing.unfinished import unfinished_beside

PIECE = 1 << 20  # bytes
LARGE = 16 << 20  # bytes: they take longer than one more question
TRIES = 3
SECONDS_TO_CLEAN = 5.0
ABSENT = "it is not there"

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class UploadSource:
    """Bytes that can be read from their start as often as needed."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[BinaryIO]]

    @classmethod
    def of_bytes(cls, data: bytes) -> UploadSource:
        return cls("bytes in memory", len(data), lambda: io.BytesIO(data))

    @classmethod
    def of_file(cls, path: str) -> UploadSource:
        return cls(path, os.stat(path).st_size, lambda: open(path, "rb"))

    def digest(self, algorithm: str) -> str:
        """Hexadecimal digits of a checksum, by reading everything once more."""
        checksum = Checksum(algorithm)
        with self.open() as file:
            while piece := file.read(PIECE):
                checksum.update(piece)
        return checksum.hex()


class UploadStream:
    """One pass over a source: sends it, and knows its size and checksum at the end."""

    def __init__(self, source: UploadSource, algorithm: str | None, progress: Callable[[int], None]) -> None:
        self.source, self.algorithm, self.progress = source, algorithm, progress
        self.size, self.checksum = 0, Checksum(algorithm) if algorithm else None
        self.failure: Exception | None = None

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of a request; a repeated request starts again."""
        self.size, self.checksum = 0, Checksum(self.algorithm) if self.algorithm else None
        try:
            with self.source.open() as file:
                following, sent = self.begin(file), 0
                try:
                    while piece := await following:
                        if self.size < self.source.size:
                            following = self.begin(file)  # is read while this piece is sent
                        yield piece
                        sent += len(piece)
                        self.progress(sent)
                        if sent >= self.source.size:
                            break  # aiohttp drops a connection whose answer comes before the end of this loop
                finally:
                    if not following.done():  # the file is closed afterwards
                        await asyncio.gather(following, return_exceptions=True)
        except OSError as error:
            self.failure = error  # of the local disk: to the connection it is only a body that ends too early
            raise
        if self.size != self.source.size:
            self.failure = SourceChanged("the file changed while it was uploaded", self.source.name, "upload it again")
            raise self.failure

    def begin(self, file: BinaryIO) -> asyncio.Future[bytes]:
        """Start to read the next piece."""
        return asyncio.ensure_future(self.in_thread(self.read, file))

    async def in_thread(self, function: Callable[[S], T], argument: S) -> T:
        return await in_thread(self.source.size, function, argument)

    def read(self, file: BinaryIO) -> bytes:
        piece = file.read(PIECE)
        if self.size + len(piece) == self.source.size:
            piece += file.read(1)  # nothing, unless the file grew
        self.size += len(piece)
        if self.checksum is not None:
            self.checksum.update(piece)
        return piece

    def digest(self, algorithm: str) -> str:
        if self.checksum is not None and algorithm == self.algorithm:
            return self.checksum.hex()
        return self.source.digest(algorithm)


class OccupiedError(NotAllowed):
    """A part of the file is there, of an earlier attempt, and our credentials may not replace it: take another name."""


class DamagedError(ContentChanged):
    """What arrived is not what was sent: send it again, under another name, as XRootD remembers checksums by name."""


async def upload(
    client: Client,
    source: UploadSource,
    path: str,
    *,
    overwrite: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Publish a source under `path`; folders above it are made.

    Raises `FileExistsError` where `path` exists and must not be overwritten, `IsADirectoryError` where a folder has the
    name, `SourceChanged`, and another `GridDavError` for everything else; then nothing of it is visible.
    """
    await may_be_written(client, path, source.size, overwrite)
    stream = UploadStream(source, (await client.profile()).digest, progress)
    for left in reversed(range(TRIES)):
        temporary = unfinished_beside(path)
        try:
            await put_verified(client, stream, temporary, path)
            await take_name(client, stream, temporary, path, overwrite)
            return
        except (OccupiedError, DamagedError):
            if not left:
                raise
        except BaseException:
            # What stays behind, `TEMPORARY` finds: in an outage nobody waits for it once more.
            with contextlib.suppress(GridDavError, TimeoutError):
                async with asyncio.timeout(SECONDS_TO_CLEAN):
                    await delete(client, temporary)
            raise


async def may_be_written(client: Client, path: str, size: int, overwrite: bool) -> None:
    """Look before bytes are sent in vain; of a small file, what must not be replaced only.

    Raises `FileExistsError` and `IsADirectoryError`.
    """
    if path == "/":
        raise folder_in_the_way(path)
    if not overwrite and await look(client, path):
        raise FileExistsError(errno.EEXIST, "File exists", path)
    if overwrite and size > LARGE:
        await file_at(client, path)


async def put_verified(client: Client, stream: UploadStream, temporary: str, path: str) -> None:
    """Send the bytes; the server holds them, by its own word. Raises `DamagedError` where it holds others."""
    await put(client, stream, temporary)
    wrong = await difference(client, stream, temporary)
    if wrong is not None:
        await delete(client, temporary)
        what = f"the upload arrived damaged, {TRIES} times: {wrong}"
        raise DamagedError(what, client.url(path), "look into the server's log")


async def put(client: Client, stream: UploadStream, temporary: str) -> None:
    profile = await client.profile()
    headers = {"Content-Length": str(stream.source.size)}
    for may_lack_folder in (True, False):
        try:
            answer = await client.ask(
                "PUT", temporary, headers=headers, body=stream.pieces if stream.source.size else b"",
                expected=frozenset({403, 404, 409}) if may_lack_folder else frozenset({403}),
                ask_first=profile.expect_continue and stream.source.size > 0,
            )  # fmt: skip
        except GridDavError:
            if stream.failure is not None:
                raise stream.failure from None
            raise
        if answer.status < 300:
            return
        if answer.status == 403:
            left_by_us = answer.attempt > 1 and await exists(client, temporary)
            what = f"PUT: the server answered 403 Forbidden (attempt {answer.attempt})"
            raise (OccupiedError if left_by_us else NotAllowed)(what, client.url(temporary), advice(403), 403)
        await delete(client, temporary)  # of an attempt whose answer was lost: dCache overwrites nothing
        await make_folder(client, parent(temporary), exist_ok=True)


async def difference(client: Client, stream: UploadStream, path: str) -> str | None:
    """What the server holds under `path` that we did not send; None where all is right."""
    algorithm = (await client.profile()).digest
    answer = await client.ask(
        "HEAD", path, headers=wanted(algorithm) if algorithm else {}, expected=frozenset({404, 410})
    )
    if answer.status >= 300:
        return ABSENT
    stated, length = served(answer.headers), answer.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else (await info(client, path))["size"]
    if size != stream.source.size and (size is not None or not stated):
        return f"{'unknown' if size is None else size} bytes in place of {stream.source.size}"
    for name, value in stated.items():
        try:
            own = await stream.in_thread(stream.digest, name)
        except ValueError:
            continue  # an algorithm that is not available here
        if own != value:
            return f"{name} {value} in place of {own}"
    return None


async def take_name(client: Client, stream: UploadStream, temporary: str, path: str, overwrite: bool) -> None:
    """Give the verified upload its name.

    Where two writers of a new name finish in the same moment, a server that looks and renames in two steps (apache,
    XRootD, dCache) may let both win: the file is then a whole one, of the later. Raises `FileExistsError` where it is
    taken, and `ContentChanged` where something else lies there then.
    """
    profile = await client.profile()
    if not overwrite and not profile.no_overwrite and await look(client, path):
        raise FileExistsError(errno.EEXIST, "File exists", path)
    status = (await (replace if overwrite else move)(client, temporary, path)).status
    if status < 300 and profile.no_overwrite:
        return
    if status < 300:
        # Asked twice where need be: it may be the answer that is wrong.
        wrong = await difference(client, stream, path) and await difference(client, stream, path)
        if wrong is not None and not overwrite and wrong != ABSENT:
            raise FileExistsError(errno.EEXIST, "File exists", path)  # verified as ours was, and moved just after it
        if wrong is not None:
            what = f"MOVE: the server holds something else under this name: {wrong}"
            raise ContentChanged(what, client.url(path), OTHERWISE)
        return
    # The name is taken, or the temporary is gone: perhaps by our own first request, whose answer was lost.
    if not await exists(client, temporary) and await difference(client, stream, path) is None:
        return
    if overwrite:
        await file_at(client, path)
    elif status in TAKEN and await exists(client, path):
        raise FileExistsError(errno.EEXIST, "File exists", path)
    raise client.unavailable(path, "MOVE: the upload vanished before it got its name", "look into the server's log")

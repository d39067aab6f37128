"""A file of one server as an upload to another: it passes through this machine, a few pieces of it at a time."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import BinaryIO

import aiohttp

from griddav.checksums import Checksum, served, wanted
from griddav.errors import ContentChanged
from griddav.http.arriving import arriving
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.listing.properties import Info
from griddav.reading.rest import ENOUGH
from griddav.writing.upload import UploadSource, UploadStream

AHEAD = 4  # pieces that wait for the slower side
DAMAGED = "look into the server's log, and check the file there"

# An upload that goes on needs a download beside it. Were all connections taken by uploads, each would wait for the
# other: half of them stay free, for each server and event loop.
_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.WeakKeyDictionary[Client, asyncio.Semaphore]]
_turns = weakref.WeakKeyDictionary()


class DamagedHereError(ContentChanged):
    """What arrived is not the file; perhaps the next time."""


def turn(target: Client) -> asyncio.Semaphore:
    """To be held while a file is piped to a server."""
    of_loop = _turns.setdefault(asyncio.get_running_loop(), weakref.WeakKeyDictionary())
    return of_loop.setdefault(target, asyncio.Semaphore(max(1, target.sessions.connection.per_host // 2)))


class Stated(UploadStream):
    """A file that was sent by somebody else: its size, and the checksums that are known of it."""

    def __init__(self, client: Client, entry: Info, progress: Callable[[int], None]) -> None:
        super().__init__(UploadSource(client.url(entry["name"]), entry["size"], elsewhere), None, progress)
        self.stated: dict[str, str] = dict(entry["checksums"])

    def digest(self, algorithm: str) -> str:
        """Raises `ValueError` for an algorithm that nobody used."""
        if algorithm not in self.stated:
            raise ValueError(f"no {algorithm} is known of this file")
        return self.stated[algorithm]


def elsewhere() -> AbstractContextManager[BinaryIO]:
    """The local file of what lies on a server: there is none. Raises `OSError`."""
    raise OSError("there is no local file of what lies on a server")


class Download:
    """One pass over the file: its pieces come through the queue, then None. A pass that was given up may linger."""

    def __init__(self, client: Client, path: str, size: int, algorithm: str | None) -> None:
        self.client, self.path, self.size, self.algorithm = client, path, size, algorithm
        self.headers = wanted(algorithm) if algorithm else {}
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue(AHEAD)
        self.received = 0  # bytes
        self.stated: dict[str, str] = {}  # checksums, by the server's word
        self.etag = ""
        self.failure: Exception | None = None

    async def run(self) -> None:
        """Go on where the connection breaks, as long as enough comes."""
        try:
            while self.received < self.size:
                await self.client.request("GET", self.path, headers=self.headers, read=self._read)
        except OSError as error:
            self.failure = error
        await self.pieces.put(None)

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        start, etag = self.received, response.headers.get("ETag", "").removeprefix("W/")
        goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        same = etag == self.etag or self.algorithm in self.stated  # a checksum tells at the end
        if start and not (goes_on and same):
            raise TransientError("the server did not send the rest of a file where a download broke")
        self.stated, self.etag = self.stated | served(response.headers), etag
        try:
            async for piece in arriving(response, self.client.speed(), self.size - start):
                await self.pieces.put(piece)
                self.received += len(piece)
                self.headers["Range"] = f"bytes={self.received}-"
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            if self.received < start + ENOUGH:
                raise
        if self.received == start:
            raise TransientError("the server sent an empty body in place of a file")


class Piped(Stated):
    """The file is downloaded while it is uploaded; its checksums are computed on the way."""

    def __init__(self, client: Client, entry: Info, algorithms: set[str], progress: Callable[[int], None]) -> None:
        super().__init__(client, entry, progress)
        self.client, self.path, self.algorithms = client, entry["name"], sorted(algorithms)
        self.checksums_stated = dict(self.stated)

    def pieces(self) -> AsyncIterator[bytes]:
        """The body of the upload. Raises at once what went wrong with the download of the last pass."""
        if self.failure is not None:
            raise self.failure
        return self._one_pass()

    async def _one_pass(self) -> AsyncIterator[bytes]:
        self.size, checksums = 0, [Checksum(name) for name in self.algorithms]
        download = Download(self.client, self.path, self.source.size, next(iter(self.algorithms), None))
        running = asyncio.create_task(download.run())
        held = b""  # the last piece goes when all is verified: the target never gets a whole file that is damaged
        try:
            while (piece := await download.pieces.get()) is not None:
                if held:
                    yield held
                await asyncio.to_thread(update, checksums, piece)
                self.size, held = self.size + len(piece), piece
                self.progress(self.size)
            self.failure = download.failure or self._damage(checksums, self.checksums_stated | download.stated)
            if self.failure is not None:
                raise self.failure
            yield held
        finally:
            running.cancel()

    def _damage(self, checksums: list[Checksum], stated: Mapping[str, str]) -> DamagedHereError | None:
        computed = {each.algorithm: each.hex() for each in checksums}
        wrong = next((name for name in computed if stated.get(name, computed[name]) != computed[name]), None)
        self.stated = computed
        if self.size == self.source.size and wrong is None:
            return None
        what = f"{self.size} bytes of {self.source.size}" if wrong is None else f"bytes that do not have its {wrong}"
        return DamagedHereError(f"GET: the server sent {what}", self.client.url(self.path), DAMAGED)


def update(checksums: Iterable[Checksum], piece: bytes) -> None:
    for checksum in checksums:
        checksum.update(piece)

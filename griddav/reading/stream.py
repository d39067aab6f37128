"""Reading a file in order: by one request, not by one for each block."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from griddav.errors import ContentChanged, NoAnswer
from griddav.http.arriving import arriving, refuse_other_size
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.reading.download import read_range
from griddav.reading.rest import ENOUGH, RANGE

AHEAD = 4  # pieces that wait for the reader


class Reader:
    """Reads ranges of one file. Where they follow each other, the rest of the file is asked for at once.

    dCache redirects every request to a URL that is good once: a file would cost one redirect per block. `ahead`:
    the first range is taken for the beginning of a pass, too.
    """

    def __init__(self, client: Client, path: str, size: int, ahead: bool = False) -> None:
        self.client, self.path, self.size = client, path, size
        self._end = 0 if ahead else -1
        self._stream: Stream | None = None

    async def read(self, start: int, end: int) -> bytes:
        """Bytes `start` to `end` (excluded), fewer where the file ends before.

        Raises as `read_range`, and `ContentChanged`.
        """
        end = min(end, self.size)
        if end <= start:
            return b""
        follows, self._end = start == self._end, end
        if self._stream is not None and not self._stream.is_at(start):
            self.close()
        if self._stream is None and follows and end < self.size:
            self._stream = Stream(self.client, self.path, start, self.size)
        if self._stream is None:
            data = await read_range(self.client, self.path, start, end)
            if len(data) != end - start:
                raise changed(self.client, self.path)
            return data
        return await self._stream.read(end - start)

    def close(self) -> None:
        """Give the connection up; from any thread."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class Stream:
    """A file of `size` bytes from `start` on, as it arrives; a connection that breaks is opened again."""

    def __init__(self, client: Client, path: str, start: int, size: int) -> None:
        self.client, self.path, self.position, self.size = client, path, start, size
        self._loop = asyncio.get_running_loop()
        self._rest = memoryview(b"")
        self._etag = ""
        self._open()

    def is_at(self, position: int) -> bool:
        """Whether the next bytes are those; never in another event loop or process."""
        return self.position == position and asyncio.get_running_loop() is self._loop

    async def read(self, count: int) -> bytes:
        """The next `count` bytes, fewer at the end. Raises `NoAnswer`, and `ContentChanged`."""
        found, missing = [], min(count, self.size - self.position)
        while missing > 0:
            if not self._rest:
                self._rest = memoryview(await self._next())
            piece, self._rest = self._rest[:missing], self._rest[missing:]
            found.append(piece)
            self.position += len(piece)
            missing -= len(piece)
        return b"".join(found)

    def close(self) -> None:
        """From any thread."""
        with contextlib.suppress(RuntimeError):  # the loop is closed already, and the connection with it
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _open(self) -> None:
        self._opened = self._arrived = self.position
        self._pieces: asyncio.Queue[bytes | BaseException] = asyncio.Queue(AHEAD)
        self._task = self._loop.create_task(self._feed(self._pieces))

    async def _next(self) -> bytes:
        while True:
            piece = await self._pieces.get()
            if isinstance(piece, bytes):
                return piece
            if not isinstance(piece, NoAnswer) or self.position < self._opened + ENOUGH:
                raise piece
            self._open()  # many bytes did arrive since it was opened: attempts count from here

    async def _feed(self, pieces: asyncio.Queue[bytes | BaseException]) -> None:
        """Ask, and hand over what arrives; a repeated request asks for the rest."""
        headers: dict[str, str] = {}
        self._ask_for_rest(headers)

        async def read(response: aiohttp.ClientResponse) -> None:
            skip = self._first_byte(response)
            async for piece in arriving(response, self.client.speed(), self.size - self._arrived + skip):
                piece, skip = piece[skip:], max(0, skip - len(piece))
                if piece:
                    self._arrived += len(piece)
                    self._ask_for_rest(headers)
                    await pieces.put(piece)
            if self._arrived != self.size:
                raise TransientError(f"the server sent {self._arrived} bytes of a file of {self.size}")

        try:
            await self.client.request("GET", self.path, headers=headers, read=read)
        except asyncio.CancelledError:
            with contextlib.suppress(asyncio.QueueFull):
                pieces.put_nowait(ValueError("the file was closed while it was read"))
            raise
        except Exception as error:
            await pieces.put(error)

    def _ask_for_rest(self, headers: dict[str, str]) -> None:
        if self._arrived:
            headers["Range"] = f"bytes={self._arrived}-{self.size - 1}"

    def _first_byte(self, response: aiohttp.ClientResponse) -> int:
        """How many bytes of the answer were read before. Raises `TransientError` for an answer of another file."""
        # apache calls its tag weak while the file is a second old, and strong from then on: it is one tag.
        etag = response.headers.get("ETag", "").removeprefix("W/")
        if self._etag and etag != self._etag:
            raise changed(self.client, self.path)
        self._etag = etag
        if response.status != 206:
            refuse_other_size(response, self.size)
            return self._arrived  # a server that knows no ranges
        span = RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        if span is not None and span[3] not in ("*", str(self.size)):
            raise changed(self.client, self.path)
        if span is None or int(span[1]) != self._arrived:
            raise TransientError(f"the server sent another part of the file than from byte {self._arrived} on")
        return 0


def changed(client: Client, path: str) -> ContentChanged:
    return ContentChanged("the file was changed while it was read", client.url(path), "read it again")

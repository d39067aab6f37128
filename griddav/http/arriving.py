"""The body of an answer as it arrives: never more of it than it may hold, and never slower than is of use."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import aiohttp

from griddav.http.retry import TransientError, damaged


class Speed:
    """Whether bytes arrive fast enough: `least` bytes per second, over `window` seconds in which somebody waits."""

    def __init__(self, least: float, window: float) -> None:
        self.least, self.window = least, window
        self._seconds, self._size = 0.0, 0

    def waited(self, seconds: float, size: int) -> None:
        """So many bytes came after so long. Raises `TransientError` where that is as good as nothing."""
        self._seconds, self._size = self._seconds + seconds, self._size + size
        if self._seconds < self.window:
            return
        if self._size < self.least * self._seconds:
            raise TransientError(
                f"{self._size} bytes arrived in {self._seconds:.0f} s", "the server or the network is too slow: run "
                "again, by another door if there is one, or lower least_speed", idle=self._seconds,
            )  # fmt: skip
        self._seconds, self._size = 0.0, 0


async def arriving(response: aiohttp.ClientResponse, speed: Speed, most: int | None = None) -> AsyncIterator[bytes]:
    """The pieces of a body. Raises `TransientError` for more than `most` bytes, before the last piece is given."""
    received = 0
    while True:
        begun = time.monotonic()
        piece = await response.content.readany()
        speed.waited(time.monotonic() - begun, len(piece))
        if not piece:
            return
        received += len(piece)
        if most is not None and received > most:
            raise TransientError(f"the server sent more than the {most} bytes that there are")
        yield piece


def refuse_other_size(response: aiohttp.ClientResponse, size: int) -> None:
    """Raises `TransientError` where the whole of an answer is not as long as the file: it was changed, or is damaged.

    Looked at before the body is read. An empty answer says nothing of a file.
    """
    stated, plain = response.content_length, response.headers.get("Content-Encoding", "identity") == "identity"
    if response.status == 200 and plain and stated and stated != size:
        raise damaged(f"the server has {stated} bytes in place of the {size} that it says the file has")


async def whole(response: aiohttp.ClientResponse, speed: Speed, most: int) -> bytes:
    """A body of at most so many bytes. Raises as `arriving`."""
    return b"".join([piece async for piece in arriving(response, speed, most)])

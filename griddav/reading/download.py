"""Reading files: never a part for the whole, never an error page for a file."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

import aiohttp

from griddav.checksums import Checksum, named, served, wanted
from griddav.errors import NoAnswer
from griddav.http.arriving import arriving, refuse_other_size, whole
from griddav.http.concurrency import in_thread
from griddav.http.request import Client
from griddav.http.retry import TransientError, damaged
from griddav.listing.properties import Info, info
from griddav.reading.direct import LARGE, read_directly
from griddav.reading.rest import RANGE, Rest
from griddav.tape.locality import refuse_tape

PIECE = 1 << 20  # bytes
AT_ONCE = 8 << 20  # bytes: a file up to this size is held in memory


async def read_all(client: Client, path: str) -> bytes:
    """All bytes of a file, of the size that the server says it has, and of its checksum where it gives one.

    Raises `FileNotFoundError`, `IsADirectoryError` and `GridDavError`.
    """
    entry = await file_info(client, path)
    algorithm = (await client.profile()).digest

    async def read(response: aiohttp.ClientResponse) -> bytes:
        refuse_other_size(response, entry["size"])
        data = await whole(response, client.speed(), entry["size"])
        stated = entry["checksums"] | served(response.headers, whole=response.status == 200)
        checksum = Checksum(algorithm) if algorithm and algorithm in stated else None
        if checksum is not None:
            await in_thread(len(data), checksum.update, data)
        verify(len(data), entry["size"], checksum, stated)
        return data

    return (await client.request("GET", path, headers=wanted(algorithm) if algorithm else {}, read=read)).value


async def read_range(client: Client, path: str, start: int, end: int) -> bytes:
    """Bytes `start` to `end` (excluded) of a file; fewer where it ends before. Raises as `read_all` does."""
    if end <= start:
        return b""

    async def read(response: aiohttp.ClientResponse) -> bytes | int | None:
        if response.status != 206:
            return None  # no range of this file, or a server that knows no ranges
        size = promised_past(response.headers.get("Content-Range", ""))
        if size is not None:
            return size
        data = await whole(response, client.speed(), end - start)
        verify_range(response.headers.get("Content-Range", ""), start, end, len(data))
        return data

    headers = {"Range": f"bytes={start}-{end - 1}"}
    answer = await client.request("GET", path, headers=headers, expected=frozenset({416}), read=read)
    if isinstance(answer.value, int):
        return await read_range(client, path, start, min(end, answer.value))
    if answer.value is not None:
        return answer.value
    if answer.status == 416:
        await file_info(client, path)
        return b""
    return (await read_all(client, path))[start:end]


async def fetch(client: Client, path: str, target: str, entry: Info, progress: Callable[[int], None]) -> None:
    """Copy a file to local disk; it appears under its name when it is whole and verified.

    `progress` gets the bytes written so far. Raises as `read_all` does, and `OSError` of the local disk.
    """
    refuse_tape(entry, client.url(path))
    algorithm = (await client.profile()).digest
    temporary = os.path.join(os.path.dirname(target), f".download-{uuid.uuid4().hex}")

    rest = Rest(entry["size"], algorithm, dict(entry["checksums"]), wanted(algorithm) if algorithm else {})
    try:
        if rest.size < LARGE or not await read_directly(client, path, temporary, rest, progress):
            await read_rest(client, path, temporary, rest, progress)
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


async def read_at_once(client: Client, path: str, size: int | None, most: int) -> bytes | None:
    """All of a small file, by one request; the caller looks at what it holds, for a folder may be shown as a page.

    Its checksum is compared where the `size` is known. None where the server sends more than `most` bytes, does not
    say how many, or another number than `size`. Raises `FileNotFoundError` and `GridDavError`.
    """
    algorithm = (await client.profile()).digest if size is not None else None
    headers = wanted(algorithm) if algorithm else {}
    # XRootD 5.5.3 answers 500 to who wants the digest of a file that is missing: who asks next is told.
    expected = frozenset({500}) if algorithm else frozenset()

    async def read(response: aiohttp.ClientResponse) -> bytes | None:
        stated = size if response.content_length is None else response.content_length
        if response.status != 200 or stated is None or stated > most or size not in (None, stated):
            return None
        data = await whole(response, client.speed(), stated)
        sums = served(response.headers, whole=True)
        checksum = Checksum(algorithm) if algorithm and algorithm in sums else None
        if checksum is not None:
            await asyncio.to_thread(checksum.update, data)
        verify(len(data), stated, checksum, sums)
        return data

    return (await client.request("GET", path, headers=headers, expected=expected, read=read)).value


async def fetch_sized(client: Client, path: str, target: str, size: int, progress: Callable[[int], None]) -> bool:
    """As `fetch`, by one request, of a small file that is known to have this size; the caller looks at what it holds.

    False, and nothing is written, where the server sends another size: then `fetch` tells what is the matter. Raises
    as `read_at_once`, and `OSError` of the local disk.
    """
    data = await read_at_once(client, path, size, AT_ONCE)
    if data is None:
        return False
    temporary = os.path.join(os.path.dirname(target), f".download-{uuid.uuid4().hex}")
    try:
        await in_thread(size, Path(temporary).write_bytes, data)
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    progress(size)
    return True


async def read_rest(client: Client, path: str, target: str, rest: Rest, progress: Callable[[int], None]) -> None:
    """Write what is missing of a file to `target`; where it breaks, go on there, as long as it gets further."""

    async def read(response: aiohttp.ClientResponse) -> None:
        start = rest.begin(response)
        try:
            with open(target, "r+b" if start else "wb") as file:
                file.seek(start)
                await receive(response, file)
            rest.verify()
        except BaseException:
            rest.ask()
            raise

    async def receive(response: aiohttp.ClientResponse, file: BinaryIO) -> None:
        writing = Writing(file, rest.checksum)
        try:
            async for piece in arriving(response, client.speed(), rest.size - rest.received):
                await writing.add(piece)
                rest.add(len(piece))
                progress(rest.received)
        finally:
            await writing.end()

    while True:
        rest.ask()
        before = rest.furthest
        try:
            await client.request("GET", path, headers=rest.headers, expected=frozenset({416}), read=read)
            return
        except NoAnswer:
            if not rest.gone_on(before):
                raise


class Writing:
    """Pieces go into a file and a checksum, in a thread, while the next ones arrive."""

    def __init__(self, file: BinaryIO, checksum: Checksum | None) -> None:
        self.file, self.checksum = file, checksum
        self._pieces: list[bytes] = []
        self._size = 0
        self._running: asyncio.Future[None] | None = None

    async def add(self, piece: bytes) -> None:
        """Raises `OSError` of an earlier piece."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= PIECE:
            await self._finish()
            self._running = asyncio.ensure_future(asyncio.to_thread(self._write, self._pieces))
            self._pieces, self._size = [], 0

    async def end(self) -> None:
        """Wait until all is written. Raises `OSError`."""
        await self._finish()
        self._write(self._pieces)

    async def _finish(self) -> None:
        if self._running is not None:
            running, self._running = self._running, None
            await running

    def _write(self, pieces: list[bytes]) -> None:
        for piece in pieces:
            self.file.write(piece)
            if self.checksum is not None:
                self.checksum.update(piece)


async def digest(client: Client, path: str, algorithm: str) -> str | None:
    """Hexadecimal digits of a file's checksum, by the server's word; None where it has none of this algorithm.

    Raises `FileNotFoundError`, `IsADirectoryError`, `GridDavError`, and `ValueError` for an unknown algorithm.
    """
    algorithm = named(algorithm)
    known: str | None = (await file_info(client, path, reading=False))["checksums"].get(algorithm)
    if known is not None:
        return known
    answer = await client.ask("HEAD", path, headers=wanted(algorithm))
    return served(answer.headers).get(algorithm)


async def file_info(client: Client, path: str, *, reading: bool = True) -> Info:
    """Properties of a file that is whole and, for `reading`, on disk. Raises `IsADirectoryError`, `OnTape`, as info."""
    return whole_file(client, path, await info(client, path), reading=reading)


def whole_file(client: Client, path: str, entry: Info, *, reading: bool = True) -> Info:
    """What is known of a file, as it is. Raises `IsADirectoryError`, and as `file_info` does."""
    if entry["type"] == "directory":
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
    if entry["size"] is None:
        raise client.refused(path, "the file has no size yet: it is still being written", "wait, then run again")
    if reading:
        refuse_tape(entry, client.url(path))
    return entry


def verify(size: int, expected: int, checksum: Checksum | None, stated: Mapping[str, str]) -> None:
    """Raises `TransientError` for a body that is not the whole file, or another one."""
    if size != expected:
        raise TransientError(f"the server sent {size} bytes of a file of {expected}")
    if checksum is not None and checksum.hex() != stated[checksum.algorithm]:
        raise damaged(f"the bytes that arrived do not have the {checksum.algorithm} that the server states")


def promised_past(text: str) -> int | None:
    """The size of a file past whose end an answer promises bytes: XRootD 5.5.3 does that, and sends none at all."""
    match = RANGE.fullmatch(text.strip())
    past = match is not None and match[3] != "*" and int(match[2]) >= int(match[3])
    return int(match[3]) if match is not None and past else None


def verify_range(text: str, start: int, end: int, size: int) -> None:
    """Raises `TransientError` unless the answer holds the bytes that were asked for, as far as the file has them."""
    match = RANGE.fullmatch(text.strip())
    if match is None:
        raise TransientError("the server sent a part of a file without saying which")
    first, last, total = int(match[1]), int(match[2]), match[3]
    if total != "*" and start >= int(total) and size == 0:
        return
    wanted_end = end if total == "*" else min(end, int(total))
    if first != start or last + 1 != wanted_end or size != wanted_end - start:
        raise TransientError(f"the server sent another part of the file than bytes {start} to {end - 1}: {text}")

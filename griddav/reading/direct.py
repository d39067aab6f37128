"""Large files, read from the socket in a thread: the event loop takes twice the time of a C client for each byte."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from yarl import URL

from griddav.checksums import served, wanted
from griddav.errors import GridDavError
from griddav.http.arriving import Speed
from griddav.http.doors import Operation
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.reading.rest import Rest

LARGE = 32 << 20  # bytes: below, another connection costs more than it gains
BLOCK = 4 << 20  # bytes
BLOCKS = 4

logger = logging.getLogger(__name__)


@dataclass
class DirectReading:
    """One file on its way; `given_up` ends the thread at its next block."""

    rest: Rest
    progress: Callable[[int], None]
    speed: Speed
    given_up: threading.Event = field(default_factory=threading.Event)


async def read_directly(
    client: Client, path: str, target: str, rest: Rest, progress: Callable[[int], None]
) -> bool:  # fmt: skip
    """Write a large file of a server that sends it itself to `target`, verified; whether that worked.

    Whatever goes wrong, the usual way finds it again, with redirects, other doors and errors that say what it was; it
    goes on where this one broke.
    """
    loop = asyncio.get_running_loop()

    def report(size: int) -> None:
        loop.call_soon_threadsafe(progress, size)

    reading = DirectReading(rest, report, client.speed())
    stating = asyncio.ensure_future(state(client, path, rest))
    stating.add_done_callback(lambda task: task.cancelled() or task.exception())  # where nobody waits for it any more
    await client.pace.turn()
    try:
        url = URL(client.doors.choose(Operation.READ).url(path), encoded=True)
        if not await asyncio.to_thread(read, client, url, target, reading):
            return False
        await stating
        rest.verify()
    except GridDavError:
        raise
    except (OSError, http.client.HTTPException, EOFError, TransientError) as error:
        logger.debug("%s is read the usual way: %s", client.url(path), type(error).__name__)
        return False
    finally:
        reading.given_up.set()
        stating.cancel()
    return True


async def state(client: Client, path: str, rest: Rest) -> None:
    """Ask what the server states about a file; it may have to read it for that, which it does while it sends it."""
    if rest.algorithm is not None and not rest.proven:
        rest.stated |= served((await client.ask("HEAD", path, headers=wanted(rest.algorithm))).headers)


def read(client: Client, url: URL, target: str, reading: DirectReading) -> bool:
    """Whether the server sent the whole file. Raises `OSError`, `HTTPException` and `EOFError`."""
    headers = {"Accept-Encoding": "identity"}
    if (secret := client.credentials.header(url.scheme == "https")) is not None:
        headers["Authorization"] = secret
    with connected(client, url) as connection:
        connection.request("GET", url.raw_path_qs, headers=headers)
        socket = connection.sock
        response = connection.getresponse()
        whole = response.status == 200 and response.length == reading.rest.size and not response.chunked
        if not whole or response.getheader("Content-Encoding", "identity") != "identity":
            return False
        reading.rest.etag = response.getheader("ETag")
        with open(target, "wb", buffering=0) as file:
            receive(response.fp, socket, file, reading)
    return True


@contextlib.contextmanager
def connected(client: Client, url: URL) -> Iterator[http.client.HTTPConnection]:
    """A connection of its own, with the certificates and time limits of all others."""
    limits = client.sessions.connection
    host, port = str(url.host), url.port
    connection = http.client.HTTPConnection(host, port, timeout=limits.read_timeout)
    if url.scheme == "https":
        tls = client.sessions.tls()
        connection = http.client.HTTPSConnection(host, port, timeout=limits.read_timeout, context=tls)
    try:
        yield connection
    finally:
        connection.close()


def receive(buffered: io.BufferedReader, socket: Any, file: BinaryIO, reading: DirectReading) -> None:
    """Read all bytes; the checksum of a block is computed while the next one arrives. Raises `OSError`, `EOFError`."""
    free: queue.SimpleQueue[bytearray] = queue.SimpleQueue()
    full: queue.SimpleQueue[tuple[bytearray, int] | None] = queue.SimpleQueue()
    for _ in range(BLOCKS):
        free.put(bytearray(BLOCK))

    def digest() -> None:
        while (block := full.get()) is not None:
            if reading.rest.checksum is not None:
                reading.rest.checksum.update(memoryview(block[0])[: block[1]])
            free.put(block[0])

    digesting = threading.Thread(target=digest, daemon=True)
    digesting.start()
    try:
        left, begun = reading.rest.size, b""
        if left:
            begun = buffered.read1(len(buffered.peek(1)))  # came together with the headers
        while left and not reading.given_up.is_set():
            block = free.get()
            wanted_now = min(left, BLOCK)
            block[: len(begun)] = begun
            size = fill(socket, memoryview(block)[:wanted_now], len(begun), reading.speed)
            write(file, memoryview(block)[:size])
            left, begun = left - size, b""
            full.put((block, size))
            reading.rest.add(size)
            reading.progress(reading.rest.received)
        if left:
            raise EOFError
    finally:
        full.put(None)
        digesting.join()


def fill(socket: Any, block: memoryview, size: int, speed: Speed) -> int:
    """Fill a block of which `size` bytes are there, straight from the socket: Python's buffers cost as much again.

    Raises `EOFError` where fewer come, and `TransientError` where they hardly do.
    """
    while size < len(block):
        begun = time.monotonic()
        received = socket.recv_into(block[size:])
        speed.waited(time.monotonic() - begun, received)
        if not received:
            raise EOFError
        size += received
    return size


def write(file: BinaryIO, block: memoryview) -> None:
    while block:
        block = block[file.write(block) :]

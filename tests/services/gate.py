"""A gate in front of a server: a proxy on a free port of the loopback interface that spoils what goes through it.

It can be shut and opened again, and lead to another port afterwards. What it knows of HTTP is enough to answer in the
server's place; of a connection over TLS (`http=False`) it knows bytes only.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from loop_beside import loop_beside

Way = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LARGEST_HEAD = 1 << 20  # bytes


@dataclass
class Fault:
    """What happens to a share (`chance`) of the requests with this `method` and `path` (regular expressions); of a
    connection over TLS, to that share of connections. One of the others says what.

    Cuts and flips are at a byte drawn by chance, of the `request` or of the `answer` (over TLS: of what goes there and
    of what comes back, between bytes `span`).
    """

    method: str = ""
    path: str = ""
    chance: float = 1.0
    times: int = 1 << 30
    status: int = 0  # answered in the server's place, with `headers` and without a body
    headers: dict[str, str] = field(default_factory=dict)
    circles: bool = False  # a redirect to the very same place
    digest: str = ""  # the header Digest of the server's answer is replaced by this one
    cut: str = ""  # request, answer
    flip: str = ""  # request, answer: one bit of the body (over TLS: of anything)
    late: bool = False  # the server obeys, and its answer is lost
    delay: float = 0.0  # seconds
    span: tuple[int, int] = (0, 20_000)

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and bool(re.fullmatch(self.method or ".*", method) and re.search(self.path, path))


@dataclass(frozen=True)
class Message:
    """A request or an answer as it came: its head with the empty line, and its body as it was sent."""

    head: bytes
    body: bytes

    @property
    def first(self) -> list[str]:
        """The words of the first line."""
        return self.head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)

    def header(self, name: str) -> str:
        found = re.search(rb"(?mi)^%s:[ \t]*(.*?)[ \t]*\r$" % name.encode(), self.head)
        return found[1].decode("latin-1") if found else ""

    def with_header(self, name: str, value: str) -> Message:
        head = re.sub(rb"(?mi)^%s:.*\r\n" % name.encode(), b"", self.head)
        return Message(head[:-2] + f"{name}: {value}\r\n\r\n".encode(), self.body)


class Gate:
    """`port` is its own, `behind` the server's. `hits` counts the faults that were played."""

    def __init__(self, behind: int, http: bool, loop: asyncio.AbstractEventLoop) -> None:
        self.behind, self.http = behind, http
        self.port = 0
        self.faults: list[Fault] = []
        self.hits = 0
        self.requests, self.uploads = 0, 0
        self.random = random.Random(20250101)
        self._loop = loop
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def url(self, scheme: str) -> str:
        return f"{scheme}://localhost:{self.port}"

    def open(self) -> None:
        """Let through again, on the same port."""
        self._run(self._listen())

    def shut(self) -> None:
        """Cut every connection and refuse new ones."""
        self._run(self._close())

    def play(self, *faults: Fault) -> None:
        """These faults from now on, and no others; `hits` begins at zero."""
        self.faults, self.hits, self.requests = list(faults), 0, 0

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, limit=LARGEST_HEAD, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        behind = None
        try:
            behind = await asyncio.open_connection("127.0.0.1", self.behind, limit=LARGEST_HEAD)
            self._open.add(behind[1])
            serve = self._requests if self.http else self._bytes
            await serve((reader, writer), behind)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # somebody hung up: so do we
        finally:
            for each in (writer, *(behind[1:] if behind else ())):
                self._open.discard(each)
                each.close()

    def _fault(self, method: str = "", path: str = "") -> Fault | None:
        for fault in self.faults:
            if fault.meets(method, path) and self.random.random() < fault.chance:
                fault.times -= 1
                self.hits += 1
                return fault
        return None

    async def _requests(self, client: Way, server: Way) -> None:
        while True:
            request = await message(client[0])
            method, path = request.first[0], request.first[1]
            self.requests += 1
            self.uploads += method == "PUT"
            fault = self._fault(method, path) or Fault()
            await asyncio.sleep(fault.delay)
            if fault.status or fault.circles:
                client[1].write(instead(fault, path))
                continue
            if not await self._send(server, request, fault.cut == "request", fault.flip == "request"):
                return cut_off(client)
            answer = await message(server[0], method)
            if fault.late:
                return cut_off(client)
            if fault.digest:
                answer = answer.with_header("Digest", fault.digest)
            if not await self._send(client, answer, fault.cut == "answer", fault.flip == "answer"):
                return cut_off(client)
            if answer.header("Connection").lower() == "close":
                return None

    async def _send(self, way: Way, what: Message, cut: bool, flip: bool) -> bool:
        """Whether all of it was sent; the part before a cut has arrived."""
        if flip and what.body:
            what = Message(what.head, flipped(what.body, self.random.randrange(len(what.body))))
        data = what.head + what.body
        way[1].write(data[: self.random.randrange(len(data))] if cut else data)
        await way[1].drain()
        if cut:
            await asyncio.sleep(0.01)
            way[1].close()
        return not cut

    async def _bytes(self, client: Way, server: Way) -> None:
        fault = self._fault() or Fault()
        place = self.random.randrange(*fault.span)
        ways = (("request", client[0], server[1]), ("answer", server[0], client[1]))
        pumps = [
            asyncio.create_task(
                pump(reader, writer, place if fault.cut == name else None, place if fault.flip == name else None)
            )
            for name, reader, writer in ways
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for each in pumps:
            each.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: int | None, flip: int | None) -> None:
    """Pass bytes on until there are no more, or as many as `cut`; byte number `flip` has another bit."""
    passed = 0
    while data := await reader.read(1 << 16):
        if flip is not None and passed <= flip < passed + len(data):
            data = flipped(data, flip - passed)
        passed += len(data)
        if cut is not None and passed > cut:
            writer.write(data[: len(data) - (passed - cut)])
            return
        writer.write(data)
        await writer.drain()


async def message(reader: asyncio.StreamReader, method: str = "") -> Message:
    """A whole request, or the whole answer to a request of this `method`."""
    head = await reader.readuntil(b"\r\n\r\n")
    read = Message(head, b"")
    status = int(read.first[1]) if method else 0
    if method and status < 200:
        return await message(reader, method)
    if method == "HEAD" or status in (204, 304):
        return read
    if read.header("Transfer-Encoding").lower() == "chunked":
        return Message(head, await chunks(reader))
    if length := read.header("Content-Length"):
        return Message(head, await reader.readexactly(int(length)))
    return Message(head, await reader.read() if method else b"")


async def chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body as it is sent."""
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        body += line + await reader.readexactly(size + 2)
        if not size:
            return body


def instead(fault: Fault, path: str) -> bytes:
    """An answer that the server did not give."""
    headers = {"Content-Length": "0", **fault.headers, **({"Location": path} if fault.circles else {})}
    lines = [f"HTTP/1.1 {302 if fault.circles else fault.status} spoiled"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def cut_off(way: Way) -> None:
    way[1].transport.abort()


@contextmanager
def gate(behind: int, *, http: bool = True) -> Iterator[Gate]:
    """A gate in front of a port, which lets everything through until it is told otherwise."""
    with loop_beside() as loop:
        made = Gate(behind, http, loop)
        try:
            made.open()
            yield made
        finally:
            made.shut()

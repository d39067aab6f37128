"""A WebDAV server in this process that keeps its files in memory, and fails when it is told to."""

from __future__ import annotations

import asyncio
import posixpath
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

from aiohttp import web

from griddav.http.retry import Retry

QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)

MULTISTATUS = '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{}</D:multistatus>'
PREFIX = "/other/place"
RESPONSE = (
    "<D:response><D:href>{}</D:href><D:propstat><D:prop>{}</D:prop>"
    "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
)


@dataclass
class Fault:
    """What to do to the next `times` requests of a method: answer `status`, `replace` the body, cut it, or wait."""

    method: str
    status: int = 0
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    keep: int | None = None  # bytes of the true answer that are sent before the connection is cut
    empty: bool = False  # 200 with an empty body
    stall: bool = False  # it is not cut, but nothing more comes
    late: bool = False  # the request is obeyed, then the connection is cut without an answer
    endless: bool = False  # the body of an answer goes on for ever
    trickle: bool = False  # one byte of the body comes every 20 ms
    corrupt: bool = False  # one bit of an upload or a download is another
    longer: int = 0  # a download is whole, and has so many bytes more than the file, or fewer
    door: str = ""  # at the door or the pool only

    def meets(self, method: str, door: str) -> bool:
        return self.method == method and self.times > 0 and self.door in ("", door)


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    door: str
    method: str
    path: str
    headers: dict[str, str]


class Server:
    """Files and folders by path. `pool`: uploads and downloads are redirected to a second port, as dCache does it.

    A third port is another door to the same files, which lie below `PREFIX` there. `most_ranges`: of one request; a
    request for more is answered with the whole file. `checksums`: functions by the names that the server knows.
    `slow`: seconds between the reading of a listing and its sending. `etags`: downloads have an ETag. `lengths`: HEAD
    says how long a file is. `sent`: bytes of endless bodies.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, bytes | None] = {"/": None, "/store": None}
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self.name, self.token, self.pool = "test", "", False
        self.ports: dict[str, int] = {}
        self.most_ranges, self.slow = 100, 0.0
        self.etags, self.lengths, self.sent = False, True, 0
        self.checksums = {"adler32": lambda data: f"{zlib.adler32(data):08x}"}

    def url(self, scheme: str = "dav", door: str = "door") -> str:
        return f"{scheme}://127.0.0.1:{self.ports[door]}"

    def count(self, method: str) -> int:
        return sum(each.method == method for each in self.seen)

    async def door(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.answer(request, "door")

    async def behind(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.answer(request, "pool")

    async def elsewhere(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self.answer(request, "second")

    async def answer(self, request: web.BaseRequest, door: str) -> web.StreamResponse:
        path = here(request.rel_url.raw_path, door)
        self.seen.append(Seen(door, request.method, path, dict(request.headers)))
        fault = next((each for each in self.faults if each.meets(request.method, door)), None)
        if fault is not None:
            fault.times -= 1
            if fault.status:
                return web.Response(status=fault.status, headers=fault.headers)
            if fault.empty:
                return web.Response()
        if self.token and door != "pool" and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401)
        response = await self.obey(request, path, door, fault)
        if request.method == "PROPFIND" and self.slow:
            await asyncio.sleep(self.slow)
        response.headers.setdefault("Server", self.name)
        if fault is not None and (fault.endless or fault.trickle):
            return await self.drawn_out(request, response, fault)
        if fault is None or not (fault.late or fault.keep is not None):
            return response
        return await cut(request, response, fault)

    async def drawn_out(self, request: web.BaseRequest, response: web.Response, fault: Fault) -> web.StreamResponse:
        """The body goes on and on, or hardly comes."""
        headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
        part = web.StreamResponse(status=response.status, headers=headers)
        await part.prepare(request)
        body = response.body if isinstance(response.body, bytes) else b""
        while fault.endless:
            await part.write(bytes(1 << 16))
            self.sent += 1 << 16
        for place in range(len(body)):
            await part.write(body[place : place + 1])
            await asyncio.sleep(0.02)
        return part

    async def obey(self, request: web.BaseRequest, path: str, door: str, fault: Fault | None) -> web.Response:
        proxied = request.method == "PUT" and request.content_length == 0  # as dCache does it without Expect
        if self.pool and door != "pool" and request.method in ("PUT", "GET") and not proxied:
            return self.redirected(request, path)
        method = getattr(self, request.method.lower())
        body = b""
        if request.method in ("PUT", "PROPFIND"):
            if "Expect" in request.headers and request.transport is not None:
                request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = b"".join([piece async for piece in request.content.iter_any()])
        if fault is not None and fault.corrupt and request.method == "PUT":
            body = flipped(body)
        response: web.Response = method(request, path, body)
        if fault is not None and fault.corrupt and request.method == "GET" and isinstance(response.body, bytes):
            response.body = flipped(response.body)
        if fault is not None and fault.longer and isinstance(response.body, bytes):
            response.body = (response.body + bytes(max(0, fault.longer)))[: len(response.body) + fault.longer]
        return response

    def redirected(self, request: web.BaseRequest, path: str) -> web.Response:
        if request.method == "GET" and path not in self.nodes:
            return web.Response(status=404)
        if request.method == "PUT" and "Expect" not in request.headers:
            return web.Response(status=417)
        status = 307 if request.method == "PUT" else 302
        response = web.Response(status=status, headers={"Location": self.url("http", "pool") + quote(path)})
        response.force_close()
        return response

    def options(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        return web.Response(headers={"DAV": "1"})

    def propfind(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        if path not in self.nodes:
            return web.Response(status=404)
        inside = [name for name in self.nodes if posixpath.dirname(name) == path != name]
        names = [path, *(inside if request.headers["Depth"] == "1" and self.nodes[path] is None else [])]
        details = b"FileLocality" in body
        prefix = PREFIX if request.url.port == self.ports["second"] else ""
        text = MULTISTATUS.format("".join(self.described(name, details, prefix) for name in names))
        return web.Response(status=207, text=text, content_type="application/xml")

    def described(self, name: str, details: bool, prefix: str) -> str:
        data = self.nodes[name]
        name = prefix + name
        if data is None:
            return RESPONSE.format(escape(quote(name)) + "/", "<D:resourcetype><D:collection/></D:resourcetype>")
        properties = f"<D:resourcetype/><D:getcontentlength>{len(data)}</D:getcontentlength>"
        if details:
            properties += f"<Checksums>adler32={zlib.adler32(data):08x}</Checksums><FileLocality>ONLINE</FileLocality>"
        return RESPONSE.format(escape(quote(name)), properties)

    def get(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        data = self.nodes.get(path)
        if path not in self.nodes:
            return web.Response(status=404)
        if data is None:
            return web.Response(text="<html>a page for people</html>")
        digest = self.checksums.get(request.headers.get("Want-Digest", ""))
        headers = {"Digest": f"{request.headers['Want-Digest']}={digest(data)}"} if digest is not None else {}
        if self.etags:
            headers["ETag"] = f'"{zlib.crc32(data):08x}"'
        ranges = request.headers.get("Range", "").removeprefix("bytes=").split(",")
        if request.headers.get("If-Range", headers.get("ETag")) != headers.get("ETag"):
            ranges = [""]
        if ranges == [""] or len(ranges) > self.most_ranges:
            return web.Response(body=data, headers=headers)
        spans = [(int(first), min(int(last) + 1, len(data))) for first, last in (each.split("-") for each in ranges)]
        parts = [(f"bytes {start}-{end - 1}/{len(data)}", data[start:end]) for start, end in spans if start < len(data)]
        if not parts:
            return web.Response(status=416)
        if len(parts) == 1:
            return web.Response(status=206, body=parts[0][1], headers=headers | {"Content-Range": parts[0][0]})
        body = b"".join(b"--cut\r\nContent-Range: %s\r\n\r\n%s\r\n" % (name.encode(), part) for name, part in parts)
        headers["Content-Type"] = "multipart/byteranges; boundary=cut"
        return web.Response(status=206, body=body + b"--cut--\r\n", headers=headers)

    def head(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        response = self.get(request, path, body)
        if not self.lengths:
            response.enable_chunked_encoding()
        return response

    def put(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        if any(name.startswith("Content-") and name != "Content-Length" for name in request.headers):
            return web.Response(status=501)
        if self.nodes.get(posixpath.dirname(path), b"") is not None:
            return web.Response(status=409)
        self.nodes[path] = body
        return web.Response(status=201)

    def mkcol(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        if path in self.nodes:
            return web.Response(status=405)
        if posixpath.dirname(path) not in self.nodes:
            return web.Response(status=409)
        self.nodes[path] = None
        return web.Response(status=201)

    def delete(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        if path not in self.nodes:
            return web.Response(status=404)
        for name in self.below(path):
            del self.nodes[name]
        return web.Response(status=204)

    def move(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        target = self.target(request)
        if path not in self.nodes:
            return web.Response(status=404)
        if posixpath.dirname(target) not in self.nodes:
            return web.Response(status=409)
        if target in self.nodes and request.headers.get("Overwrite") == "F":
            return web.Response(status=412)
        for name in self.below(path):
            self.nodes[target + name.removeprefix(path)] = self.nodes.pop(name)
        return web.Response(status=201)

    def copy(self, request: web.BaseRequest, path: str, body: bytes) -> web.Response:
        target = self.target(request)
        if posixpath.dirname(target) not in self.nodes:
            return web.Response(status=409)
        self.nodes[target] = self.nodes[path]
        return web.Response(status=201)

    def target(self, request: web.BaseRequest) -> str:
        url = urlsplit(request.headers["Destination"])
        assert url.port == request.url.port
        return here(url.path, "second" if url.port == self.ports["second"] else "door")

    def below(self, path: str) -> list[str]:
        return [name for name in self.nodes if name == path or name.startswith(f"{path}/")]


def here(path: str, door: str) -> str:
    """The path of a file in the path of a URL."""
    text = unquote(path, errors="surrogateescape")
    assert door != "second" or f"{text}/".startswith(f"{PREFIX}/")
    return normal(text.removeprefix(PREFIX) if door == "second" else text)


def normal(path: str) -> str:
    return "/" + path.strip("/")


def flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


async def cut(request: web.BaseRequest, response: web.Response, fault: Fault) -> web.StreamResponse:
    assert request.transport is not None
    if fault.late:
        request.transport.abort()
        return response
    body = response.body if isinstance(response.body, bytes) else b""
    part = web.StreamResponse(status=response.status, headers={**response.headers, "Content-Length": str(len(body))})
    await part.prepare(request)
    await part.write(body[: fault.keep])
    await asyncio.sleep(1 if fault.stall else 0)
    request.transport.close()
    return part


@contextmanager
def running() -> Iterator[Server]:
    """A server with two doors and a pool on free ports of the loopback interface."""
    server, loop, up = Server(), asyncio.new_event_loop(), threading.Event()
    runners: list[web.ServerRunner] = []

    async def start() -> None:
        for name, handler in (("door", server.door), ("pool", server.behind), ("second", server.elsewhere)):
            runner = web.ServerRunner(web.Server(handler, access_log=None))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            server.ports[name] = runner.addresses[0][1]
            runners.append(runner)
        up.set()

    async def stop() -> None:
        for runner in runners:
            await runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(start(), loop)
    assert up.wait(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

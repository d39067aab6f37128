"""A double of dCache in this process: WebDAV door, pool (HTTP mover) and REST frontend, files in memory.

dCache itself comes in no package that could be installed for a test; what follows is taken from its source.

door  GET → 302 to a one-shot pool URL. PUT with Expect: 100-continue → the entry is made first (its size unknown), then
      307 to the pool and the connection closed; PUT without Expect → the door takes the body, 201. PUT on an existing
      file → 409 unless overwriting is on; If-None-Match: * → 412. MKCOL 201, 405, 409. MOVE onto an existing target:
      without Overwrite or with F → 412, with T → the target is removed first, 204; into a missing folder → 409. COPY
      with a remote Source or Destination → 202 and performance markers, without → 400. PROPFIND of depth 0, 1, and
      three levels for anything else; Checksums and FileLocality only where asked for. Digest for Want-Digest, of files.
      401 for strangers, 403 for those who may not; after three 401, 429. A failed listing is an empty one. Macaroons.
pool  needs dcache-http-uuid. A GET of a whole file uses it up: the next gets 307 to the door (dcache-http-ref), or 400.
      PUT with a Content-* header other than Length and MD5 → 501; 201 "N bytes uploaded", with Digest for Want-Digest;
      a wrong Content-MD5 → 400; a connection lost in a PUT → the entry is removed; a full pool → 507.
rest  /api/v1/namespace (GET with children, locality, checksum, qos, limit, offset; POST mkdir and mv; DELETE),
      /api/v1/bulk-requests (PIN, UNPIN, DELETE), /api/v1/tape (stage, release, archiveinfo) and
      /.well-known/wlcg-tape-rest-api, which the door has as well.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import Any

import ca
import double_door
import double_pool
import double_rest
from aiohttp import web
from double_files import Node
from double_state import Fault, Seen, Settings, State
from loop_beside import loop_beside

__all__ = ["Double", "Fault", "Seen", "Settings", "running"]

ANSWERS = {"door": double_door.answer, "pool": double_pool.answer, "rest": double_rest.answer}


class Double:
    """A dCache that runs. `url` is of its door (dav:// or davs://), `door` the same as http(s)://, `rest` the API's
    (…/api/v1), `ca` the file of the CA that signed its certificate (None without TLS).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, folder: Path | None) -> None:
        self.state, self._loop = State(), loop
        self._runners: list[web.ServerRunner] = []
        self._tls: ssl.SSLContext | None = None
        self.ca: Path | None = None
        if folder is not None:
            authority = ca.authority(folder / "ca")
            self.ca, host = authority.certificate, authority.server()
            self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._tls.load_cert_chain(host.certificate, host.key)
            self.state.trust = ssl.create_default_context(cafile=str(self.ca))
        self.state.files.add("/store", Node({}))

    @property
    def door(self) -> str:
        return self.state.origins["door"]

    @property
    def url(self) -> str:
        return self.door.replace("http", "dav", 1)

    @property
    def rest(self) -> str:
        return f"{self.state.origins['rest']}/api/v1"

    @property
    def settings(self) -> Settings:
        """What can be changed while it runs."""
        return self.state.settings

    @property
    def data(self) -> dict[str, bytes]:
        """The files that are whole: their bytes by path."""
        return {path: node.data for path, node in self.nodes().items() if not node.folder and node.size is not None}

    def nodes(self) -> dict[str, Node]:
        """Everything, with files that are being written and folders, by path."""

        async def walked() -> dict[str, Node]:
            return dict(self.state.files.walk())

        found: dict[str, Node] = self._run(walked())
        return found

    def write(self, path: str, data: bytes, locality: str = "ONLINE") -> None:
        """Put a file there, on disk or on tape (NEARLINE); folders above are made."""
        node = Node(locality=locality)
        node.fill(data)

        async def add() -> None:
            self.state.files.add(path, node)

        self._run(add())

    def damage(self, path: str, data: bytes) -> None:
        """Put other bytes in the place of a file's, in its pool: dCache goes on with the checksum that it knows."""

        async def change() -> None:
            node = self.state.files[path]
            node.stated, node.data, node.size = node.adler32(), data, len(data)

        self._run(change())

    def remove(self, path: str) -> None:
        """Take a file, or a folder with all that it holds, away."""

        async def take() -> None:
            self.state.files.remove(path)

        self._run(take())

    def faults(self, *faults: Fault) -> None:
        """Play these, after those that are still left."""
        self.state.faults += faults

    def log(self) -> list[Seen]:
        """The requests since the last time that this was asked."""
        seen = self.state.seen[:]
        del self.state.seen[: len(seen)]
        return seen

    def count(self, method: str, where: str = "") -> int:
        """Requests of a method so far; the log keeps them."""
        return sum(each.method == method and where in ("", each.where) for each in self.state.seen)

    def start(self) -> None:
        """Listen, after a `stop` on the same ports and with the same files."""
        self._run(self._start())

    def stop(self) -> None:
        """Cut all connections and listen no more; files stay."""
        self._run(self._stop())

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    async def _start(self) -> None:
        scheme = "http" if self._tls is None else "https"
        for where in ANSWERS:
            runner = web.ServerRunner(web.Server(self._handler(where), access_log=None, keepalive_timeout=300.0))
            await runner.setup()
            old = self.state.origins.get(where)
            port = int(old.rpartition(":")[2]) if old else 0
            await web.TCPSite(runner, "127.0.0.1", port, ssl_context=self._tls, reuse_address=True).start()
            self.state.origins[where] = f"{scheme}://127.0.0.1:{runner.addresses[0][1]}"
            self._runners.append(runner)

    async def _stop(self) -> None:
        for runner in self._runners:
            for connection in list(runner.server.connections if runner.server is not None else ()):
                if connection.transport is not None:
                    connection.transport.abort()
            await runner.cleanup()
        self._runners.clear()

    def _handler(self, where: str) -> Any:
        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            return await answered(self.state, where, request)

        return answer


async def answered(state: State, where: str, request: web.BaseRequest) -> web.StreamResponse:
    """One request at one of the three ports: logged, perhaps refused or spoiled, else obeyed."""
    state.seen.append(Seen(where, request.method, request.rel_url.raw_path_qs, dict(request.headers)))
    fault = state.fault(request.method, where, request.path)
    await asyncio.sleep(fault.delay)
    try:
        response = (
            spoiled(request, fault) or state.refusal(request, where) or await obeyed(state, where, request, fault)
        )
    except ConnectionResetError:
        return web.Response()  # nobody is there to hear it
    if fault.late and request.transport is not None:
        request.transport.abort()
    if not response.prepared:
        response.headers.setdefault("Server", "dCache/11.2.0-double")
        response.headers["Date"] = formatdate(state.time(), usegmt=True)
    return response


def spoiled(request: web.BaseRequest, fault: Fault) -> web.Response | None:
    """The answer of a fault that obeys nothing."""
    if fault.drop and request.transport is not None:
        request.transport.abort()
        raise ConnectionResetError
    if not fault.status and not fault.empty:
        return None
    response = web.Response(status=fault.status or 200, headers=fault.headers)
    if request.method == "PUT":
        response.force_close()
    return response


async def obeyed(state: State, where: str, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
    if request.path == "/.well-known/wlcg-tape-rest-api":
        where = "rest"
    try:
        return await ANSWERS[where](state, request, fault)
    except KeyError:
        return web.Response(status=404)


@contextmanager
def running(folder: Path | None = None) -> Iterator[Double]:
    """A double on three free ports of the loopback interface; over TLS, with certificates made in `folder`, if given.

    It holds the empty folder /store.
    """
    with loop_beside() as loop:
        double = Double(loop, folder)
        try:
            double.start()
            yield double
        finally:
            double.stop()

"""Connections: one pool for each event loop and process, bounded per host, over TLS that is checked."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import ssl
import time
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from griddav.auth.last_good import UnreadableError
from griddav.auth.token_or_password import Credentials
from griddav.auth.x509 import Certificate, certificate_of

GRID_CERTIFICATES = "/etc/grid-security/certificates"
READ_BUFFER = 1 << 20  # bytes
LONGEST_TO_CONNECT, LONGEST_TO_ANSWER = 15.0, 60.0  # seconds
PART_OF_DEADLINE, SHORTEST = 2 / 3, 2.0  # of the deadline; seconds: a server that is only slow needs them
SECONDS_TRUSTED = 1.0  # seconds: so long a renewed proxy may go unnoticed


def timeouts(deadline: float) -> dict[str, float]:
    """How long one attempt waits at most, in seconds, so that a server that hangs is asked a second time before the
    deadline.
    """
    most = max(SHORTEST, deadline * PART_OF_DEADLINE)
    return {"connect_timeout": min(LONGEST_TO_CONNECT, most), "read_timeout": min(LONGEST_TO_ANSWER, most)}


@dataclass(frozen=True)
class Connection:
    """How to connect. `ca` is a file or a folder of CA certificates, `certificate` a file with certificate and key
    (or an X509 proxy), `key` the key where it is a file of its own; times are in seconds. Without a certificate, and
    where `credentials` have nothing to show, grid tools' is used.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    credentials: Credentials | None = None
    per_host: int = 32
    connect_timeout: float = LONGEST_TO_CONNECT
    read_timeout: float = LONGEST_TO_ANSWER
    least_speed: float = 1000.0  # bytes per second, over `read_timeout`

    @property
    def authorities(self) -> str:
        """The file or folder of CA certificates."""
        return self.ca or os.environ.get("X509_CERT_DIR") or GRID_CERTIFICATES

    def state(self) -> object:
        """What changes when the files do that a context is made from."""
        own = self.own()
        with contextlib.suppress(OSError):
            found = Path(self.authorities).stat()
            return None if own is None else own.state(), found.st_ino, found.st_size, found.st_mtime_ns
        return (None if own is None else own.state(),)

    def tls(self) -> tuple[ssl.SSLContext, float]:
        """A context that checks the server's certificate and name, and when our own certificate ends.

        Raises `UnreadableError` for CAs that cannot be read, and as `Certificate.load` does.
        """
        context = ssl.create_default_context()
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # many CAs of the grid predate it; Python 3.13 switches it on
        folder = self.authorities
        try:
            if Path(folder).is_dir():
                context.load_verify_locations(capath=folder)
            elif self.ca:
                context.load_verify_locations(cafile=self.ca)
        except OSError as error:  # a missing CA is no missing file of the store
            what = f"the CA certificates cannot be read: {error.strerror or error}"
            raise UnreadableError(what, folder, "give a file or folder of CA certificates (ca=…)") from error
        own = self.own()
        return context, math.inf if own is None else own.load(context).timestamp()

    def own(self) -> Certificate | None:
        """The certificate that is shown to a server that asks for one."""
        return certificate_of(self.certificate, self.key, self.credentials)


class Sessions:
    """The session of the running event loop. A fork gets one of its own and leaves its parent's connections alone."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sessions: dict[tuple[int, int], tuple[weakref.ref[Any], aiohttp.ClientSession]] = {}
        self._tls: tuple[object, ssl.SSLContext, float] | None = None
        self._looked = 0.0
        self._users: weakref.WeakKeyDictionary[aiohttp.ClientSession, int] = weakref.WeakKeyDictionary()
        self._gates: weakref.WeakKeyDictionary[Any, dict[str, asyncio.Semaphore]] = weakref.WeakKeyDictionary()
        weakref.finalize(self, close_all, self._sessions)

    def get(self) -> aiohttp.ClientSession:
        """To be called in a coroutine."""
        loop = asyncio.get_running_loop()
        key = (os.getpid(), id(loop))
        known = self._sessions.get(key)
        if known is not None and known[0]() is loop and not known[1].closed:
            return known[1]
        session = self._open()
        self._sessions[key] = (weakref.ref(loop), session)
        return session

    def gate(self, origin: str) -> asyncio.Semaphore:
        """To be passed before a request to a server gets its credentials: those who wait here get the present ones.

        Who waits for a connection has them already, and would still send what the server refused meanwhile.
        """
        gates = self._gates.setdefault(asyncio.get_running_loop(), {})
        return gates.setdefault(origin, asyncio.Semaphore(self.connection.per_host))

    def tls(self) -> ssl.SSLContext:
        """The context of all connections over TLS; made when the first one is, as reading the CAs takes a while, and
        again when a proxy or a CA was renewed. Where a file is caught while it is written, the last context goes on
        while our certificate is valid.
        """
        now = time.monotonic()
        if self._tls is not None and now < self._looked + SECONDS_TRUSTED:
            return self._tls[1]
        try:
            state = self.connection.state()
            if self._tls is None or self._tls[0] != state:
                self._tls = state, *self.connection.tls()
        except UnreadableError:
            if self._tls is None or self._tls[2] < time.time():
                raise
        self._looked = now
        return self._tls[1]

    def renewed(self) -> bool:
        """Whether a proxy or a CA is another than that of the present context, which is then made anew."""
        with contextlib.suppress(UnreadableError):
            if self._tls is not None and self._tls[0] != self.connection.state():
                self._looked = -math.inf
                return True
        return False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The session, for one request, which nobody closes meanwhile."""
        session = self.get()
        self._users[session] = self._users.get(session, 0) + 1
        try:
            yield session
        finally:
            self._users[session] -= 1

    async def close(self) -> None:
        """Close the session of the running event loop, unless it is in use: others have the same file system."""
        key = (os.getpid(), id(asyncio.get_running_loop()))
        known = self._sessions.get(key)
        if known is not None and not self._users.get(known[1]):
            del self._sessions[key]
            await known[1].close()

    def _open(self) -> aiohttp.ClientSession:
        # No environment: aiohttp would send passwords of ~/.netrc. No cookies: a store is not a web site.
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=self.connection.per_host),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self.connection.connect_timeout, sock_read=self.connection.read_timeout
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Content-Type", "Accept-Encoding"),
            read_bufsize=READ_BUFFER,
            trust_env=False,
        )  # fmt: skip
        session._retry_connection = False  # aiohttp would repeat by itself, unseen, with a body that is used up
        return session


def close_all(sessions: dict[tuple[int, int], tuple[weakref.ref[Any], aiohttp.ClientSession]]) -> None:
    """Close the sessions of this process, each in its own loop where that still runs."""
    for (process, _), (reference, session) in list(sessions.items()):
        loop = reference()
        if process != os.getpid() or session.closed:
            continue
        if loop is not None and loop.is_running():
            with contextlib.suppress(RuntimeError):  # the loop was closed in this very moment
                asyncio.run_coroutine_threadsafe(session.close(), loop)
        elif session.connector is not None:
            session.connector._close()  # the sockets, without a loop; aiohttp has no public name for it
    sessions.clear()

"""Connections: one pool for each event loop and process, bounded per host, over TLS that is checked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

GRID_CERTIFICATES = "/etc/grid-security/certificates"
READ_BUFFER = 1 << 20  # bytes


@dataclass(frozen=True)
class Connection:
    """How to connect. `ca` is a file or a folder of CA certificates, `certificate` a file with certificate and key
    (or an X509 proxy), `key` the key where it is a file of its own; times are in seconds.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    per_host: int = 32
    connect_timeout: float = 15.0
    read_timeout: float = 60.0

    def tls(self) -> ssl.SSLContext:
        """A context that checks the server's certificate and name. Raises `OSError` for files that do not do."""
        context = ssl.create_default_context()
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # many CAs of the grid predate it; Python 3.13 switches it on
        folder = self.ca or os.environ.get("X509_CERT_DIR") or GRID_CERTIFICATES
        if Path(folder).is_dir():
            context.load_verify_locations(capath=folder)
        elif self.ca:
            context.load_verify_locations(cafile=self.ca)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        return context


class Sessions:
    """The session of the running event loop. A fork gets one of its own and leaves its parent's connections alone."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sessions: dict[tuple[int, int], tuple[weakref.ref[Any], aiohttp.ClientSession]] = {}
        self._tls: ssl.SSLContext | None = None
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

    def tls(self) -> ssl.SSLContext:
        """The context of all connections over TLS; made when the first one is, as reading the CAs takes a while."""
        if self._tls is None:
            self._tls = self.connection.tls()
        return self._tls

    async def close(self) -> None:
        """Close the session of the running event loop."""
        known = self._sessions.pop((os.getpid(), id(asyncio.get_running_loop())), None)
        if known is not None:
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

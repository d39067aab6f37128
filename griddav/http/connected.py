"""What a file system needs before it does anything: options, URLs, connections and an event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from fsspec.asyn import AsyncFileSystem, get_loop, sync

from griddav.auth.credentials import credentials
from griddav.http.doors import DoorUrls
from griddav.http.names import path_of
from griddav.http.profile import PROFILES
from griddav.http.request import Client
from griddav.http.retry import Retry
from griddav.http.session import Connection, Sessions
from griddav.listing.cache import Known

SECRETS = ("password", "token")


class Connected(AsyncFileSystem):  # type: ignore[misc]
    """A file system with a WebDAV client.

    `base_url`: `davs://host:port` (TLS) or `dav://host:port`, perhaps with a folder behind it, which is the root then.
    `doors`: other base URLs of the same files, asked where one is down: a list, or lists by operation (read, write,
    list). `token`, `token_file`: a bearer token; with none given, WLCG's token discovery. `user` with `password`,
    `password_file` or `password_variable` (its name in the environment): basic authentication. `ca`: file or folder of
    CA certificates. `certificate`, `key`: of the client, or an X509 proxy; without a token, grid tools' are found.
    `profile`: dcache, xrootd, storm or plain; found out if not given. `trusted`: origins that may see the credentials
    after a redirect. `connections`: the most per host. `requests_per_second`: the most, of this process.
    `least_speed`: bytes per second, over a minute, below which a download is broken off, to be tried again.
    `use_listings_cache`: listings are kept, for `listings_expiry_time` seconds (None: always), `max_paths` of them.
    """

    protocol = ("davs", "dav")
    root_marker = "/"

    def __init__(
        self, base_url: str, *, doors: DoorUrls = (), token: str | None = None, token_file: str | None = None,
        user: str | None = None, password: str | None = None, password_file: str | None = None,
        password_variable: str | None = None, ca: str | None = None, certificate: str | None = None,
        key: str | None = None, profile: str | None = None, trusted: Iterable[str] = (), connections: int = 32,
        requests_per_second: float | None = None, least_speed: float = 1000.0, retry: Retry | None = None,
        use_listings_cache: bool = False,
        listings_expiry_time: float | None = None, max_paths: int | None = None, **options: Any,
    ) -> None:  # fmt: skip
        # More at once would only wait for connections, and what fsspec does for each grows with their number.
        super().__init__(use_listings_cache=False, **{"batch_size": 4 * connections, **options})
        who = credentials(token, token_file, user, password, password_file, password_variable)
        self.client = Client(
            base_url, Sessions(Connection(ca, certificate, key, who, connections, least_speed=least_speed)), who,
            retry or Retry(), frozenset(trusted), PROFILES[profile] if profile is not None else None,
            doors, requests_per_second,
        )  # fmt: skip
        home = self.client.doors.home
        self.base_url = f"{base_url.partition('://')[0]}://{home.origin.partition('://')[2]}{home.prefix}"
        self.known = Known(use_listings_cache, listings_expiry_time, max_paths)
        if any(door.prefix for door in self.client.doors.all):
            self._strip_protocol = self._below_base  # type: ignore[method-assign]  # a URL of this store holds its root as well

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """fsspec's loop; a forked process gets a new one, and connections of its own."""
        if self._pid != os.getpid():
            self._pid: int = os.getpid()
            self.known.forget()  # what our parent writes from now on, we do not see
            self._loop: Any = None if self.asynchronous else get_loop()
        loop: asyncio.AbstractEventLoop = self._loop
        return loop

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return path_of(os.fspath(path))

    def _below_base(self, path: Any) -> Any:
        if isinstance(path, list):
            return [self._below_base(each) for each in path]
        return self.client.doors.path_of(os.fspath(path))

    @staticmethod
    def _get_kwargs_from_urls(url: str) -> dict[str, str]:
        scheme, _, rest = url.partition("://")
        parts = urlsplit(f"{scheme}://{rest.partition('/')[0]}")
        found = {"base_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}"}
        if parts.username:
            found |= {"user": unquote(parts.username), "password": unquote(parts.password or "")}
        return found

    def unstrip_protocol(self, name: str) -> str:
        """The URL of a path, with the server in it."""
        return self.base_url + str(self._strip_protocol(name))

    def to_dict(self, *, include_password: bool = True) -> dict[str, Any]:
        """As fsspec has it; a token counts as a password."""
        found: dict[str, Any] = super().to_dict(include_password=include_password)
        return found if include_password else {name: value for name, value in found.items() if name not in SECRETS}

    def close(self) -> None:
        """Close the connections; the next request opens new ones."""
        sync(self.loop, self.client.sessions.close)

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings: of a folder, the one it lies in and all below, or everything."""
        if path is None:
            self.known.forget()
            return
        self.known.forget(self._strip_protocol(path))
        self.known.forget_one(self._parent(path))

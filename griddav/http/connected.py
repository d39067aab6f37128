"""What a file system needs before it does anything: options, URLs, connections and an event loop."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

from fsspec.asyn import AsyncFileSystem, get_loop, sync

from griddav.auth.token_or_password import credentials
from griddav.http.doors import DoorUrls
from griddav.http.names import path_of
from griddav.http.profile import PROFILES
from griddav.http.request import Client
from griddav.http.retry import Retry
from griddav.http.session import Connection, Sessions, timeouts
from griddav.listing.cache import ListingCache
from griddav.options import ASYNC, OPTIONS, read, refuse_unknown

SECRETS = frozenset(name for name, each in OPTIONS.items() if each.secret)


class Connected(AsyncFileSystem):  # type: ignore[misc]
    """A file system with a WebDAV client.

    `base_url`: `davs://host:port` (TLS) or `dav://host:port`, perhaps with a folder behind it, which is the root then.
    `doors`: other base URLs of the same files, asked where one is down: a list, or lists by operation (read, write,
    list). `retry`: pauses between attempts, in place of `attempts` and `deadline`. All others are in `griddav.options`.
    """

    known_options = frozenset({name for name, each in OPTIONS.items() if not each.dcache} | ASYNC)
    protocol = ("davs", "dav")
    root_marker = "/"

    def __init__(
        self, base_url: str | None = None, *, doors: DoorUrls = (), retry: Retry | None = None, **options: Any
    ) -> None:  # fmt: skip
        refuse_unknown(options, self.known_options)
        if base_url is None:
            raise TypeError("give the server: base_url='davs://host:port', or a URL such as davs://host:port/path")
        of_server = {name: options.pop(name) for name in list(options) if name in OPTIONS}
        given = read({name: value for name, value in of_server.items() if not OPTIONS[name].dcache})
        # More at once would only wait for connections, and what fsspec does for each grows with their number.
        super().__init__(use_listings_cache=False, **{"batch_size": 4 * given.connections, **options})
        who = credentials(
            given.token, given.token_file, given.user, given.password, given.password_file, given.password_variable
        )
        retry = retry or Retry(given.attempts, deadline=given.deadline)
        connection = Connection(
            given.ca, given.certificate, given.key, who, given.connections, least_speed=given.least_speed,
            **timeouts(retry.deadline),
        )  # fmt: skip
        self.client = Client(
            base_url, Sessions(connection), who, retry, frozenset(given.trusted),
            PROFILES[given.profile] if given.profile is not None else None, doors, given.requests_per_second,
        )  # fmt: skip
        home = self.client.doors.home
        self.base_url = f"{base_url.partition('://')[0]}://{home.origin.partition('://')[2]}{home.prefix}"
        self.listings = ListingCache(given.use_listings_cache, given.listings_expiry_time, given.max_paths)
        if any(door.prefix for door in self.client.doors.all):
            self._strip_protocol = self._below_base  # type: ignore[method-assign]  # a URL of this store holds its root as well

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """fsspec's loop; a forked process gets a new one, and connections of its own."""
        if self._pid != os.getpid():
            self._pid: int = os.getpid()
            self.listings.forget()  # what our parent writes from now on, we do not see
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
        """Close the connections that nobody uses; the next request opens new ones.

        uproot closes file systems when Python ends: the thread of the event loop is gone then, and with it whoever
        could close anything. The connections end with the process.
        """
        if not sys.is_finalizing():
            sync(self.loop, self.client.sessions.close)

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings: of a folder, the one it lies in and all below, or everything."""
        if path is None:
            self.listings.forget()
            return
        self.listings.forget(self._strip_protocol(path))
        self.listings.forget_one(self._parent(path))

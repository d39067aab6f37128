"""What a URL of a store means, however it is written: two spellings of one place are equal."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
WEBDAV = frozenset({"dav", "davs", "http", "https", "dcache"})
"""Schemes that lead to the same files of a server: each port has one of them."""
PORTS = {
    "dav": 80,
    "http": 80,
    "davs": 443,
    "https": 443,
    "dcache": 443,
    "root": 1094,
    "roots": 1094,
    "xroot": 1094,
    "xroots": 1094,
}
SAME = {"roots": "root", "xroot": "root", "xroots": "root", "s3a": "s3", "gcs": "gs"}
BUCKETS = frozenset({"s3", "gs", "az", "abfs"})
"""Schemes whose servers are private places: a bucket, a container."""


@dataclass(frozen=True)
class Address:
    """A place on a server: `server` is its host, with the port where that is not the usual one, and `path` its parts.

    Without user, and without what tells the doors of one server from each other (TLS or not, WebDAV or dCache's own).
    A path is taken as it stands: `%` is a letter.
    """

    server: str
    path: tuple[str, ...]

    def below(self, folder: Address) -> str | None:
        """The path from a folder to here, empty for the folder itself; None for what lies elsewhere."""
        depth = len(folder.path)
        if self.server != folder.server or self.path[:depth] != folder.path:
            return None
        return "/".join(self.path[depth:])

    @property
    def is_whole_server(self) -> bool:
        """Whether it is the root of a server, under which lies what belongs to others too."""
        return not self.path and scheme_of(self.server) not in BUCKETS


def is_url(text: str) -> bool:
    """Whether a text names something on a server, or with `file://` on this machine, and is no path."""
    return SCHEME.match(text) is not None


def scheme_of(url: str) -> str:
    """The scheme of a URL, as people write it; empty for a path."""
    found = SCHEME.match(url)
    return found[1] if found else ""


def without_scheme(url: str) -> str:
    """Server and path of a URL; a path as it is."""
    return SCHEME.sub("", url, count=1) if is_url(url) else url


def root_of_server(url: str) -> str:
    """The URL of the whole server."""
    return f"{scheme_of(url)}://{without_scheme(url).partition('/')[0]}"


@functools.lru_cache(maxsize=4096)
def address_of(url: str) -> Address:
    """The address that a URL means."""
    scheme = scheme_of(url).lower()
    authority, _, path = without_scheme(url).partition("/")
    parts = tuple(part for part in path.split("/") if part)
    if scheme in BUCKETS or SAME.get(scheme) in BUCKETS:
        return Address(f"{SAME.get(scheme, scheme)}://{authority}", parts)
    host, port = host_and_port(authority)
    if scheme == "dcache" and port is None:  # all of it is a path at the door that dCache's own settings name
        return Address("dcache://", (authority, *parts) if authority else parts)
    shown = f"[{host}]" if ":" in host else host
    server = shown if port in (None, PORTS.get(scheme)) else f"{shown}:{port}"
    return Address(server if scheme in WEBDAV else f"{SAME.get(scheme, scheme)}://{server}", parts)


def host_and_port(authority: str) -> tuple[str, int | None]:
    """Of `user@Host:2880`, `host` and 2880. What is no number of a port stays part of the host."""
    parts = urlsplit(f"//{authority}")
    try:
        return (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return authority.lower(), None

"""URLs of dCache: `dcache://host:port/path` names the door; without a port all of it is a path, as dcachefs has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Never
from urllib.parse import unquote, urlsplit

from griddav.http.doors import DoorUrls

SCHEME = "dcache://"
NOWHERE = "https://no-door.invalid"  # a name that no server has (RFC 6761)
SERVER = re.compile(r"(?:[^/@]*@)?(?:[^/@:\[\]]+|\[[0-9A-Fa-f:.]+\]):\d+")


class NoDoor:
    """Stands for the client of a file system that was told no door: whatever is asked of it raises `ValueError`."""

    def __getattr__(self, name: str) -> Never:
        raise ValueError("give the WebDAV door: dcache://host:port/path, or webdav_url='https://host:port'")


def split_url(url: str) -> tuple[str | None, str]:
    """The server in a `dcache://` URL (None without one) and the path, which is taken as it stands."""
    rest = url.removeprefix(SCHEME)
    server, _, path = rest.partition("/")
    return (server, f"/{path}") if SERVER.fullmatch(server) else (None, rest)


def door_url(url: str) -> str:
    """The address at the door of a `dcache://` URL with a server, the path of one without; others as they are."""
    if not url.startswith(SCHEME):
        return url
    server, path = split_url(url)
    return path if server is None else f"https://{server.rpartition('@')[2]}{path}"


def door_urls(doors: DoorUrls) -> DoorUrls:
    """Other doors, a list or lists by operation, with the addresses of `dcache://` URLs."""
    if isinstance(doors, Mapping):
        return {operation: [door_url(each) for each in urls] for operation, urls in doors.items()}
    return doors if isinstance(doors, str) else [door_url(each) for each in doors]


def options_of(url: str) -> dict[str, str]:
    """Options that stand in a URL: the door's address (over TLS), user and password."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return {}
    server = split_url(url)[0] if scheme == "dcache" else rest.partition("/")[0]
    if not server:
        return {}
    parts = urlsplit(f"//{server}")
    secure = scheme in ("dcache", "davs", "https")
    found = {"webdav_url": f"{'https' if secure else 'http'}://{server.rpartition('@')[2]}"}
    if parts.username:
        found |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return found


def shown(origin: str, path: str) -> str:
    """The URL of a path at a door: `dcache://host:port/path`, or `dav://…` for a door without TLS."""
    scheme, _, server = origin.partition("://")
    if scheme == "http":
        return f"dav://{server}{path}"
    return SCHEME + (server if SERVER.fullmatch(server) else f"{server}:443") + path

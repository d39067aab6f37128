"""What is there: the properties of a file or folder, and all entries of a folder by one PROPFIND."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import aiohttp

from griddav.http.arriving import arriving
from griddav.http.concurrency import concurrently
from griddav.http.names import parent, path_of_href, without
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.listing.multistatus import Multistatus, MultistatusError, ResponseEntry, question

HEADERS = {"Content-Type": "application/xml; charset=utf-8"}

Info = dict[str, Any]
T = TypeVar("T")


class Parser(Protocol[T]):
    """Takes a listing in pieces. Both methods raise `MultistatusError`."""

    def feed(self, data: bytes) -> None: ...

    def close(self) -> list[T]: ...


async def info(client: Client, path: str) -> Info:
    """Properties of one path. Raises `FileNotFoundError`, and `GridDavError` where there is no clear answer."""
    return (await propfind(client, path, "0"))[path]


async def entries(client: Client, path: str, details: bool = False) -> list[Info]:
    """All entries of a folder, sorted by name; of a file, the file itself. Raises as `info` does."""
    found = await propfind(client, path, "1", details)
    own = found.pop(path)
    if own["type"] == "file":
        return [own]
    strange = next((name for name in found if parent(name) != path), None)
    if strange is not None:
        raise client.unavailable(path, f"the server's listing holds a path of another folder: {strange}")
    if any("/." in name and name.rpartition("/")[2].startswith(".") for name in found):
        client.dot_names = True  # whatever stands before the server (nginx as a proxy)
    return [found[name] for name in sorted(found)]


async def propfind(client: Client, path: str, depth: str, details: bool = False) -> dict[str, Info]:
    """The listing of one request, by name.

    An answer that says nothing about `path` itself is a failure, never an empty folder or a missing file.
    """
    details = (details or depth == "0") and (await client.profile()).details

    async def read(response: aiohttp.ClientResponse) -> dict[str, Info]:
        found = await parsed(client, response, Multistatus())
        describe = partial(described, (await client.profile()).encodes, client.prefix_of(response))
        listing = {each["name"]: each for each in map(describe, found)}
        if path not in listing:
            raise TransientError("the server's listing does not hold the path that was asked for")
        return listing

    headers, body = HEADERS | {"Depth": depth}, question(details)
    return (await client.request("PROPFIND", path, headers=headers, body=body, read=read)).value


async def parsed(client: Client, response: aiohttp.ClientResponse, parser: Parser[T]) -> list[T]:
    """What the parser finds in the body. Raises `TransientError` for what is no whole listing."""
    try:
        async for piece in arriving(response, client.speed()):
            parser.feed(piece)
        if response.status != 207:
            raise TransientError(f"the server answered {response.status} in place of a listing")
        return parser.close()
    except MultistatusError as error:
        raise TransientError(str(error)) from error


def described(encodes: bool, prefix: str, entry: ResponseEntry) -> Info:
    """An entry as fsspec describes files. Raises `TransientError` for one that the server says too little about."""
    name = without(prefix, path_of_href(entry.href, encodes))
    if entry.status >= 300:
        raise TransientError(f"the server's listing answers {entry.status} for {name}")
    if "/../" in f"{name}/" or "/./" in f"{name}/" or "\0" in name:
        raise TransientError("the server's listing holds a name that is none")
    return {
        "name": name,
        "size": 0 if entry.folder else entry.size,  # None: it is being written (dCache)
        "type": "directory" if entry.folder else "file",
        "mtime": entry.modified,
        "etag": entry.etag,
        "checksums": dict(entry.checksums),
        "locality": entry.locality,
    }


async def exists(client: Client, path: str) -> bool:
    """Whether there is a file or folder. Raises `GridDavError` when the question failed."""
    try:
        await info(client, path)
    except FileNotFoundError:
        return False
    return True


async def tree(listed: Callable[[str], Awaitable[list[Info]]], path: str, depth: int | None) -> dict[str, Info]:
    """Everything under a folder down to `depth` levels, by name; all folders of a level are listed at once.

    `listed` gives the entries of a folder. A folder that vanishes meanwhile holds nothing. Raises
    `FileNotFoundError` where `path` is missing.
    """

    async def listed_or_nothing(folder: str) -> list[Info]:
        try:
            return await listed(folder)
        except FileNotFoundError:
            return []

    found = {each["name"]: each for each in await listed(path)}
    level = [each for each in found.values() if each["type"] == "directory"]
    while level and (depth is None or (depth := depth - 1) > 0):
        listings = await concurrently(listed_or_nothing(each["name"]) for each in level)
        level = [each for listing in listings for each in listing if each["type"] == "directory"]
        found |= {each["name"]: each for listing in listings for each in listing}
    return found

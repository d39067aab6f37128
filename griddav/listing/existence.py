"""Which of many names exist: one listing for each folder, all at once, and no question about single files."""

from __future__ import annotations

import re
from collections.abc import Iterable

import aiohttp

from griddav.http.concurrency import concurrently
from griddav.http.names import parent, path_of_href, quoted, without
from griddav.http.request import Client
from griddav.http.retry import TransientError
from griddav.listing.hrefs import Hrefs
from griddav.listing.multistatus import question
from griddav.listing.properties import HEADERS, exists, parsed

PLAIN = re.compile(r"[A-Za-z0-9\-._~!$'()*+,;=:@]+/?")  # a last part of an href that stands for itself


async def names_in(client: Client, folders: Iterable[str]) -> dict[str, frozenset[str]]:
    """The names of all that lies in each folder; a folder that is missing, or a file, holds none.

    dCache answers a listing that failed with an empty one: see `confirm`. Raises `GridDavError` where a folder
    cannot be listed.
    """
    wanted = list(dict.fromkeys(folders))
    return dict(zip(wanted, await concurrently(names(client, folder) for folder in wanted), strict=True))


async def confirm(client: Client, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths, absent from an *empty* listing, that are there all the same.

    Where empty listings can be believed, nothing is asked. Raises `GridDavError`.
    """
    wanted = list(dict.fromkeys(paths))
    if not wanted or (await client.profile()).lists_reliably:
        return frozenset()
    present = await concurrently(exists(client, path) for path in wanted)
    return frozenset(path for path, found in zip(wanted, present, strict=True) if found)


async def names(client: Client, folder: str) -> frozenset[str]:
    """The names in one folder. Raises as `names_in`."""
    return await listed(client, folder) or frozenset()


async def listed(client: Client, folder: str, refusals: frozenset[int] = frozenset()) -> frozenset[str] | None:
    """The names in one folder; None where the server answers with one of the `refusals`. Raises as `names_in`."""

    async def read(response: aiohttp.ClientResponse) -> frozenset[str] | None:
        if response.status in refusals:
            return None
        hrefs = await parsed(client, response, Hrefs())
        profile = await client.profile()  # the answer said it: asking before would cost a round trip
        return names_of(hrefs, client.prefix_of(response), folder, profile.encodes)

    try:
        headers, body = HEADERS | {"Depth": "1"}, question(names_only=True)
        return (
            await client.request("PROPFIND", folder, headers=headers, body=body, expected=refusals, read=read)
        ).value
    except FileNotFoundError:
        return frozenset()


def names_of(hrefs: list[str], prefix: str, folder: str, encodes: bool) -> frozenset[str]:
    """The last parts of a listing's hrefs. Raises `TransientError` where the folder itself is not among them, or a
    path of another folder is.
    """
    found, own = set(), False
    start = f"{prefix}{folder}".rstrip("/") + "/"
    start = quoted(start) if encodes else start
    length = len(start)
    for href in hrefs:
        if href.startswith(start) and PLAIN.fullmatch(href, length):
            found.add(href[length:].rstrip("/"))
            continue
        path = without(prefix, path_of_href(href, encodes))
        if path == folder:
            own = True
        elif parent(path) != folder or "\0" in path:
            raise TransientError("the server's listing holds a path of another folder")
        else:
            found.add(path[path.rindex("/") + 1 :])
    if not own or not found.isdisjoint((".", "..")):
        raise TransientError("the server's listing does not hold the folder that was asked for, or names that are none")
    return frozenset(found)

"""MOVE within a server, which removes nothing that was not named.

`Overwrite: T` makes a server remove whatever has the name, a folder with all that it holds (RFC 4918, 9.9.3: apache,
rclone, dCache). So `Overwrite: F` comes first, and T only onto what is known to be a file; where the server obeys
conditions, only while it is that very file. rclone removes what has the name before it looks whether there is anything
to move: a MOVE with T is repeated only while its source is there.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

import aiohttp

from griddav.http.request import Answer, Client, drain
from griddav.http.retry import TransientError
from griddav.listing.properties import Info, exists, info

TAKEN = frozenset({409, 412})  # 409: the word of nginx and XRootD for a folder that has the name
TRIES = 3


async def move(client: Client, source: str, target: str) -> Answer[None]:
    """MOVE to a name that is free; the status may be 404, 409 or 412.

    A server that does not obey `Overwrite: F` (XRootD) puts a file in place of a file, and refuses a folder. It
    says 500 where a folder would take the place of one that holds something: after a failure, the name is looked at.
    """

    async def look_again() -> None:
        if await exists(client, target.rstrip("/")) and await exists(client, source.rstrip("/")):
            raise FileExistsError(errno.EEXIST, "File exists", target)

    try:
        return await ask(client, source, target, {"Overwrite": "F"}, look_again)
    except FileExistsError:
        return Answer(412, {}, None, 2)


async def replace(client: Client, source: str, target: str) -> Answer[None]:
    """MOVE to a name that may be that of a file, which is replaced; the status may be 404, 409 or 412.

    Raises `IsADirectoryError` where a folder has the name. Without conditions, there is an instant between this look
    and the MOVE.
    """
    answer, before = await move(client, source, target), None
    for _ in range(TRIES):
        if answer.status not in TAKEN or not await exists(client, source):
            break
        entry = await file_at(client, target)
        if entry is None:
            answer = await move(client, source, target)
            continue
        refused, before = entry == before, entry  # the very file, and yet not: this server takes no conditions
        answer = await move_onto(client, source, target, None if refused else entry["etag"])
    return answer


async def move_onto(client: Client, source: str, target: str, etag: str | None) -> Answer[None]:
    """MOVE in place of a file that has this ETag; the status may be 404, 409 or 412. Raises `IsADirectoryError`."""
    headers = {"Overwrite": "T"}
    if etag is not None and (await client.profile()).conditions:
        headers["If"] = f"<{client.url(target)}> ([{etag}])"

    async def look_again() -> None:
        await info(client, source)  # not there: the request was obeyed, and its answer lost
        await file_at(client, target)

    try:
        return await ask(client, source, target, headers, look_again)
    except FileNotFoundError:
        return Answer(404, {}, None, 2)


async def ask(
    client: Client, source: str, target: str, headers: dict[str, str],
    before_again: Callable[[], Awaitable[None]] | None = None,
) -> Answer[None]:  # fmt: skip
    async def read(response: aiohttp.ClientResponse) -> None:
        await drain(response)
        if response.status == 200:  # not an answer to MOVE: whoever gave it may have done nothing
            raise TransientError("the server answered 200 in place of 201 or 204")

    headers = {"Destination": await client.destination(target), **headers}
    return await client.request(
        "MOVE", source, headers=headers, expected=TAKEN | {404}, read=read, before_again=before_again
    )  # fmt: skip


async def file_at(client: Client, path: str) -> Info | None:
    """The file that has this name; None where it is free. Raises `IsADirectoryError`."""
    try:
        entry = await info(client, path)
    except FileNotFoundError:
        return None
    if entry["type"] == "directory":
        raise folder_in_the_way(path)
    return entry


def folder_in_the_way(path: str) -> IsADirectoryError:
    return IsADirectoryError(errno.EISDIR, "a folder has this name, and no file takes its place", path)

"""Making and removing folders, and removing files."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

from griddav.http.concurrency import concurrently
from griddav.http.doors import Operation
from griddav.http.names import parent
from griddav.http.request import Client, drain
from griddav.http.retry import advice
from griddav.listing.properties import entries, info


async def make_folder(client: Client, path: str, *, exist_ok: bool = False, parents: bool = True) -> None:
    """Make a folder. Raises `FileExistsError`, and `FileNotFoundError` where the one above is missing."""
    if path == "/":
        await make_root(client)
        return
    # 403 is apache's answer where another request makes the same folder in this very moment, 400 for a file.
    answer = await client.ask("MKCOL", f"{path}/", expected=frozenset({400, 403, 404, 405, 409, 412}))
    if answer.status < 300:
        return
    try:
        entry = await info(client, path)
    except FileNotFoundError:
        if answer.status == 403:
            raise client.refused(path, "MKCOL: the server answered 403", advice(403), 403) from None
        if not parents:
            raise FileNotFoundError(errno.ENOENT, "the folder above is missing", path) from None
        await make_folder(client, parent(path), exist_ok=True)
        await make_folder(client, path, exist_ok=exist_ok, parents=False)
        return
    made_by_us = answer.attempt > 1  # the answer to our first request was lost
    if entry["type"] != "directory" or not (exist_ok or made_by_us):
        raise FileExistsError(errno.EEXIST, "File exists", path)


async def make_root(client: Client) -> None:
    """Make the folder of the server that is the root here, with those above it; one that is there is no error."""
    door = client.doors.choose(Operation.WRITE)
    if door.prefix:
        profile = await client.profile()
        above = Client(door.origin, client.sessions, client.credentials, client.retry, client.trusted, profile)
        await make_folder(above, door.prefix, exist_ok=True)


async def remove_file(client: Client, path: str) -> None:
    """Remove one file. Raises `FileNotFoundError` and, for a folder, `IsADirectoryError`."""

    async def look() -> None:
        if (await info(client, path))["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, "Is a directory", path)

    await look()
    try:
        await delete(client, path, look)
    except FileNotFoundError:
        return  # by our first attempt, whose answer was lost


async def remove_tree(client: Client, path: str) -> None:
    """Remove a file, or a folder with all that it holds; where the server cannot do that, from its leaves up."""
    folder = (await info(client, path))["type"] == "directory"
    if folder and not (await client.profile()).deletes_trees:
        inside = await entries(client, path)
        folders = [each["name"] for each in inside if each["type"] == "directory"]
        await concurrently(remove_tree(client, name) for name in folders)
        await concurrently(delete(client, each["name"]) for each in inside if each["type"] == "file")
    await delete(client, f"{path}/" if folder else path)  # nginx knows a folder by its slash


async def remove_empty_folder(client: Client, path: str) -> None:
    """Remove a folder that holds nothing. WebDAV cannot ask and remove in one step: do not fill it meanwhile.

    Raises `NotADirectoryError` for a file, `OSError` (ENOTEMPTY) where something lies in it, and `Refused` where a
    listing does not tell.
    """
    if (await info(client, path))["type"] != "directory":
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
    if await entries(client, path):
        raise OSError(errno.ENOTEMPTY, "Directory not empty", path)
    if await client.lists_dot_names() is False:  # DELETE would remove what is not shown
        what = "it is not known whether the folder is empty: this server lists no names that begin with a dot"
        raise client.refused(path, what, "remove it with all that it holds, if that is meant")
    await delete(client, f"{path}/")


async def delete(client: Client, path: str, before_again: Callable[[], Awaitable[None]] | None = None) -> None:
    """Remove what is known to be there; what vanished meanwhile was removed by somebody, or by our first attempt."""
    answer = await client.request(
        "DELETE", path, expected=frozenset({404, 410}), read=drain, before_again=before_again
    )  # fmt: skip
    if answer.status == 207:
        raise client.refused(path, "DELETE: the server removed some of it only", "check the permissions inside")

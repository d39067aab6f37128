"""Copying and moving within one server."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from griddav.copying.piped import Stated
from griddav.copying.thirdparty import NotCopiedError, ThirdPartyCopy, copied_by_servers, own_token, publish
from griddav.http.names import parent
from griddav.http.request import Client
from griddav.listing.properties import Info, exists, info
from griddav.reading.download import fetch, read_all
from griddav.writing.folders import make_folder
from griddav.writing.moving import file_at, move, move_onto
from griddav.writing.upload import UploadSource, UploadStream, difference, may_be_written, upload

IN_MEMORY = 1 << 20  # bytes: many files are copied at once
NO_COPY_WITHIN = frozenset({400, 405, 501})  # the server knows COPY to another server only, or not at all


async def copy_file(client: Client, source: str, target: str) -> None:
    """Copy one file, or make the folder that `source` is. An existing file is overwritten; folders above are made.

    Raises `FileNotFoundError`, `IsADirectoryError` where a folder has the name, and `GridDavError`.
    """
    entry = await info(client, source)
    if entry["type"] == "directory":
        await make_folder(client, target, exist_ok=True)
        return
    if source == target:
        return
    size = entry["size"]
    # A server that fetches the file from itself needs our own token; to show it that gives nothing away.
    itself = ThirdPartyCopy(client, entry, client, target, overwrite=True, progress=lambda _: None, lend=own_token)
    if size is not None:
        await may_be_written(client, target, size, overwrite=True)
        if (await client.profile()).copies and await copied_by_server(itself):
            return
    if size is not None and size <= IN_MEMORY:
        await upload(client, UploadSource.of_bytes(await read_all(client, source)), target, overwrite=True)
        return
    if size is not None and await copied_by_servers(itself) is not None:
        return
    with tempfile.TemporaryDirectory(prefix="griddav-") as folder:
        local = str(Path(folder, "file"))
        await fetch(client, source, local, entry, lambda _: None)
        await upload(client, UploadSource.of_file(local), target, overwrite=True)


async def copied_by_server(copy: ThirdPartyCopy) -> bool:
    """Whether the server made the copy."""
    try:
        await publish(copy, copied)
    except NotCopiedError:
        return False
    return True


async def copied(copy: ThirdPartyCopy, temporary: str) -> UploadStream:
    """The server copies the file to a name that nobody else has. Raises `NotCopiedError`."""
    client, source = copy.source, copy.entry["name"]
    headers = {"Destination": await client.destination(temporary), "Overwrite": "T", "Depth": "0"}
    answer = await client.ask("COPY", source, headers=headers, expected=NO_COPY_WITHIN | {409, 500})
    if answer.status in (409, 500):  # the folder is missing: 500 is nginx's answer
        await make_folder(client, parent(temporary), exist_ok=True)
        answer = await client.ask("COPY", source, headers=headers, expected=NO_COPY_WITHIN)
    stream = Stated(client, copy.entry, copy.progress)
    if answer.status >= 300 or await difference(client, stream, temporary) is not None:
        raise NotCopiedError(f"the server answered {answer.status}")
    return stream


async def move_path(client: Client, source: str, target: str) -> None:
    """Give a file or folder another name, a file in place of a file that has it; folders above are made.

    Raises `FileNotFoundError`, `FileExistsError` (a folder has the name), `NotADirectoryError` (a folder takes the
    name of no file) and `GridDavError`. Raises `ValueError` for a folder that would be moved into itself.
    """
    entry = await info(client, source)
    if source == target:
        return
    if f"{target}/".startswith(f"{source}/"):
        raise ValueError(f"{source} cannot be moved into itself")
    taken = await replaced(client, entry, target)
    if taken is None:
        await make_folder(client, parent(target), exist_ok=True)
    if entry["type"] == "directory":  # nginx knows a folder by its slash
        answer = await move(client, f"{source}/", f"{target}/")
    elif taken is None:
        answer = await move(client, source, target)
    else:
        answer = await move_onto(client, source, target, taken["etag"])
    if answer.status < 300:
        return
    if answer.attempt > 1 and await arrived(client, entry, target):
        return
    if answer.status == 404:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", source)
    raise FileExistsError(errno.EEXIST, "something came to have this name in this moment", target)


async def arrived(client: Client, entry: Info, target: str) -> bool:
    """Whether an earlier attempt, whose answer was lost, moved what was `entry`."""
    return not await exists(client, entry["name"]) and (await info(client, target))["size"] == entry["size"]


async def replaced(client: Client, entry: Info, target: str) -> Info | None:
    """The file whose name is wanted; None where it is free. Raises as `move_path`.

    That is `FileExistsError` and `NotADirectoryError`.
    """
    try:
        taken = await file_at(client, target)
    except IsADirectoryError:
        raise FileExistsError(errno.EEXIST, "a folder has this name", target) from None
    if taken is not None and entry["type"] == "directory":
        raise NotADirectoryError(errno.ENOTDIR, "a file has this name, and no folder takes its place", target)
    return taken

"""Copying and moving within one server."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from griddav.copying.thirdparty import Copy, copied_by_servers, own_token
from griddav.http.names import parent
from griddav.http.request import Client
from griddav.listing.properties import info
from griddav.reading.download import fetch, read_all
from griddav.writing.folders import make_folder
from griddav.writing.upload import Source, upload

IN_MEMORY = 1 << 20  # bytes: many files are copied at once
NOT_HERE = frozenset({400, 405, 501})  # the server knows COPY to another server only, or not at all


async def copy_file(client: Client, source: str, target: str) -> None:
    """Copy one file, or make the folder that `source` is. An existing file is overwritten; folders above are made.

    Raises `FileNotFoundError` and `GridDavError`.
    """
    there = await info(client, source)
    if there["type"] == "directory":
        await make_folder(client, target, exist_ok=True)
        return
    if source == target:
        return
    if (await client.profile()).copies and await copied_by_server(client, source, target, there["size"]):
        return
    if there["size"] is not None and there["size"] <= IN_MEMORY:
        await upload(client, Source.of_bytes(await read_all(client, source)), target, overwrite=True)
        return
    # The server fetches the file from itself; to show it our own token gives nothing away.
    itself = Copy(client, there, client, target, overwrite=True, progress=lambda _: None, lend=own_token)
    if there["size"] is not None and await copied_by_servers(itself) is not None:
        return
    with tempfile.TemporaryDirectory(prefix="griddav-") as folder:
        local = str(Path(folder, "file"))
        await fetch(client, source, local, there, lambda _: None)
        await upload(client, Source.of_file(local), target, overwrite=True)


async def copied_by_server(client: Client, source: str, target: str, size: int) -> bool:
    """Whether the server made the copy."""
    headers = {"Destination": await client.destination(target), "Overwrite": "T", "Depth": "0"}
    answer = await client.ask("COPY", source, headers=headers, expected=NOT_HERE | {409, 500})
    if answer.status in (409, 500):  # the folder is missing: 500 is nginx's answer
        await make_folder(client, parent(target), exist_ok=True)
        answer = await client.ask("COPY", source, headers=headers, expected=NOT_HERE)
    return answer.status < 300 and (await info(client, target))["size"] == size


async def move_path(client: Client, source: str, target: str) -> None:
    """Give a file or folder another name, in place of a file that has it; folders above are made.

    Raises `FileNotFoundError`, `FileExistsError` (a folder has the name) and `GridDavError`.
    """
    there = await info(client, source)
    if source == target:
        return
    if f"{target}/".startswith(f"{source}/"):
        raise ValueError(f"{source} cannot be moved into itself")
    try:
        if (await info(client, target))["type"] == "directory":
            raise FileExistsError(errno.EEXIST, "a folder has this name", target)
    except FileNotFoundError:
        await make_folder(client, parent(target), exist_ok=True)
    slash = "/" if there["type"] == "directory" else ""  # by which nginx knows a folder
    headers = {"Destination": await client.destination(target + slash), "Overwrite": "T"}
    answer = await client.ask("MOVE", source + slash, headers=headers, expected=frozenset({404}))
    if answer.status == 404 and (answer.attempt == 1 or (await info(client, target))["size"] != there["size"]):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", source)

"""Copying and moving within one server."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from caselaw.storage.webdav.download import fetch
from caselaw.storage.webdav.folders import make_folder
from caselaw.storage.webdav.listing import info
from caselaw.storage.webdav.names import parent
from caselaw.storage.webdav.request import Client
from caselaw.storage.webdav.upload import Source, upload

NOT_HERE = frozenset({400, 405, 501})  # the server knows COPY to another server only, or not at all


async def copy_file(client: Client, source: str, target: str) -> None:
    """Copy one file, or make the folder that `source` is. An existing file is overwritten; folders above are made.

    Raises `FileNotFoundError` and `StoreUnavailable`.
    """
    there = await info(client, source)
    if there["type"] == "directory":
        await make_folder(client, target, exist_ok=True)
        return
    if source == target:
        return
    if (await client.profile()).copies and await copied_by_server(client, source, target, there["size"]):
        return
    with tempfile.TemporaryDirectory(prefix="caselaw-") as folder:
        local = str(Path(folder, "file"))
        await fetch(client, source, local, there, lambda _: None)
        await upload(client, Source.of_file(local), target, overwrite=True)


async def copied_by_server(client: Client, source: str, target: str, size: int) -> bool:
    """Whether the server made the copy."""
    headers = {"Destination": await client.destination(target), "Overwrite": "T", "Depth": "0"}
    answer = await client.ask("COPY", source, headers=headers, expected=NOT_HERE | {409})
    if answer.status == 409:
        await make_folder(client, parent(target), exist_ok=True)
        answer = await client.ask("COPY", source, headers=headers, expected=NOT_HERE)
    return answer.status < 300 and (await info(client, target))["size"] == size


async def move_path(client: Client, source: str, target: str) -> None:
    """Give a file or folder another name, in place of a file that has it; folders above are made.

    Raises `FileNotFoundError`, `FileExistsError` (a folder has the name) and `StoreUnavailable`.
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
    headers = {"Destination": await client.destination(target), "Overwrite": "T"}
    answer = await client.ask("MOVE", source, headers=headers, expected=frozenset({404}))
    if answer.status == 404 and (answer.attempt == 1 or (await info(client, target))["size"] != there["size"]):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", source)

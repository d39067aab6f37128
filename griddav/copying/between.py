"""Copying from one server to another."""

from __future__ import annotations

from collections.abc import Callable

from fsspec.asyn import sync

from griddav.copying.thirdparty import CopyWay, Lend, copy_to_server
from griddav.filesystem import WebDavFileSystem


def copy_between(
    source: WebDavFileSystem, source_path: str, target: WebDavFileSystem, target_path: str, *, overwrite: bool = False,
    progress: Callable[[int], None] = lambda _: None, lend: Lend | None = None,
) -> CopyWay:  # fmt: skip
    """Copy a file from one server to another; it appears whole and verified, folders above it are made.

    The target pulls it, else the source pushes it, else it is streamed through this machine; returns which. `lend`
    gives the token that the one server needs at the other; without it, none is given away, and servers that ask for
    credentials do not copy between themselves. `progress` gets the bytes so far. Raises `FileNotFoundError`,
    `IsADirectoryError`, `FileExistsError` (never where `overwrite`) and `GridDavError`.
    """
    path = target._strip_protocol(target_path)

    async def copied() -> CopyWay:
        way = await copy_to_server(
            source.client, source._strip_protocol(source_path), target.client, path,
            overwrite=overwrite, progress=progress, lend=lend,
        )  # fmt: skip
        await target._appeared(path)
        return way

    way: CopyWay = sync(target.loop, copied)
    return way

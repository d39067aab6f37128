"""Files on WebDAV servers, dCache and tape, for fsspec: `davs://`, `dav://` and `dcache://`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from griddav.filesystem import WebDavFileSystem

__all__ = ["WebDavFileSystem"]


def __getattr__(name: str) -> Any:
    if name != "WebDavFileSystem":
        raise AttributeError(f"module 'griddav' has no attribute '{name}'")
    return importlib.import_module("griddav.filesystem").WebDavFileSystem  # aiohttp takes a quarter of a second

"""Files on a server, by the paths of its file system: here alone it is known what which server can do.

All roads stand on this: stores of outputs, law's targets, commands. Errors are those that file systems raise; who asks
says what they mean for a store (`answers`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from caselaw.storage.files.schemes import WEBDAV

Progress = Callable[[int], None]


class ServerFiles(Protocol):
    """Names are taken as they stand, never as patterns. A file appears under its name whole and verified."""

    @property
    def has_folders(self) -> bool:
        """Whether there are folders that can be renamed: without them, none appears as a whole."""

    def info(self, path: str) -> dict[str, Any]:
        """What the server says of a file or folder now. Raises `FileNotFoundError`."""

    def entries(self, path: str) -> list[dict[str, Any]]:
        """What is in a folder now. Raises `FileNotFoundError`."""

    def put(self, source: str, path: str, progress: Progress | None = None, *, overwrite: bool) -> None:
        """Publish a file of this machine; folders above it are made.

        Raises `FileExistsError` where the name is taken, and may not be overwritten, or is that of a folder.
        """

    def write(self, data: bytes, path: str) -> None:
        """Publish a small file, in place of one that has its name."""

    def get(self, path: str, target: str, progress: Progress | None = None, size: int | None = None) -> None:
        """Copy a file to this machine. `size` is what it must have, where the caller knows, and looks at the rest."""

    def copy(self, source: str, path: str) -> None:
        """Copy a file within the server, in place of one that has the name."""

    def rename(self, source: str, path: str, *, overwrite: bool) -> None:
        """Give a file or folder another name, never one inside a folder that has it; folders above are made.

        Raises `FileExistsError` where the name is taken, and may not be overwritten.
        """

    def remove_file(self, path: str) -> None:
        """Raises `FileNotFoundError`."""

    def remove_tree(self, path: str) -> None:
        """Remove a file, or a folder with all that it holds."""

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it, unless they are there."""

    def checksum(self, path: str, algorithm: str) -> str | None:
        """Hexadecimal digits of a file, by the server's word; None where it states none."""


def files_of(fs: Any, scheme: str) -> ServerFiles:
    """The files behind a file system of fsspec."""
    # Imported when a server is asked first: fsspec loads native code (lz4), after which no worker is a copy of the run.
    from caselaw.storage.files.fsspec_files import FsspecFiles
    from caselaw.storage.files.webdav_files import WebDavFiles

    return WebDavFiles(fs) if scheme in WEBDAV else FsspecFiles(fs, scheme)

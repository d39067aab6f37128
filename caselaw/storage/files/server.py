"""Files on a server, by the paths of its file system: here alone it is known what which server can do.

All roads stand on this: stores of outputs, law's targets, commands. Errors are those that file systems raise; who asks
says what they mean for a store (`answers`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from caselaw.storage.files.credentials import Identity, NarrowToken
from caselaw.storage.files.filesystem import opened
from caselaw.storage.files.place import TransferWay
from caselaw.storage.files.schemes import WEBDAV, scheme_of
from caselaw.storage.files.tapes import Tapes

Progress = Callable[[int], None]


class ServerFiles(Protocol):
    """Names are taken as they stand, never as patterns. A file appears under its name whole and verified."""

    @property
    def has_folders(self) -> bool:
        """Whether there are folders that can be renamed: without them, none appears as a whole."""

    @property
    def tells_its_errors(self) -> bool:
        """Whether an `OSError` of the server is told from one of this machine's disk."""

    @property
    def tapes(self) -> Tapes:
        """What is on tape there."""

    def path_of(self, url: str) -> str:
        """The path that a URL means."""

    def info(self, path: str) -> dict[str, Any]:
        """What the server says of a file or folder now. Raises `FileNotFoundError`."""

    def entries(self, path: str, also: Collection[str] = ()) -> list[dict[str, Any]]:
        """What is in a folder now; `also` are names that are asked for one by one where listings may leave them out,
        as they begin with a dot. Raises `FileNotFoundError`.
        """

    def hides_dot_names(self) -> bool:
        """Whether listings are known to leave out names that begin with a dot."""

    def names(self, paths: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """The names in each of many folders; a missing one has none."""

    def unlisted(self, paths: Sequence[str]) -> Collection[str]:
        """Those of the paths, absent from an *empty* listing, that are there all the same: a listing that failed."""

    def below(self, path: str) -> Mapping[str, dict[str, Any]]:
        """All files under a folder, by path; a missing one has none."""

    def read(self, path: str, most: int | None = None) -> bytes:
        """A small file. `most`: so many bytes at most, by one request if possible; the caller looks at what they are.

        Raises `FileNotFoundError`.
        """

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

    def copy_to(
        self, path: str, server: ServerFiles, target: str, progress: Progress, *, overwrite: bool
    ) -> TransferWay | None:  # fmt: skip
        """Have the servers copy a file themselves; it appears whole, folders above it are made.

        Returns the way, or None where these two know none, and nothing was done. Raises `FileExistsError` unless
        `overwrite`.
        """

    def rename(self, source: str, path: str, *, overwrite: bool) -> None:
        """Give a file or folder another name, never one inside a folder that has it; folders above are made.

        Raises `FileExistsError` where the name is taken, and may not be overwritten.
        """

    def remove_file(self, path: str) -> None:
        """Raises `FileNotFoundError`."""

    def remove_tree(self, path: str) -> None:
        """Remove a file, or a folder with all that it holds."""

    def remove_empty_folder(self, path: str) -> None:
        """Raises `OSError` (ENOTEMPTY) for a folder that holds something."""

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it, unless they are there."""

    def make_folder_in(self, path: str) -> None:
        """Make a folder in one that is there."""

    def checksum(self, path: str, algorithm: str) -> str | None:
        """Hexadecimal digits of a file, by the server's word; None where it states none."""

    def usual_checksum(self) -> str | None:
        """The algorithm of the checksums that the server states unasked for; None where it states none."""

    def sha256(self, path: str, size: int) -> str:
        """SHA-256 of a file by reading all of it: `size` bytes, as the server says."""

    def tells_more_of_single_files(self) -> bool:
        """Whether `info` may know what `entries` does not: checksums, and what is on tape."""

    def time(self, path: str) -> float | None:
        """Seconds since 1970 by the server's clock; None where it does not say."""

    def identity(self) -> Identity:
        """The credentials that the server gets to see."""

    def narrow_token(self, path: str, activities: Collection[str], lifetime: float) -> NarrowToken:
        """A token for one path, some activities and `lifetime` seconds. Raises `TransferError` where there is none."""


def open_server(url: str, options: Mapping[str, Any]) -> ServerFiles:
    """The files on the server of a URL. Raises `TypeError` and `ValueError` for options that do not fit."""
    return files_of(opened(url, options), scheme_of(url))


def files_of(fs: Any, scheme: str) -> ServerFiles:
    """The files behind a file system of fsspec."""
    # Imported when a server is asked first: fsspec loads native code (lz4), after which no worker is a copy of the run.
    from caselaw.storage.files.fsspec_files import FsspecFiles
    from caselaw.storage.files.webdav_files import WebDavFiles

    return WebDavFiles(fs) if scheme in WEBDAV else FsspecFiles(fs, scheme)

"""Digests of files and folders, and a memo of them that can be deleted at any time."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    import sqlite3

StrPath = str | os.PathLike[str]

logger = logging.getLogger(__name__)

RACY_SECONDS = 2.0
"""A file that changed more recently may change again without its times telling: it is not memoised."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/+[^/]")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS digests_1 (path BLOB PRIMARY KEY, identity TEXT NOT NULL, digest TEXT NOT NULL)
WITHOUT ROWID
"""


def file_digest(path: StrPath) -> str:
    """SHA-256 (hexadecimal) of a file's bytes; of a folder, a digest of its names and their digests."""
    return tree_digest(local_path(path), lambda file: _hash(file)[0])


class FileDigests:
    """Digests of local files, memoised in a SQLite file by path, size, inode and times.

    Safe between threads and processes, also after a fork. A corrupt memo is made again with a warning; one
    that cannot be read or written (full disk, read-only folder) costs time and is never an error.
    """

    def __init__(self, cache_path: StrPath) -> None:
        self.cache_path = Path(cache_path)
        self._forget()

    def digest(self, path: StrPath) -> str:
        """The digest of `path` (see `file_digest`), computed only if the file changed since last time."""
        return tree_digest(local_path(path), self._memoised)

    def digests(self, paths: Iterable[StrPath]) -> dict[str, str]:
        """The digest of each of `paths`."""
        return {os.fspath(path): self.digest(path) for path in paths}

    def _forget(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._memo: sqlite3.Connection | None = None
        self._usable = True

    def _memoised(self, path: Path) -> str:
        key = os.fsencode(path.absolute())
        identity = identity_of_file(file_status(path))
        row = self._ask("SELECT digest FROM digests_1 WHERE path = ? AND identity = ?", (key, identity))
        if row is not None:
            return str(row[0])
        content, status = _hash(path)
        if not _racy(status):
            self._ask("INSERT OR REPLACE INTO digests_1 VALUES (?, ?, ?)", (key, identity_of_file(status), content))
        return content

    def _ask(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The first row of the answer; None also where the memo does not work, which is never an error."""
        import sqlite3

        if self._owner != os.getpid():
            _ABANDONED.append(self._memo)
            self._forget()
        with self._lock:
            if not self._usable:
                return None
            try:
                if self._memo is None:
                    self._memo = self._open()
                row: tuple[Any, ...] | None = self._memo.execute(query, values).fetchone()
                return row
            except (sqlite3.OperationalError, OSError) as error:
                if "locked" not in str(error):
                    logger.warning("file digests are not memoised: %s: %s", self.cache_path, error)
                    self._usable = False
            except sqlite3.DatabaseError as error:
                logger.warning("corrupt memo of file digests, made again: %s: %s", self.cache_path, error)
                self._rebuild()
            return None

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        self.cache_path.parent.mkdir(parents=True, exist_ok=True)
        memo = sqlite3.connect(self.cache_path, timeout=2, isolation_level=None, check_same_thread=False)
        try:
            memo.execute("PRAGMA synchronous = OFF")  # a memo lost in a power cut is only computed again
            memo.execute(_SCHEMA)
        except BaseException:
            memo.close()
            raise
        return memo

    def _rebuild(self) -> None:
        if self._memo is not None:
            self._memo.close()
            self._memo = None
        for name in (self.cache_path, Path(f"{self.cache_path}-journal")):
            name.unlink(missing_ok=True)


# SQLite forbids even closing a connection that came through a fork: the child keeps it, unused.
_ABANDONED: list[sqlite3.Connection | None] = []


def local_path(path: StrPath) -> Path:
    """A path, or that of a `file://` URL. Raises `FingerprintError` for a file on a server."""
    text = os.fspath(path)
    if _URL.match(text) and not os.path.lexists(text):
        raise FingerprintError(
            "the content of a remote file is not known",
            text,
            "give its digest in the dataset's lock entry, or a local copy of the file",
        )
    return Path(text)


def tree_digest(path: Path, of_file: Callable[[Path], str]) -> str:
    if stat.S_ISDIR(file_status(path).st_mode):
        return digest("folder", dict(_folder(path, "", (), of_file)))
    return of_file(path)


def _folder(
    path: Path, prefix: str, above: tuple[tuple[int, int], ...], of_file: Callable[[Path], str]
) -> Iterable[tuple[str, str]]:
    """Relative names and digests of all files below `path`, through symbolic links; folders end in `/`."""
    status = file_status(path)
    here = (status.st_dev, status.st_ino)
    if here in above:
        raise FingerprintError("a folder contains itself", str(path), "remove the link that leads back")
    try:
        names = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        raise unreadable(path, error) from error
    for name in names:
        entry = path / name
        if stat.S_ISDIR(file_status(entry).st_mode):
            yield f"{prefix}{name}/", ""
            yield from _folder(entry, f"{prefix}{name}/", (*above, here), of_file)
        else:
            yield prefix + name, of_file(entry)


def file_status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise unreadable(path, error) from error


def _hash(path: Path) -> tuple[str, os.stat_result]:
    """SHA-256 of a file and the status that belongs to these bytes."""
    if not stat.S_ISREG(file_status(path).st_mode):
        raise FingerprintError("not a regular file or folder", str(path), "give a file that can be read")
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            content = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(file.fileno())
    except OSError as error:
        raise unreadable(path, error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FingerprintError(
            "a file changed while it was read", str(path), "wait until it is complete, then run again"
        )
    return content, before


def identity_of_file(status: os.stat_result) -> str:
    """What changes with the content. An edit can put size and modification time back, not the change time."""
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _racy(status: os.stat_result) -> bool:
    now = time.time()
    return any(abs(now - stamp) <= RACY_SECONDS for stamp in (status.st_mtime, status.st_ctime))


def unreadable(path: Path, error: OSError) -> FingerprintError:
    if isinstance(error, FileNotFoundError):
        advice = "check the path; a file that a task makes belongs into upstream(), not into files(...)"
        return FingerprintError("an input file does not exist", str(path), advice)
    advice = "make it readable, or check that its file system is mounted and answers"
    return FingerprintError(f"an input file cannot be read ({error.strerror or error})", str(path), advice)

"""What lies under the names of targets: one listing per folder, here or on a server, however many are asked for."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from law.target.remote.base import RemoteTarget

from caselaw.errors import StoreUnavailable
from caselaw.storage.files.folder import ADVICE


class LyingKind(StrEnum):
    """What has a name, as it is said to people."""

    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    OTHER = "a special file"


KINDS = {stat.S_IFREG: LyingKind.FILE, stat.S_IFDIR: LyingKind.FOLDER, stat.S_IFLNK: LyingKind.LINK}


@dataclass(frozen=True)
class Lying:
    """What has a name: its kind, the size of a file in bytes, and the inode of one of this machine."""

    kind: LyingKind
    size: int | None
    inode: int = 0
    names: int = 1
    """How many names a file of this machine has."""


class FolderListings:
    """Listings of folders; each is asked for once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], dict[str, Callable[[], Lying | None]]] = {}
        self._systems: dict[int, Any] = {}

    def look(self, target: Any) -> Lying | None:
        """What lies under the name of a target; None for nothing. Raises `StoreUnavailable`."""
        remote = isinstance(target, RemoteTarget)
        folder, name = os.path.split(target.path if remote else path_of_local(target))
        key = (id(target.fs) if remote else 0, folder)
        names = self._known.get(key)
        if names is None:
            names = self._known[key] = remote_listing(target.fs, folder) if remote else local_listing(folder)
            if remote:
                self._systems[id(target.fs)] = target.fs  # as long as its number stands for it
        found = names.get(name)
        return None if found is None else found()

    def other_name(self, target: Any, found: Lying, final: Any) -> str | None:
        """A name with a fingerprint, other than `final`, that a file of this machine has beside its plain one."""
        if found.names < 2:
            return None
        folder, name = os.path.split(path_of_local(target))
        own, stem = os.path.basename(final.path), name.partition(".")[0]
        for other, lying in self._known[0, folder].items():
            if other.startswith(f"{stem}.") and other not in (name, own):
                there = lying()
                if there is not None and there.inode == found.inode:
                    return other
        return None


def path_of_local(target: Any) -> str:
    """Where a target of this machine lies."""
    return str(getattr(target, "abspath", target.path))


def local_listing(folder: str) -> dict[str, Callable[[], Lying | None]]:
    """What lies in a folder of this machine. Raises `StoreUnavailable` where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: partial(local_file, entry) for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise StoreUnavailable(f"a folder cannot be listed: {error.strerror}", folder, ADVICE) from error


def local_file(entry: os.DirEntry[str]) -> Lying | None:
    """Whether a file is there, and its size. Raises `StoreUnavailable` where that cannot be known."""
    try:
        state = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(f"the size of a file is not known: {error.strerror}", entry.path, ADVICE) from error
    kind = KINDS.get(stat.S_IFMT(state.st_mode), LyingKind.OTHER)
    return Lying(kind, state.st_size, state.st_ino, state.st_nlink) if kind is LyingKind.FILE else Lying(kind, None)


def remote_listing(system: Any, folder: str) -> dict[str, Callable[[], Lying | None]]:
    """By one request where the listing says how large files are; else each is asked for when it matters."""
    sizes = getattr(system.file_interface, "sizes", None)
    try:
        if sizes is None:
            return {name: partial(remote_file, system, f"{folder}/{name}") for name in system.listdir(folder)}
        found: dict[str, int | None] = sizes(folder)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {
        name: partial(Lying, LyingKind.FOLDER if size is None else LyingKind.FILE, size) for name, size in found.items()
    }


def remote_file(system: Any, path: str) -> Lying | None:
    state = system.exists(path, stat=True)
    if not state:
        return None
    return Lying(LyingKind.FOLDER if stat.S_ISDIR(state.st_mode) else LyingKind.FILE, state.st_size)


def local_state(path: str) -> tuple[int, int]:
    """Bytes of a file, or of all in a folder, and when the newest was written (ns). Raises `OSError`."""
    state = os.stat(path)
    if not stat.S_ISDIR(state.st_mode):
        return state.st_size, state.st_mtime_ns
    inside = [os.stat(os.path.join(top, name)) for top, _, names in os.walk(path) for name in names]
    return sum(each.st_size for each in inside), max((each.st_mtime_ns for each in inside), default=0)

"""Who writes in a store: a name that no other process has, and a lock that is free once the process has ended.

A host name and a process number are no name: containers with one host name number their processes alike. And a
number says nothing of a process in another container: only a lock does, and only where one kernel sees both.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

LOCK = ".lock"
BOOT = Path("/proc/sys/kernel/random/boot_id")
NAME = re.compile(r"(?P<host>.+?)\.(?P<pid>\d+)(?:\.(?P<boot>[0-9a-f]{8})\.[0-9a-f]{12})?")
SECONDS_OLD = 7 * 24 * 3600.0
"""What nobody has changed for so long is left behind, where no lock can tell."""
MOST_KEPT = 64


class Owner:
    """This process. A fork becomes one of its own, with locks of its own."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}.{os.getpid()}.{boot()}.{secrets.token_hex(6)}"
        self.kept: dict[str, tuple[int, tuple[int, int]]] = {}
        self.access = threading.RLock()

    def become_copy(self) -> None:
        for descriptor, _ in self.kept.values():  # the lock stays with the process that took it
            os.close(descriptor)
        self.__init__()  # type: ignore[misc]


def owner() -> str:
    """Name of this process in files and folders."""
    return _owner.name


def kept(path: str) -> int:
    """A file, opened to add to it, whose lock this process keeps until it ends; of many files, those used last.

    Raises `OSError` where it cannot be opened. Where the file system has no locks, nobody can tell who has ended.
    """
    with _owner.access:
        known = _owner.kept.pop(path, None)
        if known is None or inode(path) != known[1]:
            if known is not None:
                os.close(known[0])
            known = locked(path)
        _owner.kept[path] = known
        while len(_owner.kept) > MOST_KEPT:
            os.close(_owner.kept.pop(next(iter(_owner.kept)))[0])
    return known[0]


def inode(path: str) -> tuple[int, int] | None:
    """Which file has a name, if any."""
    try:
        state = os.stat(path)
    except FileNotFoundError:
        return None
    return state.st_dev, state.st_ino


def locked(path: str) -> tuple[int, tuple[int, int]]:
    """Descriptor and inode of a file, which had the name when the lock was there."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        state = os.fstat(descriptor)
        if inode(path) == (state.st_dev, state.st_ino):
            return descriptor, (state.st_dev, state.st_ino)
        os.close(descriptor)


def let_go(path: str) -> None:
    """Remove a file whose lock this process keeps."""
    with _owner.access:
        known = _owner.kept.pop(path, None)
        if known is not None:
            if inode(path) == known[1]:
                Path(path).unlink(missing_ok=True)
            os.close(known[0])


def has_ended(name: str, lock: Path, of: Path) -> bool:
    """Whether the process of that name has ended, as far as can be known: what it left, `of`, is nobody's then.

    Of processes of other hosts nothing is known. A free lock tells where the same kernel has kept it; elsewhere, and
    where there is none, only time does.
    """
    match = NAME.fullmatch(name)
    if match is None or match["host"] != socket.gethostname() or name == owner():
        return False
    free = is_free(lock)
    if free is False:
        return False
    return (free is True and match["boot"] == boot()) or seconds_unchanged(of) > SECONDS_OLD


def is_free(lock: Path) -> bool | None:
    """Whether nobody holds a lock; None where that cannot be known."""
    with contextlib.suppress(OSError), free_now(lock) as free:
        return free
    return None


@contextlib.contextmanager
def free_now(path: Path) -> Iterator[bool | None]:
    """Hold a lock until the block ends, where it is free; whether it is, or None where that cannot be known.

    Raises `OSError` where there is no such file.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        yield attempt(descriptor)
    finally:
        os.close(descriptor)


def attempt(descriptor: int) -> bool | None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True


def seconds_unchanged(path: Path) -> float:
    """Since when nothing was written to a file, or to a folder and what it holds."""
    last = 0.0
    for each in (path, *(path.rglob("*") if path.is_dir() else ())):
        with contextlib.suppress(OSError):
            last = max(last, each.lstat().st_mtime)
    return time.time() - last if last else 0.0


@functools.cache
def boot() -> str:
    """Which start of which kernel this is."""
    try:
        return BOOT.read_text()[:8]
    except OSError:
        return "0" * 8


_owner = Owner()
os.register_at_fork(after_in_child=_owner.become_copy)

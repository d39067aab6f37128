"""Locks between processes on files that somebody may remove meanwhile; a process that dies gives them back."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, exclusive: bool) -> Iterator[int]:
    """Wait for a lock and hold it; gives the descriptor of the lock file, which is made where it is missing."""
    descriptor = acquire(path, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
    assert descriptor is not None
    try:
        yield descriptor
    finally:
        give_back(descriptor)


@contextmanager
def locked_at_once(path: Path) -> Iterator[int | None]:
    """Hold an exclusive lock that is free; None where somebody has it, or the file is gone."""
    descriptor = acquire(path, fcntl.LOCK_EX | fcntl.LOCK_NB, create=False)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            give_back(descriptor)


def acquire(path: Path, kind: int, *, create: bool = True) -> int | None:
    """Lock the file that has this name now, not one that lost it while we waited."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
        except FileNotFoundError:
            if create:
                raise
            return None
        try:
            fcntl.flock(descriptor, kind)
            if has_name(descriptor, path):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def give_back(descriptor: int) -> None:
    """A fork may have a copy of the descriptor: closing ours alone would leave the lock with it."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def has_name(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False

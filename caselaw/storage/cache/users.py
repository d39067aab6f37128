"""Who uses which entries of the cache: one lock for each living process, one mark for each entry that it uses."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from caselaw.storage.locks import acquire, locked_at_once

LOCK = ".lock"

# The users that this process is, by process and cache: a fork becomes one of its own. They live as long as it does,
# whatever happens to the cache objects, because a path that was given out is in use until it is released.
_ours: dict[tuple[int, Path], User] = {}


@dataclass(frozen=True)
class User:
    """This process. One descriptor is open for all that it uses, however many files that are."""

    marks: Path
    descriptor: int

    @classmethod
    def of(cls, folder: Path) -> User:
        """The user that this process is in the folder of all users."""
        who = (os.getpid(), folder)
        known = _ours.get(who)
        if known is None or not known.marks.is_dir():  # somebody removed the cache as a whole
            known = _ours[who] = cls.new(folder)
        return known

    @classmethod
    def new(cls, folder: Path) -> User:
        marks = folder / f"{socket.gethostname()}.{os.getpid()}.{uuid.uuid4().hex[:8]}"
        descriptor = acquire(marks.with_name(marks.name + LOCK), fcntl.LOCK_EX)
        assert descriptor is not None
        marks.mkdir()
        return cls(marks, descriptor)

    def mark(self, digest: str) -> None:
        (self.marks / digest).touch()

    def release(self, digests: Iterable[str] | None = None) -> None:
        """Use some entries no more, or all."""
        for mark in self.marks.glob("*") if digests is None else map(self.marks.joinpath, digests):
            mark.unlink(missing_ok=True)


def in_use(folder: Path, digest: str) -> bool:
    """Whether any process uses an entry. To be asked while its lock is held: marks are made under it."""
    return any((user.with_suffix("") / digest).exists() for user in folder.glob(f"*{LOCK}"))


def remove_dead_users(folder: Path) -> None:
    """Remove the marks of processes that live no more: their locks are free."""
    for lock in folder.glob(f"*{LOCK}"):
        with locked_at_once(lock) as descriptor:
            if descriptor is not None:
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink()

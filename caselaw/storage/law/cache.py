"""law's cache of remote files: safe between processes, after a kill and in an outage."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from law.target.remote.cache import RemoteCache

TRIES = 20


class StoreCache(RemoteCache):  # type: ignore[misc]
    """Copies of a store's files on local disk, for all processes of this machine. See law's `RemoteCache`.

    Locks are those of the operating system: they end with their process, so nobody waits for one that was killed.
    """

    def check_mtime(self, rpath: Any, rmtime: float) -> bool:
        """Whether a copy is up to date: never, where the server does not say when the file was written."""
        return bool(rmtime) and bool(super().check_mtime(rpath, rmtime))

    def allocate(self, size: int) -> bool:
        """Make room for a file of `size` bytes. Raises `OSError`."""
        for _ in range(TRIES - 1):
            try:
                return bool(super().allocate(size))
            except FileNotFoundError:
                continue  # another process has just removed what was listed
        return bool(super().allocate(size))

    @contextmanager
    def _lock(self, cpath: Any, **_: Any) -> Iterator[None]:
        # law's own removes the copy after any error; ours are whole, and good in an outage.
        with open(self._lock_path(cpath), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _is_locked(self, cpath: Any) -> bool:
        with open(self._lock_path(cpath), "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

"""A local cache of files that lie elsewhere: each is fetched once, whatever number of processes wants it.

| in its folder | |
|---|---|
| `notes/ab/<digest of the key>` | what the entry is; its lock; touched whenever it is used |
| `files/ab/<digest of the key>/<name>` | the file or folder, read-only |
| `incoming/<digest of the key>/<name>` | a download under way |
| `users/<process>/<digest of the key>` | a mark: this process uses that entry |
| `total` | bytes, counted since the last look at everything |
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import logging
import os
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from caselaw.errors import CacheError, ContentChanged
from caselaw.fingerprint.files import file_digest
from caselaw.storage.cache.entries import CacheEntry, Slot, clean, entry_of, link_or_copy, read_entry, slots, state_of
from caselaw.storage.cache.users import User, in_use, remove_dead_users
from caselaw.storage.locks import locked, locked_at_once

DIGEST = re.compile(r"[0-9a-f]{64}")  # the name of a slot
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FOLDERS = ("notes", "files", "incoming", "users")
SPARED = 0.9  # of the limit: what is left after files had to go
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS_ENTER = stat.S_IXGRP | stat.S_IXOTH
ROOT = 0  # who is root may change everything anyway
OWN = "name a folder of your own (cache_folder in configs/stores.yaml)"
SPACE = "free some space there, or give the cache another folder"

logger = logging.getLogger(__name__)
warn_once = functools.cache(logger.warning)


@dataclass(frozen=True)
class FileCache:
    """Files and folders by key, at most `limit` bytes of them unless more are in use at the same time.

    Safe between processes and threads. A path that was given out stays valid until this process ends or releases
    it; a fork's copy of the process counts as the process itself. What was edited or cut short is fetched again.
    """

    folder: Path
    limit: int

    def get(
        self, key: str, fetch: Callable[[Path], object], *, name: str = "", sha256: str | None = None
    ) -> Path:  # fmt: skip
        """The local path of what `key` stands for; it ends in `name`.

        Where it is missing, `fetch(path)` writes it there, a file or a folder; other processes wait meanwhile.
        `sha256` is what `file_digest` says of it. Raises what `fetch` raises, `ContentChanged` where the digest is
        another one, and `CacheError` where the cache cannot be written.
        """
        slot = self._slot(key)
        with locked(slot.note, exclusive=False) as note:
            path = self._known(slot, note, name, sha256)
        if path is not None:
            return path
        with locked(slot.note, exclusive=True) as note:
            path = self._known(slot, note, name, sha256)  # somebody fetched it while we waited
            if path is not None:
                return path
            entry = self._filled(slot, note, key, name or key, partial(fetch_verified, fetch, sha256), sha256)
        self._count(entry.size)
        return entry.path

    def offer(self, key: str, path: Path, *, name: str = "", sha256: str | None = None) -> None:
        """Take in a local file or folder that is written no more, as a second name where that can be.

        It becomes read-only; `sha256` is believed. Nothing depends on it: where there is no room, it is not kept.
        """
        try:
            size, _ = state_of(path)
            if size <= self.limit:
                slot = self._slot(key)
                with locked(slot.note, exclusive=True) as note:
                    if (entry := read_entry(slot, note)) is not None and entry.intact():
                        return
                    entry = self._filled(slot, note, key, name or path.name, partial(take_in, path), sha256, used=False)
                self._count(entry.size)
        except CacheError as error:
            warn_once("what is uploaded is not kept in the cache: %s", str(error))
        except OSError as error:
            warn_once("what is uploaded is not kept in the cache: %s: %s", self.folder, error.strerror)

    def release(self, *paths: Path) -> None:
        """This process uses some files no more, or none at all: they may be removed when space is needed."""
        digests = [path.parent.name for path in paths] if paths else None
        User.of(self._ready() / "users").release(digests)

    def forget(self, path: Path) -> bool:
        """Remove the entry of a path of this cache; False where somebody fetches or uses it."""
        remove_dead_users(self._ready() / "users")
        digest = next(part for part in reversed(path.parts) if DIGEST.fullmatch(part))
        return self._removed(Slot.of(self.folder, digest))

    def entries(self) -> list[CacheEntry]:
        """All entries, the least recently used first."""
        found = (entry_of(slot) for slot in slots(self.folder))
        return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.used)

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(entry.size for entry in self.entries())

    def clear(self) -> int:
        """Remove all that nobody uses; returns the bytes that were freed."""
        return self._shrink(0)

    def _slot(self, key: str) -> Slot:
        slot = Slot.of(self._ready(), hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest())
        slot.note.parent.mkdir(exist_ok=True)
        return slot

    def _ready(self) -> Path:
        try:
            if not self._is_made():  # asked for every file that is read
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                for name in FOLDERS:
                    (self.folder / name).mkdir(exist_ok=True, mode=0o700)
            self._require_ours()
            if not os.access(f"{self.folder}/notes", os.W_OK):
                raise PermissionError(errno.EACCES, "it is read-only")
        except OSError as error:
            raise CacheError(f"the cache cannot be written: {error.strerror}", self.folder, SPACE) from error
        return self.folder

    def _is_made(self) -> bool:
        return all(os.path.isdir(f"{self.folder}/{name}") for name in FOLDERS)

    def _require_ours(self) -> None:
        """Raise `CacheError` where others may put files of their own into the cache, as ssh does for its keys."""
        there = os.stat(self.folder)
        inside = [os.stat(f"{self.folder}/{name}") for name in FOLDERS]
        for owner in (each.st_uid for each in (there, *inside)):
            if owner not in (os.geteuid(), ROOT):
                what = f"the cache belongs to another user ({owner}), who may change what is read"
                raise CacheError(what, self.folder, OWN)
        reachable = inside if there.st_mode & OTHERS_ENTER else []
        if any(each.st_mode & OTHERS_WRITE for each in (there, *reachable)):
            what = "other users may write to the cache, and change what is read"
            raise CacheError(what, self.folder, f"remove it and its content, and chmod go-w, or {OWN}")

    def _known(self, slot: Slot, note: int, name: str, sha256: str | None) -> Path | None:
        """The path of an entry that is as it shall be, marked as used; the caller holds the lock."""
        entry = read_entry(slot, note)
        if entry is None or sha256 not in (None, entry.sha256) or not entry.intact():
            return None
        User.of(self.folder / "users").mark(slot.digest)
        os.utime(note)
        path = slot.files / file_name(name or entry.path.name)
        with contextlib.suppress(FileExistsError):  # else the same content under another name
            os.symlink(entry.path.name, path)
        return path

    def _filled(
        self, slot: Slot, note: int, key: str, name: str, write: Callable[[Path], object], sha256: str | None, *,
        used: bool = True,
    ) -> CacheEntry:  # fmt: skip
        """The entry that `write` makes; the caller holds the lock. Room is made where the disk has none left."""
        try:
            for room_can_be_made in (True, False):
                try:
                    entry = slot.fill(note, key, file_name(name), write, sha256)
                    if used:
                        User.of(self.folder / "users").mark(slot.digest)
                    return entry
                except OSError as error:
                    if error.errno not in FULL:
                        raise
                    full = error
                if not room_can_be_made or not self._shrink(0):
                    break
            raise CacheError(f"the cache is full: {full.strerror}", self.folder, SPACE) from full
        except BaseException:
            slot.remove()
            raise

    def _count(self, size: int) -> None:
        """Count what came in, and keep to the limit."""
        with locked(self.folder / "total", exclusive=True) as counter:
            text = os.pread(counter, 64, 0)
            total = int(text) + size if text.isdigit() else None
            if total is not None:
                write_total(counter, total)
        if total is None or total > self.limit:
            self._shrink(self.limit)

    def _shrink(self, limit: int) -> int:
        """Where there are more bytes than `limit`, remove the least recently used entries that nobody uses.

        A tenth more than needed goes, so that not every file makes us look at all. Returns how many bytes went.
        """
        with locked(self._ready() / "total", exclusive=True) as counter:
            remove_dead_users(self.folder / "users")
            found = [(slot, entry_of(slot)) for slot in slots(self.folder)]
            for slot in (slot for slot, entry in found if entry is None):
                self._removed(slot)  # of a download that was killed
            entries = sorted(
                ((entry.used, entry.size, slot) for slot, entry in found if entry), key=lambda each: each[0]
            )
            total = before = sum(size for _, size, _ in entries)
            for _, size, slot in entries:
                if total <= limit * SPARED or before <= limit:
                    break
                total -= size if self._removed(slot) else 0
            write_total(counter, total)
        return before - total

    def _removed(self, slot: Slot) -> bool:
        """Whether a slot could be emptied: nobody fetches it now, and nobody uses it."""
        with locked_at_once(slot.note) as note:
            if note is None or in_use(self.folder / "users", slot.digest):
                return False
            slot.remove()
            return True


def fetch_verified(fetch: Callable[[Path], object], sha256: str | None, target: Path) -> None:
    """Fetch until the digest is the right one; once more at most, as a cut or altered transfer may be meant well.

    Raises `ContentChanged` where it is another one then, too.
    """
    for last in (False, True):
        fetch(target)
        if sha256 is None or not target.exists() or (found := file_digest(target)) == sha256:
            return
        if last:
            what = f"what was fetched, twice, is not what it should be: SHA-256 {found} in place of {sha256}"
            raise ContentChanged(what, target.name, "check the file in its store; nothing of it was kept")
        clean(target)


def take_in(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, copy_function=link_or_copy)
    else:
        link_or_copy(os.fspath(path), os.fspath(target))


def file_name(text: str) -> str:
    """The last part of a path or URL, as the name of a local file."""
    name = text.rstrip("/").rpartition("/")[2].replace("\0", "_")
    return "file" if name in ("", ".", "..") else name


def write_total(counter: int, total: int) -> None:
    """Where even this finds no space, the next process looks at everything."""
    try:
        os.pwrite(counter, b"%020d" % total, 0)
    except OSError as error:
        if error.errno not in FULL:
            raise
        os.ftruncate(counter, 0)

"""Entries of the cache: where each lies, and the note that says what it was when it came."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import ContentChanged

LONGEST_NOTE = 1 << 16  # bytes


@dataclass(frozen=True)
class Slot:
    """The place of one key. `note` is its lock as well, and was touched when the entry was last used."""

    digest: str
    note: Path
    files: Path
    incoming: Path

    @classmethod
    def of(cls, folder: Path, digest: str) -> Slot:
        first = digest[:2]
        return cls(
            digest, folder / "notes" / first / digest, folder / "files" / first / digest,
            folder / "incoming" / digest,
        )  # fmt: skip

    def fill(
        self, note: int, key: str, name: str, write: Callable[[Path], object], sha256: str | None
    ) -> CacheEntry:  # fmt: skip
        """Have `write` make the file or folder that it is given, and note it down; for the holder of the lock.

        Raises `ContentChanged` where nothing was made, and what `write` raises.
        """
        clean(self.incoming)  # of a download that was killed
        self.incoming.mkdir()
        write(self.incoming / name)
        if not (self.incoming / name).exists():
            raise ContentChanged("a download ended without its file", key, "look into the log of its store")
        make_read_only(self.incoming / name)
        self.files.parent.mkdir(exist_ok=True)
        clean(self.files)  # damaged; late, as somebody may use it
        os.rename(self.incoming, self.files)
        entry = CacheEntry.of(key, self.files / name, sha256)
        entry.write(note)
        return entry

    def remove(self) -> None:
        """For the holder of the lock; the note goes last."""
        clean(self.files)
        clean(self.incoming)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.note)


@dataclass(frozen=True)
class CacheEntry:
    """A file or folder of the cache: its size in bytes, SHA-256 where it is known, and when it was last used."""

    key: str
    path: Path
    size: int
    sha256: str | None
    state: str
    used: float = 0.0

    @classmethod
    def of(cls, key: str, path: Path, sha256: str | None) -> CacheEntry:
        """What lies under `path` now."""
        size, state = state_of(path)
        return cls(key, path, size, sha256, state)

    def write(self, descriptor: int) -> None:
        """Note the entry down in the file that is open."""
        note = {"key": self.key, "name": self.path.name, "size": self.size, "sha256": self.sha256, "state": self.state}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode(), 0)

    def intact(self) -> bool:
        """Whether it is what it was when it came, by sizes and times of modification."""
        try:
            return state_of(self.path) == (self.size, self.state)
        except OSError:
            return False


def read_entry(slot: Slot, descriptor: int) -> CacheEntry | None:
    """The entry of a slot; None where there is none, or half of its note."""
    try:
        note = json.loads(os.pread(descriptor, LONGEST_NOTE, 0))
        path = slot.files / note["name"]
        return CacheEntry(
            note["key"], path, note["size"], note["sha256"], note["state"], os.fstat(descriptor).st_mtime
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


def entry_of(slot: Slot) -> CacheEntry | None:
    """The entry of a slot, for those who do not hold its lock."""
    try:
        with slot.note.open("rb") as note:
            return read_entry(slot, note.fileno())
    except FileNotFoundError:
        return None  # removed in this moment


def slots(folder: Path) -> Iterator[Slot]:
    for note in sorted((folder / "notes").glob("*/*")):
        yield Slot.of(folder, note.name)


def state_of(path: Path) -> tuple[int, str]:
    """Size in bytes of a file or of all files of a folder, and what changes with their content."""
    if not path.is_dir():
        found = os.stat(path)
        return found.st_size, f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"
    size, states = 0, hashlib.sha256()
    for each in sorted(path.rglob("*")):
        states.update(os.fsencode(each.relative_to(path)) + b"\0")
        if not each.is_dir():
            found = each.lstat()
            size += found.st_size
            states.update(f"{found.st_ino} {found.st_size} {found.st_mtime_ns}\0".encode())
    return size, states.hexdigest()


def make_read_only(path: Path) -> None:
    for each in [path, *path.rglob("*")]:
        if not each.is_symlink():  # what it leads to is not ours
            each.chmod(0o555 if each.is_dir() else 0o444)


def clean(path: Path) -> None:
    """Remove a file, or a folder whose folders may be read-only; nothing where nothing is."""
    for folder, _, _ in os.walk(path):
        os.chmod(folder, 0o700)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() else os.unlink(path)


def link_or_copy(source: str, target: str) -> str:
    """A second name of a file, or a copy where it cannot have one (another disk, somebody else's file).

    Raises `PermissionError` where somebody else could change it.
    """
    try:
        if os.stat(source).st_uid != os.geteuid():
            raise PermissionError  # its mode is not ours to change
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
    return target

"""Listings that were read, kept for a while, and changed by what we write ourselves."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from griddav.http.names import parent

Info = dict[str, Any]


@dataclass
class ListingUnderWay:
    """A listing on its way. `changed`: we wrote into the folder meanwhile, so that the answer may be an old one."""

    folder: str
    changed: bool = False


@dataclass
class Folder:
    """What is known of a folder; `infos` is None where only names were asked for."""

    read: float
    names: set[str]
    infos: dict[str, Info] | None


class ListingCache:
    """Listings by folder. `expiry`: seconds that one is good for (None: always), `most`: how many are kept.

    Switched off, it knows nothing. Used by the coroutines of one event loop.
    """

    def __init__(self, on: bool = False, expiry: float | None = None, most: int | None = None) -> None:
        self.on, self.expiry, self.most = on, expiry, most
        self._folders: dict[str, Folder] = {}
        self._readings: dict[str, list[ListingUnderWay]] = {}

    def infos(self, folder: str) -> list[Info] | None:
        """The entries of a folder, sorted by name, or None where they are not known."""
        known = self._folder(folder)
        if known is None or known.infos is None:
            return None
        return [dict(known.infos[name]) for name in sorted(known.infos)]

    def names(self, folder: str) -> frozenset[str] | None:
        """The names in a folder, or None where they are not known."""
        known = self._folder(folder)
        return None if known is None else frozenset(known.names)

    def info(self, path: str) -> Info | None:
        """The properties of a path, or None where they are not known. Raises `FileNotFoundError`: it is missing."""
        known = self._folder(parent(path)) if path != "/" else None
        if known is None:
            return None
        if path[path.rindex("/") + 1 :] not in known.names:
            raise FileNotFoundError(2, "No such file or directory", path)
        return None if known.infos is None else dict(known.infos[path])

    @contextmanager
    def reading(self, folders: Iterable[str]) -> Iterator[list[ListingUnderWay]]:
        """A block in which folders are listed; what `keep` is not told of is not known afterwards either."""
        readings = [ListingUnderWay(folder) for folder in folders] if self.on else []
        for reading in readings:
            self._readings.setdefault(reading.folder, []).append(reading)
        try:
            yield readings
        finally:
            for reading in readings:
                self._readings[reading.folder].remove(reading)
                if not self._readings[reading.folder]:
                    del self._readings[reading.folder]

    def keep(self, reading: ListingUnderWay, names: Iterable[str] | None = None, infos: Iterable[Info] = ()) -> None:
        """Keep what was read: names only, or properties."""
        if reading.changed:
            return
        by_name = {each["name"]: each for each in infos} if names is None else None
        last = {name[name.rindex("/") + 1 :] for name in by_name} if by_name is not None else set(names or ())
        self._folders.pop(reading.folder, None)
        self._folders[reading.folder] = Folder(time.monotonic(), last, by_name)
        while self.most is not None and len(self._folders) > self.most:
            del self._folders[next(iter(self._folders))]

    def add(self, entry: Info) -> None:
        """We wrote a file or made a folder; folders above it may be new as well."""
        if not self.on:
            return
        path = entry["name"]
        while path != "/":
            folder, name = parent(path), path[path.rindex("/") + 1 :]
            self._touch(folder)
            known = self._folders.get(folder)
            if known is not None:
                if entry["name"] != path and name in known.names:
                    return
                known.names.add(name)
                if known.infos is not None:
                    known.infos[path] = entry if entry["name"] == path else made(path)
            path = folder

    def remove(self, path: str) -> None:
        """We removed a file, or a folder with all that it held."""
        if not self.on:
            return
        self._touch(parent(path))
        known = self._folders.get(parent(path))
        if known is not None:
            known.names.discard(path[path.rindex("/") + 1 :])
            if known.infos is not None:
                known.infos.pop(path, None)
        self.forget(path)

    def forget(self, path: str = "/") -> None:
        """Ask again about a folder and all below it."""
        for folder in [*self._readings, *self._folders]:
            if f"{folder}/".startswith(f"{path.rstrip('/')}/"):
                self.forget_one(folder)

    def forget_one(self, folder: str) -> None:
        """Ask again about a folder."""
        self._touch(folder)
        self._folders.pop(folder, None)

    def _folder(self, folder: str) -> Folder | None:
        known = self._folders.get(folder)
        if known is not None and self.expiry is not None and time.monotonic() - known.read > self.expiry:
            del self._folders[folder]
            return None
        return known

    def _touch(self, folder: str) -> None:
        for reading in self._readings.get(folder, ()):
            reading.changed = True


def made(path: str, size: int | None = None) -> Info:
    """What is known of a file (of `size` bytes) or folder (None) that we just made."""
    return {
        "name": path, "size": size or 0, "type": "directory" if size is None else "file", "mtime": None, "etag": None,
        "checksums": {}, "locality": None,
    }  # fmt: skip

"""Opening NanoAOD files: the one place where a file is found readable or not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import uproot

from analysis.nanoaod.branches import Branch
from analysis.nanoaod.chunk import Chunk
from analysis.nanoaod.errors import MissingBranch, UnreachableFile, UnreadableFile
from analysis.nanoaod.rntuple import NTupleReader
from analysis.nanoaod.tree import TreeReader

EVENTS = "Events"
# Not signs of a damaged file: the caller or the network is at fault.
ACCESS_ERRORS = (FileNotFoundError, PermissionError, ConnectionError, TimeoutError)
NETWORK_MODULES = ("aiohttp", "fsspec", "XRootD")


class Reader(Protocol):
    """Events stored one way or another."""

    entries: int
    names: frozenset[str]

    def read(self, branches: Sequence[Branch], start: int, stop: int) -> Chunk:
        """The branches of the events [start, stop)."""


class NanoFile:
    """An open NanoAOD file; made by `open_nano`."""

    def __init__(self, path: str, events: str, reader: Reader) -> None:
        self.path = path
        self.events = events
        self._reader = reader

    @property
    def entries(self) -> int:
        """Number of events."""
        return self._reader.entries

    @property
    def names(self) -> frozenset[str]:
        """Names of all branches."""
        return self._reader.names

    def chunks(self, branches: Sequence[Branch], size: int) -> Iterator[Chunk]:
        """Read `branches` in chunks of `size` events; one empty chunk if the file has no events.

        Absent branches that are not required are absent from the chunks. Raises `MissingBranch` for other
        absent ones, `UnreadableFile` where the file is damaged. Raises `ValueError` for a size below 1.
        """
        if size < 1:
            raise ValueError(f"chunks of {size} events: the size must be at least 1")
        present = self._present(branches)
        for start in range(0, max(self.entries, 1), size):
            with damage_reported(self.path):
                chunk = self._reader.read(present, start, min(start + size, self.entries))
            yield chunk

    def _present(self, branches: Sequence[Branch]) -> list[Branch]:
        missing = [branch.name for branch in branches if branch.required and branch.name not in self.names]
        if missing:
            listed = ", ".join(f"'{name}'" for name in missing)
            prefixes = {name.partition("_")[0] + "_" for name in missing}
            near = sorted(name for name in self.names if name.startswith(tuple(prefixes)))
            raise MissingBranch(
                self.path,
                missing,
                f"'{self.events}' has no branch {listed}",
                f"map the campaign's selection to branches of this file (near: {', '.join(near[:8]) or 'none'})",
            )
        return [branch for branch in branches if branch.name in self.names]


@contextmanager
def open_nano(path: os.PathLike[str] | str, events: str = EVENTS) -> Iterator[NanoFile]:
    """Open a NanoAOD file (a path or URL) whose TTree or RNTuple is called `events`.

    Raises `UnreadableFile` where there is no such tree.
    """
    location = os.fspath(path)
    with damage_reported(location):
        remote = "://" in location
        if not remote and Path(location).stat().st_size == 0:
            raise UnreadableFile(location, "the file is empty (0 bytes)")
        file = uproot.open(location) if remote else uproot.open(location, handler=uproot.MemmapSource)
    with file:
        with damage_reported(location):
            check_length(file, location)
            reader = _reader(file, location, events)
        yield NanoFile(location, events, reader)


def check_length(file: uproot.ReadOnlyDirectory, path: str) -> None:
    """A file must reach as far as its header says, even where the missing part is not needed.

    Raises `UnreadableFile` for a shorter one.
    """
    expected, found = int(file.file.fEND), int(file.file.source.num_bytes)
    if found < expected:
        raise UnreadableFile(path, f"truncated: {found} of {expected} bytes")


def _reader(file: uproot.ReadOnlyDirectory, path: str, events: str) -> Reader:
    kinds = {name.partition(";")[0]: kind for name, kind in file.classnames(recursive=False).items()}
    if events not in kinds:
        there = ", ".join(sorted(kinds)) or "nothing"
        raise UnreadableFile(path, f"no TTree or RNTuple '{events}' (the file holds: {there})", "is it a NanoAOD file?")
    if kinds[events] == "TTree":
        return TreeReader(file[events], path)
    if kinds[events] == "ROOT::RNTuple":
        return NTupleReader(file[events], path)
    raise UnreadableFile(path, f"'{events}' is a {kinds[events]}", "a TTree or an RNTuple is needed")


@contextmanager
def damage_reported(path: str) -> Iterator[None]:
    """Every error while a file is parsed, but those of access, means that its content is damaged.

    Parsers and decompressors meet damaged bytes with errors of any type (struct.error, KeyError, OSError, MemoryError,
    …), so all are taken; the original stays attached as the cause. Raises `UnreadableFile` for them, and
    `UnreachableFile` where the file could not be reached.
    """
    try:
        yield
    except UnreadableFile:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0]}"
        network = isinstance(error, OSError) or type(error).__module__.startswith(NETWORK_MODULES)
        if "://" in path and network and not isinstance(error, FileNotFoundError):
            raise UnreachableFile(path, text) from error
        if isinstance(error, ACCESS_ERRORS):
            raise
        raise UnreadableFile(path, f"damaged or not a ROOT file ({text})") from error

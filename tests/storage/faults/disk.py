"""An independent look at what a server holds: at its disk, past every protocol."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from griddav.writing.unfinished import TEMPORARY

Expected = Mapping[str, frozenset[str]]
"""Path relative to the folder → SHA-256 of all contents that it may have."""


@dataclass
class Found:
    """What is wrong in a folder, by name; `temporaries` are recognised, and no harm."""

    whole: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    corrupt: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    temporaries: int = 0

    @property
    def wrong(self) -> set[str]:
        """Names under which there is not what belongs there, be it a part or something else."""
        return self.corrupt | self.strange


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def expected(files: Mapping[str, bytes], *more: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """What each file may hold: a content of any of the mappings."""
    return {name: frozenset(digest(each[name]) for each in (files, *more)) for name in files}


def look(folder: Path, wanted: Expected) -> Found:
    """Compare every file below a folder of the server's disk with what it should be."""
    there = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return compare(there, wanted)


def compare(there: Mapping[str, bytes], wanted: Expected) -> Found:
    found = Found(lost=set(wanted) - set(there))
    for name, data in there.items():
        if any(TEMPORARY.fullmatch(part) for part in name.split("/")):
            found.temporaries += 1
        elif name not in wanted:
            found.strange.add(name)
        else:
            (found.whole if digest(data) in wanted[name] else found.corrupt).add(name)
    return found


@contextmanager
def watched(folder: Path, wanted: Expected) -> Iterator[set[str]]:
    """Look at every file in a folder as soon as it is seen there; the set holds those that were ever wrong."""
    wrong: set[str] = set()
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            with suppress(FileNotFoundError):
                for path in [path for path in folder.iterdir() if path.name in wanted and path.name not in seen]:
                    seen.add(path.name)
                    if digest(path.read_bytes()) not in wanted[path.name]:
                        wrong.add(path.name)
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield wrong
    finally:
        ended.set()
        thread.join()

"""A file whose content is digested: one of a file system, or one inside an archive, held in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from caselaw.fingerprint.content.stream import STEP, Readable

EXPANDED_BYTES = 512 << 20
EXPANSION = 50
"""What a file may expand to is the larger of `EXPANDED_BYTES` and `EXPANSION` times its size."""

MEMBERS = 100_000
"""How many files archives may hold, those inside archives counted."""

DEPTH = 4
"""How many archives may lie in each other."""


class ExpandsTooMuchError(Exception):
    """A file holds so much more than its size says that it is not worth its time: it counts with its bytes."""


class Budget:
    """What may be expanded while one file is digested, all that lies inside it together."""

    def __init__(self, size: int) -> None:
        self._bytes = max(EXPANDED_BYTES, EXPANSION * size)
        self._members = MEMBERS

    def expand(self, size: int) -> None:
        """Take `size` bytes; ExpandsTooMuchError when there are no more."""
        self._bytes -= size
        if self._bytes < 0:
            raise ExpandsTooMuchError("it expands to too many bytes")

    def enter(self) -> None:
        """Take one member of an archive; ExpandsTooMuchError when there are no more."""
        self._members -= 1
        if self._members < 0:
            raise ExpandsTooMuchError("it holds too many files")


class Counted:
    """A file object that takes from a budget what it gives."""

    def __init__(self, file: Readable, budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def read(self, size: int = STEP, /) -> bytes:
        piece = self._file.read(size)
        self._budget.expand(len(piece))
        return piece


@dataclass(frozen=True)
class ContentSource:
    """The name of a file, its content and size in bytes; `depth` says how many archives it lies in."""

    name: str
    data: Path | bytes = field(repr=False)
    size: int
    budget: Budget
    depth: int = 0

    @classmethod
    def of(cls, path: Path, size: int) -> ContentSource:
        return cls(path.name, path, size, Budget(size))

    def inside(self, name: str, data: bytes) -> ContentSource:
        return ContentSource(name, data, len(data), self.budget, self.depth + 1)

    def open(self) -> BinaryIO:
        return self.data.open("rb") if isinstance(self.data, Path) else io.BytesIO(self.data)

    @property
    def handle(self) -> Path | BinaryIO:
        """What libraries open: a path, or a file object that the caller need not close."""
        return self.data if isinstance(self.data, Path) else io.BytesIO(self.data)

    def read(self, limit: int) -> bytes:
        """All bytes; ValueError when there are more than `limit`."""
        if self.size > limit:
            raise ValueError(f"more than {limit} bytes")
        if not isinstance(self.data, Path):
            return self.data
        with self.data.open("rb", buffering=0) as file:
            return file.read()

"""What lies on tape: a server brings it to disk when it is asked to, and keeps it there for a while."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

DAY = 86_400.0  # seconds
ONLY_ON_TAPE = "NEARLINE"
"""The locality of a file whose reader would wait for a tape drive."""

TapeProgress = Callable[[int, int, int], None]
"""Gets how many files are on disk, how many failed, and how many were asked for."""


@dataclass(frozen=True)
class TapeRequest:
    """A request to bring files to disk and keep them there; `id` and `paths` are the server's names."""

    id: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Staged:
    """What came of asking for files: how many were on disk already, and those that were asked for."""

    online: int
    asked: tuple[str, ...] = ()
    requests: tuple[TapeRequest, ...] = ()


class Tapes(Protocol):
    """The tapes behind a server. Paths are those of `ServerFiles`."""

    def name_of(self, path: str) -> str:
        """What the server calls a path in a request."""

    def stage(self, paths: Sequence[str], lifetime: float = 2 * DAY) -> Sequence[TapeRequest]:
        """Ask for all files that have a copy on tape where one of them is there only: none is dropped meanwhile.

        Raises `FileNotFoundError`, and an error that names the files that are lost.
        """

    def stage_missing(self, paths: Sequence[str], lifetime: float) -> Staged:
        """Ask for the files that are on tape only. Raises as `stage`."""

    def wait(self, requests: Sequence[TapeRequest], paths: Sequence[str], report: TapeProgress) -> None:
        """Wait until files that were asked for can be read. Raises an error that names those that failed."""

    def release(self, requests: Sequence[TapeRequest]) -> None:
        """The files need not be kept on disk any longer."""


class NoTapes:
    """Of a server that has none that we know of: all its files are on disk. See `Tapes`."""

    def name_of(self, path: str) -> str:
        return path

    def stage(self, paths: Sequence[str], lifetime: float = 2 * DAY) -> Sequence[TapeRequest]:
        return ()

    def stage_missing(self, paths: Sequence[str], lifetime: float) -> Staged:
        return Staged(len(paths))

    def wait(self, requests: Sequence[TapeRequest], paths: Sequence[str], report: TapeProgress) -> None:
        """There is nothing to wait for."""

    def release(self, requests: Sequence[TapeRequest]) -> None:
        """Nothing was asked for."""

"""What the client needs of a server with tapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from griddav.tape.locality import Locality


@dataclass(frozen=True)
class StageRequest:
    """A request to bring files to disk and keep them there; `id` is the server's name for it."""

    id: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class TapePlace:
    """Where a file is; without a locality, `error` is why the server cannot say (the file may be missing)."""

    locality: Locality | None
    error: str = ""


class Stage(Enum):
    """How far the staging of one file has come."""

    WAITING = "waiting"
    ONLINE = "online"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class FileState:
    """One file of a request; `error` is the server's word for what went wrong."""

    stage: Stage
    error: str = ""


class Tape(Protocol):
    """The part of a server that reads tapes. Paths are absolute, as the server has them.

    Every method raises `GridDavError` where there is no clear answer.
    """

    @property
    def most(self) -> int:
        """Files in one request."""

    async def places(self, paths: Sequence[str]) -> dict[str, TapePlace]:
        """Where each file is; every path has an entry."""

    async def stage(self, paths: Sequence[str], lifetime: float) -> StageRequest:
        """Ask for at most `most` files, to be kept on disk for `lifetime` seconds once they are there."""

    async def progress(self, request: StageRequest) -> dict[str, FileState]:
        """How far the files of a request are; every path of it has an entry."""

    async def cancel(self, request: StageRequest) -> None:
        """Stage no more of it; what is on disk stays there for its lifetime."""

    async def release(self, request: StageRequest) -> None:
        """The files need not be kept on disk any longer; the server forgets the request."""

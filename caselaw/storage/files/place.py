"""A file or folder, on this machine or on a server, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from caselaw.storage.files.credentials import Identity, NarrowToken

Report = Callable[[int], None]
"""Gets the bytes of a file that were transferred so far."""


class TransferWay(StrEnum):
    """How a file was copied: to a server or within this machine, to this machine, between servers (the one pulls, or
    the other pushes), within one server, or through this machine.
    """

    UP = "up"
    DOWN = "down"
    PULL = "pull"
    PUSH = "push"
    SERVER = "server"
    STREAM = "stream"


def ignore(_: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Node:
    """What is known of a file or folder without reading it.

    `size` in bytes: of a folder 0, None of a file that is not whole: it is being written, or a link leads nowhere.
    `modified` in seconds since 1970, `checksums` (algorithm → hexadecimal digits) and `locality` where the server
    states them.
    """

    name: str
    is_folder: bool
    size: int | None
    modified: float | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)
    locality: str | None = None


class Place(Protocol):
    """A path or URL, whether something is there or not. All methods raise `StoreUnavailable` for a failed question."""

    @property
    def url(self) -> str:
        """An absolute path or a URL, for people."""

    @property
    def name(self) -> str:
        """The last part of it."""

    @property
    def local_path(self) -> Path | None:
        """The path, on this machine."""

    @property
    def parent(self) -> Self:
        """The folder that it lies in."""

    def child(self, name: str) -> Self:
        """What lies below it."""

    def node(self) -> Node:
        """What is there. Raises `FileNotFoundError`."""

    def entries(self) -> list[Node]:
        """What is in a folder, by name. Raises `FileNotFoundError`."""

    def receive(self, source: Path, progress: Report, *, overwrite: bool) -> None:
        """Copy a file of this machine here; it appears whole. Raises `FileExistsError`."""

    def rename(self, target: Self) -> None:
        """Give it a name of the same store that is free. Raises `FileExistsError`."""

    def remove(self) -> None:
        """Remove it with all that it holds; what is gone is no error."""

    def make_folder(self) -> None:
        """Make the folder and those above it, unless they are there."""

    def hides_dot_names(self) -> bool:
        """Whether `entries` are known to leave out names that begin with a dot, but for caselaw's own."""

    def preferred(self) -> str | None:
        """The checksum that is had without reading the file here; None for none."""

    def checksum(self, algorithm: str) -> str | None:
        """Hexadecimal digits of a file; None where the server does not state them. Raises `FileNotFoundError`."""

    def tells_more_of_single_files(self) -> bool:
        """Whether `node` may know what `entries` does not."""

    def time(self) -> float | None:
        """Seconds since 1970 by the clock of whoever keeps the files; None where it does not say."""

    def identity(self) -> Identity:
        """The credentials that are used here. Raises `StoreUnavailable` for those that are broken."""

    def narrow_token(self, activities: Collection[str], lifetime: float) -> NarrowToken:
        """A token for what lies here, some activities and `lifetime` seconds. Raises `TransferError` for none."""


def exists(place: Place) -> bool:
    """Whether there is a file or folder."""
    return found(place) is not None


def found(place: Place) -> Node | None:
    """What is there, or nothing."""
    try:
        return place.node()
    except FileNotFoundError:
        return None

"""A file or folder, on this machine or on a server, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

Report = Callable[[int], None]
"""Gets the bytes of a file that were transferred so far."""


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
    def here(self) -> Path | None:
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

    def preferred(self) -> str | None:
        """The checksum that is had without reading the file here; None for none."""

    def checksum(self, algorithm: str) -> str | None:
        """Hexadecimal digits of a file; None where the server does not state them. Raises `FileNotFoundError`."""


def exists(place: Place) -> bool:
    """Whether there is a file or folder."""
    return found(place) is not None


def found(place: Place) -> Node | None:
    """What is there, or nothing."""
    try:
        return place.node()
    except FileNotFoundError:
        return None

"""The doors of a store: base URLs that lead to the same files. One that fails is put aside for a while."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yarl import URL

from griddav.http.names import SCHEMES, origin_of, path_of, quoted, without

READING, LISTING = frozenset({"GET"}), frozenset({"HEAD", "OPTIONS", "PROPFIND"})
ASIDE = 30.0  # seconds

DoorUrls = Iterable[str] | Mapping[str, Iterable[str]]


class Operation(StrEnum):
    """What a request does; doors may differ by it."""

    READ = "read"
    WRITE = "write"
    LIST = "list"


@dataclass(frozen=True)
class Door:
    """`origin` is `scheme://host:port`; `prefix` stands before every path of the file system ("" or "/a/b")."""

    origin: str
    prefix: str = ""

    @classmethod
    def of(cls, url: str) -> Door:
        """The door of a URL, whose path is taken as it stands. Raises `ValueError` for a URL of another kind."""
        return cls(origin_of(url), path_of(url).rstrip("/"))

    def url(self, path: str) -> str:
        """The URL of a path."""
        return self.origin + quoted(self.prefix + path)


class Doors:
    """Which door is asked. The first one is asked while it answers; state is shared by all requests to the store."""

    def __init__(self, doors: Mapping[Operation, tuple[Door, ...]]) -> None:
        self.of = doors
        self.home = doors[Operation.LIST][0]
        self.all = tuple(dict.fromkeys(door for each in doors.values() for door in each))
        self._aside: dict[Door, float] = {}

    def choose(self, operation: Operation) -> Door:
        """The first door that is not put aside; where all are, the one that was put aside first."""
        now = time.monotonic()
        return min(self.of[operation], key=lambda door: max(self._aside.get(door, 0.0) - now, 0.0))

    def put_aside(self, door: Door, seconds: float = ASIDE) -> None:
        """Ask others for so long, where there are any."""
        self._aside[door] = time.monotonic() + max(seconds, ASIDE)

    def take_back(self, door: Door) -> None:
        """The door answers again."""
        self._aside.pop(door, None)

    def free(self, operation: Operation) -> bool:
        """Whether a door is left that is not put aside."""
        now = time.monotonic()
        return any(self._aside.get(door, 0.0) <= now for door in self.of[operation])

    def path_of(self, url: str) -> str:
        """The path that a URL of one of the doors means; what is no URL, or one of another server, is a path."""
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in SCHEMES:
            return path_of(url)
        origin, path = origin_of(f"{scheme}://{rest.partition('/')[0]}"), path_of(url)
        for door in self.all:
            if door.origin == origin and f"{path}/".startswith(f"{door.prefix}/"):
                return without(door.prefix, path)
        return path

    def prefix_at(self, origin: str) -> str:
        """What stands before the paths in an answer of this server."""
        return next((door.prefix for door in self.all if canonical(door.origin) == origin), self.home.prefix)


def doors_of(base_url: str, more: DoorUrls) -> Doors:
    """The doors of a file system. `more`: URLs asked after `base_url`, or those of each operation (read, write, list)
    in their order; an operation without an entry has `base_url` alone. Raises `ValueError` for others.
    """
    base = Door.of(base_url)
    if isinstance(more, str):
        raise ValueError("doors are a list of URLs, or such lists by operation")
    if not isinstance(more, Mapping):
        doors = tuple(dict.fromkeys((base, *map(Door.of, more))))
        return Doors(dict.fromkeys(Operation, doors))
    strange = sorted(set(more) - set(Operation))
    if strange:
        raise ValueError(f"doors are given for {', '.join(Operation)}, not for {', '.join(strange)}")
    return Doors({name: tuple(dict.fromkeys(map(Door.of, more.get(name, ())))) or (base,) for name in Operation})


def canonical(origin: str) -> str:
    """The origin without the port that its scheme has anyway, in lower case."""
    return str(URL(origin).origin())


def operation_of(method: str) -> Operation:
    """What a request does."""
    return Operation.READ if method in READING else Operation.LIST if method in LISTING else Operation.WRITE

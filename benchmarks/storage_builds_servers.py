"""The servers that storage_builds.py measures on, and what they were asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from storage_places import Place, apache, latency, xrootd


@dataclass(frozen=True)
class Asked:
    """The file in which a server notes its requests, and how a line of it reads."""

    log: Path
    line: re.Pattern[str]

    def size(self) -> int:
        return self.log.stat().st_size

    def since(self, start: int) -> list[str]:
        """Method and path of each request, in order, from a byte of the file on."""
        with self.log.open("rb") as file:
            file.seek(start)
            text = file.read().decode(errors="replace")
        return [f"{match[1]} {match[2]}" for match in self.line.finditer(text)]


@dataclass(frozen=True)
class Pair:
    """Two servers of one kind, each behind a proxy that makes round trips longer.

    `place` is for times. Of `counted` the requests are known: XRootD says so much for it that it is slower.
    """

    place: Place
    counted: Place
    asked: Asked

    @property
    def both(self) -> tuple[Place, Place]:
        return self.place, self.counted


@contextmanager
def pairs(folder: Path, milliseconds: float) -> Iterator[list[Pair]]:
    """apache and XRootD, over TLS."""
    with ExitStack() as stack:

        def place(name: str, module: ModuleType, below: Path, requests: bool) -> Place:
            below.mkdir(mode=0o755)
            server = stack.enter_context(module.running(below, requests=requests))
            host, _, port = server.url.rpartition(":")
            far = f"{host}:{stack.enter_context(latency.delayed(int(port), milliseconds))}"
            store = server.data / "store"
            store.chmod(0o777)
            return Place(name, server.url, far, str(server.ca), None, store)

        def pair(name: str, module: ModuleType, log: str) -> Pair:
            silent, counted = folder / module.__name__, folder / f"{module.__name__}-counted"
            asked = Asked(counted / log, module.REQUEST)
            return Pair(place(name, module, silent, False), place(name, module, counted, True), asked)

        yield [pair("apache, TLS", apache, "requests"), pair("XRootD, TLS", xrootd, "log")]

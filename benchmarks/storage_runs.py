"""Rows of storage.py: a client in a process of its own, so many times, and the median of what it cost."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage_places import Place
from storage_versions import DEBIAN, WEBDAV4, installed

HERE = Path(__file__).parent
PYTHONS = {"gfal2": DEBIAN, "webdav4": WEBDAV4}
OURS = ("caselaw", "aiohttp", "requests")


@dataclass(frozen=True)
class Row:
    """What one client needed on one server: wall and CPU seconds, peak memory in MiB; `measured` of its files."""

    section: str
    server: str
    client: str
    files: int
    measured: int
    wall: float
    cpu: float
    memory: float

    def line(self) -> str:
        scaled = f" (from {self.measured})" if self.measured != self.files else ""
        figures = f"{self.wall:.2f} | {self.cpu:.2f} | {self.memory:.0f}"
        return f"| {self.server} | {self.client} | {self.files:,}{scaled} | {figures} |"


@dataclass(frozen=True)
class Contestant:
    """A client as a row calls it, the program that is run, and what it is given.

    `most`: the row is scaled up from so many files. `before` and `after` every run are not measured.
    """

    client: str
    program: str
    given: dict[str, Any]
    most: int | None = None
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def run(self, place: Place) -> dict[str, float]:
        python = next((path for name, path in PYTHONS.items() if name in self.program), Path(sys.executable))
        given = {"ca": place.ca, "most": self.most, **self.given}
        environment = {"X509_CERT_DIR": place.ca_folder} if place.ca_folder and "gfal2" in self.program else {}
        self.before()
        done = subprocess.run(
            [python, HERE / "storage_clients.py", self.program, json.dumps(given)],
            env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"{place.name}, {self.client}: {done.stderr[-2000:]}")
        self.after()
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found

    def there(self) -> bool:
        """Whether its program is installed."""
        name = self.client.partition(",")[0]
        return name in OURS or name in installed()


def rows(section: str, place: Place, contestants: list[Contestant], files: int, repeats: int) -> Iterator[Row]:
    """In turns, so that another process on this machine disturbs all of them; what is scaled runs once."""
    costs: dict[str, list[dict[str, float]]] = {}
    contestants = [each for each in contestants if each.there()]
    for number in range(repeats):
        for each in contestants:
            if number == 0 or each.most is None:
                costs.setdefault(each.client, []).append(each.run(place))
    for each in contestants:
        measured = files if each.most is None else min(each.most, files)
        for cost in costs[each.client]:
            if cost["count"] != measured:
                raise SystemExit(f"{place.name}, {each.client}: {cost['count']} files in place of {measured}")
        wall, cpu, memory = (
            statistics.median(cost[name] for cost in costs[each.client]) for name in ("wall", "cpu", "memory")
        )
        scale = files / measured
        yield Row(section, place.name, each.client, files, measured, wall * scale, cpu * scale, memory)

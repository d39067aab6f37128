"""How fast a store is: small files, questions, one large file."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from caselaw.storage.copying.copying import copy_file
from caselaw.storage.files.concurrency import in_parallel
from caselaw.storage.files.local import LocalPlace
from caselaw.storage.files.place import Place, exists
from caselaw.storage.files.unfinished import unfinished_name

SMALL = 10_000  # bytes
QUESTIONS = 10

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One thing that was timed. `seconds` in all, or as the median of single questions where `is_latency`."""

    name: str
    seconds: float
    files: int = 0
    bytes: int = 0
    is_latency: bool = False

    @property
    def files_per_second(self) -> float:
        return self.files / self.seconds if self.seconds else 0.0

    @property
    def megabytes_per_second(self) -> float:
        return self.bytes / self.seconds / 1e6 if self.seconds else 0.0


def measure(root: Place, *, files: int, size: int, tell: Tell = lambda _: None) -> list[Measured]:
    """Time a store in a temporary folder of it, which is removed at the end.

    `files` small files are copied up and down, 32 at once, and one of `size` bytes. `tell` gets what begins. Raises
    `StoreUnavailable`.
    """
    place = root.child(unfinished_name())
    with tempfile.TemporaryDirectory(prefix="caselaw-bench-") as folder:
        local = LocalPlace(folder)
        try:
            place.make_folder()
            found = small_files(local, place, files, tell)
            found += questions(place, tell)
            if size:
                found += large_file(local, place, size, tell)
        finally:
            tell("cleaning up")
            place.remove()
    return found


def small_files(local: LocalPlace, place: Place, number: int, tell: Tell) -> list[Measured]:
    names = [f"small-{index:06}" for index in range(number)]
    for name in names:
        local.child(name).local_path.write_bytes(name.encode().ljust(SMALL, b"."))

    def up(name: str) -> None:
        copy_file(local.child(name), place.child(name), overwrite=False)

    def down(name: str) -> None:
        copy_file(place.child(name), local.child(f"back-{name}"), overwrite=False)

    found = []
    for title, work in (("small files up", up), ("small files down", down)):
        tell(title)
        start = time.perf_counter()
        for _ in in_parallel(work, names):
            pass
        found.append(Measured(title, time.perf_counter() - start, number, number * SMALL))
    return found


def questions(place: Place, tell: Tell) -> list[Measured]:
    """One after the other, so that what is measured is how long one takes."""
    tell("questions")
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("exists: one that is there", lambda: exists(place.child("small-000000"))),
        ("exists: one that is not", lambda: exists(place.child("nothing"))),
        ("list the folder", place.entries),
    )
    return [Measured(name, median(question), is_latency=True) for name, question in asked]


def median(question: Callable[[], object]) -> float:
    """Median time in seconds of one question."""
    times = []
    for _ in range(QUESTIONS):
        start = time.perf_counter()
        question()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def large_file(local: LocalPlace, place: Place, size: int, tell: Tell) -> list[Measured]:
    write_file(local.child("large").local_path, size)
    found = []
    for title, source, target in (
        ("large file up", local.child("large"), place.child("large")),
        ("large file down", place.child("large"), local.child("large-back")),
    ):
        tell(title)
        start = time.perf_counter()
        copy_file(source, target, overwrite=False)
        found.append(Measured(title, time.perf_counter() - start, 1, size))
    return found


def write_file(path: Path, size: int) -> None:
    """A file that cannot be compressed away by a disk or a network, without much work."""
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for start in range(0, size, len(block)):
            file.write(block[: size - start])

"""Bringing files to disk: asked for in bulk, waited for, checked at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from griddav.errors import NoAnswer, StagingFailed
from griddav.http.concurrency import concurrently
from griddav.tape.interface import FileState, Stage, StageRequest, Tape, TapePlace

DAY = 86_400.0  # seconds


@dataclass(frozen=True)
class Patience:
    """How long to wait for tapes, in seconds: pauses between questions grow from `first` to `longest`."""

    first: float = 1.0
    longest: float = 60.0
    deadline: float = 2 * DAY

    def pauses(self) -> Iterator[float]:
        pause = self.first
        while True:
            yield pause
            pause = min(self.longest, 1.5 * pause)


@dataclass(frozen=True)
class StagingProgress:
    """Files so far: those that are on disk, those that failed, and all that were asked for."""

    online: int
    failed: int
    total: int


Report = Callable[[StagingProgress], None]


def ignore(_: StagingProgress) -> None:
    """Nobody watches."""


async def requested(tape: Tape, paths: Sequence[str], lifetime: float) -> list[StageRequest]:
    """Ask for files, in as many requests as the server needs."""
    parts = [paths[start : start + tape.most] for start in range(0, len(paths), tape.most)]
    return [await tape.stage(part, lifetime) for part in parts]


async def waited(
    tape: Tape, requests: Sequence[StageRequest], where: str, report: Report = ignore, patience: Patience | None = None
) -> None:
    """Wait until all files of these requests are on disk.

    Raises `StagingFailed`, which names them, for files that failed, and `NoAnswer` when patience ends; the
    server goes on with the others in both cases.
    """
    patience = patience or Patience()
    end = time.monotonic() + patience.deadline
    for pause in patience.pauses():
        states: dict[str, FileState] = {}
        for found in await concurrently(tape.progress(request) for request in requests):
            states |= found
        failures = {path: why(state) for path, state in states.items() if why(state)}
        online = sum(state.stage is Stage.ONLINE for state in states.values())
        report(StagingProgress(online, len(failures), len(states)))
        if online + len(failures) == len(states):
            break
        if time.monotonic() + pause > end:
            waiting = sorted(path for path, state in states.items() if state.stage is Stage.WAITING)
            raise NoAnswer(
                f"{len(waiting)} of {len(states)} files are still on tape after {patience.deadline:.0f} s, "
                f"among them {', '.join(waiting[:3])}",
                where, "the server goes on: run again later",
            )  # fmt: skip
        await asyncio.sleep(pause)
    if failures:
        raise failed(failures, len(states), where)


def why(state: FileState) -> str:
    """Why a file will not come; empty for one that is there or on its way."""
    if state.stage in (Stage.WAITING, Stage.ONLINE):
        return ""
    return state.error or f"the request was {state.stage.value}"


def unreadable(places: Mapping[str, TapePlace]) -> dict[str, str]:
    """Files that cannot be read at once, and why."""
    return {
        path: place.error or f"it is {place.locality}"
        for path, place in places.items()
        if place.locality is None or not place.locality.readable
    }


def failed(failures: Mapping[str, str], total: int, where: str) -> StagingFailed:
    return StagingFailed(
        f"{len(failures)} of {total} files could not be brought to disk", where,
        "ask the site about these files; what came to disk stays there, run again for the others", failures,
    )  # fmt: skip

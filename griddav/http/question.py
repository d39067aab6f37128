"""A question to a store, and how far it has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from griddav.http.doors import Door

Body = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Question:
    """A request as `Client.request` describes it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Body | bytes | None
    expected: frozenset[int]
    ask_first: bool
    query: str = ""


@dataclass
class RequestProgress:
    """Where a question stands. `attempt` counts what was sent, `rounds` what ended with a pause, `damaged` those whose
    answer was whole and not what it should be.
    """

    started: float = field(default_factory=time.monotonic)
    attempt: int = 0
    rounds: int = 0
    damaged: int = 0
    asked: dict[Door, None] = field(default_factory=dict)
    door: Door | None = None  # of the present attempt
    at_door: bool = True
    origin: str = ""  # of the server that is asked
    answered: float | None = None  # when the headers of the present attempt arrived
    in_bodies: float = 0.0
    place: asyncio.Semaphore | None = None  # among those whose request is on its way

    def next(self, door: Door) -> None:
        self.attempt, self.at_door, self.answered = self.attempt + 1, True, None
        self.asked[door], self.door = None, door

    def let_go(self) -> None:
        """An answer begins, or the attempt failed: another request may be sent."""
        if self.place is not None:
            self.place.release()
            self.place = None

    def spent(self) -> float:
        """Seconds without those in which a body was read."""
        if self.answered is not None:
            self.in_bodies, self.answered = self.in_bodies + time.monotonic() - self.answered, None
        return time.monotonic() - self.started - self.in_bodies

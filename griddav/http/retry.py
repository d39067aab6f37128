"""The retry loop: a question is asked again while that can help; what a failure means, and what to tell the user."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp

from griddav.http.doors import Doors, Operation
from griddav.http.question import RequestProgress
from griddav.http.rate_limit import Pace

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUIET = 3.0  # seconds of asking again before anybody is told
TRANSIENT = frozenset({408, 421, 423, 425, 429, 500, 502, 503, 504})
DOOR_IS_DOWN = frozenset({502, 503, 504})
TOO_MANY = 429
ENOUGH = 4
"""So often a file may arrive damaged."""
ADVICE = {
    401: "the server does not know you: get a new token (oidc-token, htgettoken) or check user and password",
    403: "your credentials do not allow this: check the token's scopes and the folder's permissions",
    423: "the file is locked: run again when its writer is done",
    429: "the server asks for fewer requests: set requests_per_second, or wait and run again",
    507: "the server has no space left: free some, or use another store",
}
DAMAGED = "check the file in its store: it is damaged there, or on its way"
OTHERWISE = "check that the server is up and its address right, then run again; nothing that was published is lost"


@dataclass(frozen=True)
class Retry:
    """When to give up: after `attempts` (None: however many), or when the next one would start more than `deadline`
    seconds after the first, not counting the time in which bytes of a file arrived.

    Pauses double from `first` to `longest` seconds, each shortened by chance, so that clients spread. Going to another
    door is not an attempt of its own.
    """

    attempts: int | None = 6
    first: float = 0.25
    longest: float = 15.0
    deadline: float = 90.0

    def over(self, attempt: int, seconds: float, damaged: int = 0) -> bool:
        """Whether no other attempt is made after this one, so many seconds after the first.

        `damaged`: in so many attempts the file arrived whole, and was not what it should be.
        """
        return damaged >= ENOUGH or (self.attempts is not None and attempt >= self.attempts) or seconds > self.deadline

    def counted(self, attempt: int) -> str:
        """Which attempt it is, for people."""
        return f"attempt {attempt}" if self.attempts is None else f"attempt {attempt} of {self.attempts}"

    def pause(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after the given attempt; `asked` is the server's Retry-After."""
        drawn = min(self.longest, self.first * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)
        return drawn if asked is None else max(asked, drawn)


class TransientError(Exception):
    """An attempt failed in a way that may pass; `read` functions raise it for a body that cannot be right.

    `asked` is the server's Retry-After, in seconds. `door_is_down`: another door may answer. `too_many`: the server
    wants fewer requests. `idle`: seconds in which next to nothing of a body arrived. `damaged`: what arrived is whole,
    and not what the server says of it; so it may stay.
    """

    def __init__(
        self, what: str, advice: str = OTHERWISE, asked: float | None = None, *,
        door_is_down: bool = False, too_many: bool = False, idle: float = 0.0, damaged: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(what)
        self.what, self.advice, self.asked = what, advice, asked
        self.door_is_down, self.too_many, self.idle = door_is_down, too_many, idle
        self.damaged = damaged


class RetryLoop:
    """Repeats questions to one store, at another door where one is down, and not before the server wants it.

    `told` is whether somebody knows that the store does not answer; an answer makes it False.
    """

    def __init__(self, doors: Doors, pace: Pace) -> None:
        self.doors, self.pace, self.told = doors, pace, False

    async def run(
        self, retry: Retry, operation: Operation, progress: RequestProgress, attempt: Callable[[], Awaitable[T]],
        given_up: Callable[[TransientError, float], Exception],
        before_again: Callable[[], Awaitable[None]] | None = None,
    ) -> T:  # fmt: skip
        """What an attempt gives that raises no `TransientError`; raises what `given_up` makes of the last failure.

        It gets that failure and the seconds that were spent. `before_again` is awaited before a repetition.
        """
        while True:
            try:
                return await attempt()
            except TransientError as error:
                failure = error
                progress.damaged += failure.damaged
                if progress.answered is not None:
                    progress.answered += failure.idle
            finally:
                progress.let_go()
            pause = self._pause(retry, operation, progress, failure)
            spent = progress.spent()
            if retry.over(progress.rounds, spent + pause, progress.damaged):
                raise given_up(failure, spent) from failure
            self._tell(retry, failure, spent)
            await asyncio.sleep(pause)
            if before_again is not None:
                await before_again()

    def _pause(self, retry: Retry, operation: Operation, progress: RequestProgress, failure: TransientError) -> float:
        """Seconds to wait after a failure: none where another door can be asked."""
        if failure.door_is_down and progress.door is not None and len(self.doors.of[operation]) > 1:
            self.doors.put_aside(progress.door, failure.asked or 0.0)
            if self.doors.free(operation):
                return 0.0
        progress.rounds += 1
        pause = retry.pause(progress.rounds, failure.asked)
        if failure.too_many:
            self.pace.hold(min(pause, retry.deadline))
        return pause

    def _tell(self, retry: Retry, failure: TransientError, spent: float) -> None:
        """Say once that somebody waits for the server, and how long."""
        if spent > QUIET and not self.told:
            self.told = True
            origin = self.doors.home.origin
            logger.warning("%s: %s; asking again for up to %.0f s", origin, failure.what, retry.deadline)


def damaged(what: str) -> TransientError:
    """What arrived whole, and is not what it should be."""
    return TransientError(what, DAMAGED, damaged=True)


def advice(status: int) -> str:
    """What the user can do about an answer of this status."""
    return ADVICE.get(status, OTHERWISE)


def retry_after(text: str, now: str = "") -> float | None:
    """Seconds of a Retry-After header, which is a number or a date; None where it says nothing.

    A date counts from `now`, the server's own (its header Date): our clock may be another.
    """
    if text.strip().isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
    try:
        return max(0.0, until - parsedate_to_datetime(now).timestamp())
    except ValueError:
        return max(0.0, until - time.time())


def no_answer(error: BaseException, at_door: bool) -> TransientError:
    """A lost connection. `at_door`: it was lost before the door answered, and so another door may do better."""
    failure = TransientError(broken(error), door_is_down=at_door)
    failure.__cause__ = error
    return failure


def broken(error: BaseException) -> str:
    """What a lost connection looked like. URLs stay out: those of a redirect may hold a secret."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or type(error.os_error).__name__}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"the connection broke ({type(error).__name__})"

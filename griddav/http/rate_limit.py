"""How fast a store is asked: never faster than it may be, and not at all while it asks for a pause."""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time

BURST = 0.1  # seconds: requests of so long a time may go at once
SLOWER = 0.5  # of the rate at which a server said "too many requests"
FASTER = 1.1  # for every second in which it did not say so again
WINDOW = 1.0  # seconds over which the rate of requests is measured
LEAST = 10.0  # requests per second: a refusal among the first few says little about the rate
SAME = 0.5  # seconds within which all refusals are one


class Pace:
    """Shared by all requests to one store, in all threads and event loops of the process.

    `rate`: the most requests per second; None: as many as the connections carry. A server that refuses requests
    because they are too many slows everybody down for a while.
    """

    def __init__(self, rate: float | None = None) -> None:
        if rate is not None and not rate > 0:
            raise ValueError(f"a rate of {rate} requests per second lets no request through")
        self.limit = math.inf if rate is None else rate
        self._rate = self.limit
        self._due = self._resume = self._refused = -math.inf
        self._spread = 0.0
        self._slowed = self._window = time.monotonic()
        self._sent = 0
        self._lock = threading.Lock()

    async def turn(self) -> None:
        """Wait until the next request may go."""
        while True:
            if (held := self.held()) > 0:
                await asyncio.sleep(held + random.uniform(0, self._spread))  # other processes wait as well
                continue
            wait = self._take()
            if wait <= 0:
                return
            await asyncio.sleep(wait)
            if self.held() == 0:
                return

    def held(self) -> float:
        """Seconds that the server's pause still lasts."""
        return max(0.0, self._resume - time.monotonic())

    def hold(self, seconds: float) -> None:
        """The server refused a request because they are too many: nobody asks for so long, then everybody slower.

        Those who wait go on one after the other, so that they are not refused again.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._refused > SAME and now >= self._resume:  # many are refused at once: one of them counts
                measured = self._sent / max(now - self._window, WINDOW / 4)
                self._rate = max(min(LEAST, self.limit), SLOWER * (measured if math.isinf(self._rate) else self._rate))
                self._sent, self._window, self._refused = 0, now, now
            self._slowed = max(self._slowed, now + seconds)
            self._resume = max(self._resume, now + seconds)
            self._spread = min(1.0, seconds / 4)

    def _take(self) -> float:
        """Seconds until the next free place at the present rate, which is taken."""
        with self._lock:
            now = time.monotonic()
            if now - self._window > WINDOW:
                self._sent, self._window = 0, now
            self._sent += 1
            if math.isinf(self._rate):
                return 0.0
            self._recover(now)
            self._due = max(now, self._due) + 1 / self._rate
            return self._due - now - max(BURST, 1 / self._rate)

    def _recover(self, now: float) -> None:
        quiet = now - self._slowed
        if quiet < 1 or self._rate >= self.limit:
            return
        self._rate = min(self.limit, self._rate * FASTER ** min(quiet, 60.0))
        self._slowed = now
        if self._rate > 10_000:  # as good as no limit
            self._rate = self.limit

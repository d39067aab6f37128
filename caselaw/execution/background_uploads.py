"""Uploads beside a run: what workers have made goes to the server while they make the next."""

from __future__ import annotations

import dataclasses
import enum
import math
import queue
import threading
import time
from pathlib import Path

from caselaw.errors import EVERY_BRANCH, StoreError
from caselaw.execution.job import Outcome
from caselaw.publishing.upload import upload
from caselaw.storage.store import Store

BATCH = 128
MOST_WAITING = 512
"""Branches that may wait for their upload before no other is begun: the disk of this machine is not endless."""
SECONDS_TOGETHER = 0.5
"""So often a batch is sent that is not full: each one has a document of records, which takes seven requests."""
SECONDS_QUIET = 5.0
"""After so long without an upload that ends, the store is taken for troubled, and no other branch is begun."""


class Signal(enum.Enum):
    """What the thread of a sender is told between outcomes."""

    HURRY = enum.auto()
    END = enum.auto()


class Sender:
    """Sends outcomes that lie in the outbox, and gives each back when the store has it, or cannot have it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sending = 0
        self.outage: StoreError | None = None
        self.progressed = time.monotonic()
        self._waiting: queue.SimpleQueue[Outcome | Signal] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._hurried = False

    def add(self, outcome: Outcome) -> None:
        """Take charge of an outcome with something in the outbox."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="caselaw-sender", daemon=True)
            self._thread.start()
        if not self.sending:
            self.progressed = time.monotonic()
        self.sending += 1
        self._hurried = False
        self._waiting.put(outcome)

    def hurry(self) -> None:
        """No other outcome comes until one of these has ended: nothing is waited for."""
        if not self._hurried:
            self._hurried = True
            self._waiting.put(Signal.HURRY)

    def ended(self, timeout: float) -> list[Outcome]:
        """Outcomes that have ended since the last call; waits for the first one at most `timeout` seconds."""
        found: list[Outcome] = []
        try:
            while True:
                found.append(self._done.get(timeout=0 if found or not self.sending else timeout))
                self.sending -= 1
                self.progressed = time.monotonic()
        except queue.Empty:
            return found

    @property
    def troubled(self) -> bool:
        """Whether nothing that waits has been uploaded for a while, or nothing can be."""
        return self.outage is not None or (self.sending > 0 and time.monotonic() - self.progressed > SECONDS_QUIET)

    @property
    def full(self) -> bool:
        """Whether no other branch should be begun."""
        return self.troubled or self.sending >= MOST_WAITING

    def close(self) -> None:
        """Let the thread end; what is under way is finished."""
        if self._thread is not None:
            self._waiting.put(Signal.END)

    def _work(self) -> None:
        since = -math.inf
        while (first := self._waiting.get()) is not Signal.END:
            if first is Signal.HURRY:
                continue
            batch = [first, *self._more(BATCH - 1, since + SECONDS_TOGETHER)]
            since = time.monotonic()
            if self.outage is None:
                self._send(batch)
            else:
                for outcome in batch:
                    self._done.put(dataclasses.replace(outcome, outage=self.outage))

    def _more(self, most: int, end: float) -> list[Outcome]:
        """What has come, or comes before `end`."""
        found: list[Outcome] = []
        while len(found) < most:
            left = end - time.monotonic()
            try:
                outcome = self._waiting.get(left > 0, max(left, 0))
            except queue.Empty:
                break
            if outcome is Signal.END:
                self._waiting.put(Signal.END)
            if isinstance(outcome, Signal):
                break
            found.append(outcome)
        return found

    def _send(self, batch: list[Outcome]) -> None:
        """Send a batch; an error that nobody expected fails its branches, and is seen."""
        folders = [Path(str(outcome.upload)) for outcome in batch]
        try:
            errors = upload(self.store, folders)
        except Exception as unexpected:
            errors = dict.fromkeys(folders, unexpected)
        for folder, outcome in zip(folders, batch, strict=True):
            error = errors[folder]
            if isinstance(error, EVERY_BRANCH):
                self.outage = self.outage or error
                outcome = dataclasses.replace(outcome, outage=error)
            elif error is not None:
                outcome = dataclasses.replace(outcome, error=f"{type(error).__name__}: {error}")
            self._done.put(outcome)

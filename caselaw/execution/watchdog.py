"""Says when a worker does not begin what it was sent. It ends nothing: a branch that has begun may run for days."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from caselaw.execution.pool import Worker
from caselaw.execution.worker import SHOW_STACK

SECONDS_FOR_STACK = 0.2
LONGEST_STACK = 4000
STATES = {"R": "computes", "D": "waits for a disk or a server", "T": "is stopped", "Z": "has died"}


class Watchdog:
    """Looks at workers; `tell` gets a text after `patience` seconds, then each time twice as many have passed.

    No patience (0) means no watch.
    """

    def __init__(self, patience: float, tell: Callable[[str], None]) -> None:
        self.patience, self.tell = patience, tell
        self.told: dict[int, float] = {}

    def look(self, workers: list[Worker], name: Callable[[int], str]) -> None:
        """Tell of workers that have begun nothing since they were sent branches; `name` says what a branch is."""
        now = time.monotonic()
        for worker in workers:
            pid = worker.process.pid or 0
            if worker.since is None:
                self.told.pop(pid, None)
            elif worker.running and self.is_time(pid, now - worker.since):
                waited = f"{now - worker.since:.0f} s"
                self.tell(
                    f"{name(worker.running[0])} has not begun since {waited}: worker {pid} {state_of(pid)}\n"
                    f"{stack_of(worker)}"
                )

    def starting(self, seconds: float) -> None:
        """Tell of a first worker that is not there yet."""
        if self.is_time(0, seconds):
            self.tell(f"no branch has begun since {seconds:.0f} s: workers still import the modules of the tasks")

    def is_time(self, pid: int, waited: float) -> bool:
        limit = 2 * self.told[pid] if pid in self.told else self.patience
        if not self.patience or waited < limit:
            return False
        self.told[pid] = waited
        return True


def state_of(pid: int) -> str:
    """What Linux says of a process: whether it computes, on what it waits, its CPU seconds and threads."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        waits = Path(f"/proc/{pid}/wchan").read_text() if words[0] in "SD" else ""
    except OSError:
        return "cannot be looked at"
    used = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    what = STATES.get(words[0], "waits")
    on = f" in {waits}" if waits not in ("", "0") else ""
    return f"{what}{on}, {used:.1f} CPU-s used, {words[17]} threads"


def stack_of(worker: Worker) -> str:
    """Where a worker is in its code, as it says itself; nothing where it does not listen."""
    pid = worker.process.pid
    if pid is None or not listens(pid):
        return ""
    worker.last_words()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, SHOW_STACK)
        time.sleep(SECONDS_FOR_STACK)
    return worker.last_words()[-LONGEST_STACK:].strip()


def listens(pid: int) -> bool:
    """Whether a process does something else than die when it is asked where it is."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        caught = next(line.split()[1] for line in lines if line.startswith("SigCgt:"))
        return bool(int(caught, 16) >> (SHOW_STACK - 1) & 1)
    return False

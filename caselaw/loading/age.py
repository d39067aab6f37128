"""Whether a file is as it was when this program started."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from pathlib import Path

RESTARTED = "CASELAW_RESTARTED"
"""The variable that says which process started its program again, and when in the seconds of `clock`."""

TICK = 10_000_000
"""To which the kernel knows when a program was started (ns). No interpreter has read a module by the next tick."""


def clock() -> float:
    """Seconds since this machine was started."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def started() -> float | None:
    """When this program was started; None where the system does not say."""
    try:
        with open("/proc/self/stat", encoding="utf-8", errors="replace") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        found = ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
    again = restarted()
    return found if again is None else max(found, min(again, clock()))


def restarted() -> float | None:
    """When this process started its program again, of which /proc says nothing; None if it did not."""
    pid, _, when = os.environ.get(RESTARTED, "").partition(" ")
    with contextlib.suppress(ValueError):
        return float(when) if pid == str(os.getpid()) else None
    return None


STARTED = started()
"""Of the program, not of its forks: they inherit what it has loaded."""


def is_older_than_this_program(changed: int, root: Path) -> bool:
    """Whether something was changed before this program started, by the clock of the file system of `root` (ns)."""
    if STARTED is None:
        return False
    now = time.time_ns() + ahead_of_us(root)
    return changed <= now - int((clock() - STARTED) * 1e9) + TICK


@functools.cache
def ahead_of_us(root: Path) -> int:
    """By how much the clock that dates the files under `root` is ahead of ours (ns)."""
    import tempfile

    folder = root / ".caselaw"
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            ahead = os.fstat(file.fileno()).st_ctime_ns - time.time_ns()
    except OSError:  # nobody can edit files there, at least not we
        return 0
    return ahead if abs(ahead) > TICK else 0

"""What is shown while files are transferred, and how sizes, times and ages are written."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

SECONDS_UNTIL_SHOWN = 2.0
SECONDS_BETWEEN_LINES = 10.0


class Transfers:
    """How many files and bytes are done, on standard error; nothing where all is done within two seconds.

    Safe between threads. `quiet`: nothing at all.
    """

    def __init__(self, title: str, files: int, size: int, *, quiet: bool = False) -> None:
        self.title, self.files, self.size, self.quiet = title, files, size, quiet
        self.done_files = self.done_bytes = 0
        self._of: dict[str, int] = {}
        self._lock = threading.Lock()
        self._started = self._last = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def reports(self, paths: Iterable[str]) -> dict[str, Callable[[int], None]]:
        """For each path, what takes its bytes so far."""
        return {path: self._report(path) for path in paths}

    def file_done(self) -> None:
        with self._lock:
            self.done_files += 1
            self._show()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def _report(self, path: str) -> Callable[[int], None]:
        def report(size: int) -> None:
            with self._lock:
                self.done_bytes += size - self._of.get(path, 0)
                self._of[path] = size
                self._show()

        return report

    def _show(self) -> None:
        now = time.monotonic()
        if self.quiet or now - self._started < SECONDS_UNTIL_SHOWN:
            return
        if sys.stderr.isatty():
            self._show_bar()
        elif now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            done = (
                f"{self.done_files:,} of {self.files:,} files, {size_text(self.done_bytes)} of {size_text(self.size)}"
            )
            sys.stderr.write(f"{self.title}: {done}, {size_text(round(self.done_bytes / self.seconds))}/s\n")
            sys.stderr.flush()

    def _show_bar(self) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
                TextColumn("{task.fields[files]}"), TimeRemainingColumn(), console=Console(file=sys.stderr),
            )  # fmt: skip
            self._task = self._bar.add_task(self.title, total=self.size, files="")
            self._bar.start()
        files = f"{self.done_files:,}/{self.files:,} files"
        self._bar.update(self._task, completed=self.done_bytes, files=files)


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """Says on a terminal, when it takes more than two seconds, what goes on."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(file=sys.stderr).status(title)
    timer = threading.Timer(SECONDS_UNTIL_SHOWN, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `2,000 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size_text(size: int | None) -> str:
    """`1.2 MB`; of a file that is being written, `-`."""
    from rich.filesize import decimal

    return "-" if size is None else decimal(size)


def time_text(seconds: float | None) -> str:
    """`2026-01-31 12:00:00`, in the time of this place."""
    return "-" if seconds is None else f"{datetime.fromtimestamp(seconds):%Y-%m-%d %H:%M:%S}"


def age_text(seconds: float | None) -> str:
    """`3.2 d`, `7 d`, or hours, minutes, seconds."""
    if seconds is None:
        return "unknown"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= length:
            return f"{seconds / length:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"

"""Progress of a workflow: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Protocol, Self, TextIO

SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """What the pool tells about a run."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: object, error: object, trace: object) -> None: ...
    def update(self, done: int, failed: int) -> None:
        """Say how many branches have ended, and how many of them failed."""

    def refresh(self) -> None:
        """Show that time passes."""

    def message(self, text: str) -> None:
        """Print a text above the progress."""

    def printed(self, text: str) -> None:
        """Show what branches print, where this process prints."""


def progress_for(title: str, total: int, stream: TextIO | None = None) -> Progress:
    """The display that fits `stream` (default: standard error)."""
    stream = stream if stream is not None else sys.stderr
    return Bar(title, total, stream) if stream.isatty() else Lines(title, total, stream)


class Lines:
    """A line at the start, at the end, and at most every ten seconds in between."""

    def __init__(self, title: str, total: int, stream: TextIO) -> None:
        self.title, self.total, self.stream = title, total, stream
        self.started = self.last = time.monotonic()
        self.done = self.failed = 0

    def __enter__(self) -> Self:
        self._line(f"0/{self.total}")
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        ending = "interrupted" if kind is not None else "done"
        self._line(f"{ending} in {time.monotonic() - self.started:.1f} s, {self._state()}")

    def update(self, done: int, failed: int) -> None:
        self.done, self.failed = done, failed

    def refresh(self) -> None:
        if time.monotonic() - self.last >= SECONDS_BETWEEN_LINES and self.done < self.total:
            self._line(self._state())

    def message(self, text: str) -> None:
        self.stream.write(text.rstrip("\n") + "\n")
        self.stream.flush()

    def printed(self, text: str) -> None:
        print_out(text)

    def _state(self) -> str:
        return f"{self.done}/{self.total}" + (f", {self.failed} failed" if self.failed else "")

    def _line(self, text: str) -> None:
        self.last = time.monotonic()
        self.message(f"{self.title}: {text}")


class Bar:
    """A live bar with the number of branches, failures, and the time that is left."""

    def __init__(self, title: str, total: int, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self.bar = RichProgress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}"), TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(file=stream), auto_refresh=False,
        )  # fmt: skip
        self.task = self.bar.add_task(title, total=total, failed="")
        self.last = 0.0

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.bar.refresh()
        self.bar.stop()

    def update(self, done: int, failed: int) -> None:
        self.bar.update(self.task, completed=done, failed=f"[red]{failed} failed[/]" if failed else "")

    def refresh(self) -> None:
        if time.monotonic() - self.last > 0.1:
            self.last = time.monotonic()
            self.bar.refresh()

    def message(self, text: str) -> None:
        self.bar.console.print(text.rstrip("\n"), markup=False, highlight=False, soft_wrap=True)

    def printed(self, text: str) -> None:
        if not sys.stdout.isatty():
            print_out(text)
        elif text:
            self.message(text)


def print_out(text: str) -> None:
    if text:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        sys.stdout.flush()

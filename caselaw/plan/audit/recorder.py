"""Writes down what is used while the branch runs, and by which line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType

from caselaw.fingerprint import files
from caselaw.fingerprint.code.reading import sources
from caselaw.plan.audit.observation import Observation, UseKind
from caselaw.plan.audit.origin import CodeOrigin, SourceOrigins

CO_OPTIMIZED = 1  # set for functions, not for the bodies of modules and classes
HERE = str(Path(__file__).parent)

Lines = Mapping[str, tuple[tuple[int, int], ...]]


class Recorder:
    """Each use is written once, at once: also what a forked or a dying process did is known.

    `lines` are the line ranges of the closure, by real path of the file. `own` are texts in paths of files that the
    branch may keep things in: its scratch folder, its fingerprint. `store` is the folder of published outputs.
    """

    def __init__(
        self, descriptor: int, origins: SourceOrigins, lines: Lines, own: tuple[str, ...] = (), store: str | None = None
    ) -> None:
        self.descriptor, self.origins, self.lines, self.own, self.store = descriptor, origins, lines, own, store
        self.running = False
        self.paused = False
        """While the audit itself reads files."""
        self.written: set[str] = set()
        self.yielded: set[str] = set()
        self.recorded: set[tuple[str, str, bool, str]] = set()

    def record(
        self, kind: UseKind, name: str, frame: FrameType | None, *, path: str | None = None, seen: bool = False,
        line: str | None = None, by: CodeOrigin | None = None,
    ) -> None:  # fmt: skip
        """Record a use that `frame` makes, when the branch is to answer for it.

        `line` and `by` replace where it was used and whose code did it.
        """
        by = by or self.by(frame)
        key = (kind, name, seen, by)
        if key in self.recorded or not self.counts(frame):
            return
        self.recorded.add(key)
        used = Observation(kind, name, line or self.where(frame), by, path, seen)
        os.write(self.descriptor, used.line())

    def counts(self, frame: FrameType | None) -> bool:
        """Whether a use counts: within run(), or in a module-level statement that the closure holds.

        Importing a module executes all of it; of what the task does not use, nothing counts.
        """
        for above in outwards(frame):
            code = above.f_code
            if not code.co_flags & CO_OPTIMIZED and self.origins.of(code.co_filename) is CodeOrigin.FIRST_PARTY:
                return self.in_closure(code.co_filename, above.f_lineno)
        return self.running

    def in_closure(self, file: str, line: int) -> bool:
        ranges = self.lines.get(os.path.realpath(file), ())
        return any(first <= line <= last for first, last in ranges)

    def covers(self, code: CodeType) -> bool:
        """Whether the closure holds this function, or the one around it."""
        last = max((line for _, _, line in code.co_lines() if line), default=code.co_firstlineno)
        return self.in_closure(code.co_filename, code.co_firstlineno) or self.in_closure(code.co_filename, last)

    def hashes(self, frame: FrameType | None) -> bool:
        """Whether the engine reads code, or what a file holds, for the fingerprint of a task that the run asks for."""
        for above in outwards(frame):
            file = above.f_code.co_filename
            if file in (sources.__file__, files.__file__):
                return True
            if self.origins.of(file) is CodeOrigin.FIRST_PARTY:
                return False
        return False

    def where(self, frame: FrameType | None) -> str | None:
        """The nearest first-party line."""
        for above in outwards(frame):
            if self.origins.of(above.f_code.co_filename) is CodeOrigin.FIRST_PARTY:
                return f"{os.path.realpath(above.f_code.co_filename)}:{above.f_lineno}"
        return None

    def by(self, frame: FrameType | None) -> CodeOrigin:
        """Whose code does it: the nearest that is not the standard library's; the engine also through others."""
        nearest: CodeOrigin | None = None
        for above in outwards(frame):
            origin = self.origins.of(above.f_code.co_filename)
            if origin is CodeOrigin.FIRST_PARTY:
                return nearest or CodeOrigin.FIRST_PARTY
            if origin is CodeOrigin.ENGINE:
                return CodeOrigin.ENGINE
            if origin is CodeOrigin.LIBRARY:
                nearest = CodeOrigin.LIBRARY
        return nearest or CodeOrigin.LIBRARY


def outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and its callers, without those of the audit itself."""
    while frame is not None:
        if not frame.f_code.co_filename.startswith(HERE):
            yield frame
        frame = frame.f_back

"""Which first-party functions are executed, in all threads."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import CodeOrigin
from caselaw.plan.audit.recorder import CO_OPTIMIZED, Recorder, outwards

# Called by the engine to learn what a task needs and makes; their results are in the fingerprint.
DECLARATIONS = frozenset(
    {"upstream", "requires", "workflow_requires", "create_branch_map", "output", "input", "complete", "store"}
)


@contextlib.contextmanager
def traced(recorder: Recorder) -> Iterator[None]:
    """Record the first-party functions that are executed in this block, in every thread that it starts."""
    if sys.version_info >= (3, 12):
        with monitored(recorder):
            yield
        return
    seen: dict[int, CodeType] = {}  # by id, because comparing code objects is slow; kept, so that no id comes again

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and id(frame.f_code) not in seen and executed(recorder, frame):
            seen[id(frame.f_code)] = frame.f_code

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


if sys.version_info >= (3, 12):

    @contextlib.contextmanager
    def monitored(recorder: Recorder) -> Iterator[None]:
        """The same by `sys.monitoring`, which costs nothing for a function that was seen."""
        monitoring = sys.monitoring
        tool = next(number for number in range(6) if monitoring.get_tool(number) is None)
        start = monitoring.events.PY_START

        def started(code: CodeType, _: int) -> Any:
            return monitoring.DISABLE if executed(recorder, sys._getframe(1)) else None

        monitoring.use_tool_id(tool, "caselaw audit")
        monitoring.register_callback(tool, start, started)
        monitoring.set_events(tool, start)
        try:
            yield
        finally:
            monitoring.set_events(tool, monitoring.events.NO_EVENTS)
            monitoring.free_tool_id(tool)


def executed(recorder: Recorder, frame: FrameType) -> bool:
    """Record one execution; True when further ones of the same code need not be looked at."""
    code = frame.f_code
    if not code.co_flags & CO_OPTIMIZED or recorder.origins.of(code.co_filename) is not CodeOrigin.FIRST_PARTY:
        return True
    covered = recorder.covers(code)
    if not covered and (code.co_name == "__annotate__" or is_declaration(recorder, frame)):
        return False
    if not recorder.counts(frame):
        return False
    path = os.path.realpath(code.co_filename)
    name = f"{frame.f_globals.get('__name__', '?')}.{symbol(code.co_qualname)}"
    recorder.record(UseKind.FUNCTION, name, frame, path=path, seen=covered, line=f"{path}:{code.co_firstlineno}")
    return True


def symbol(qualname: str) -> str:
    """The top-level function or the method around a code object: `Cuts.passes.<locals>.<lambda>` → `Cuts.passes`."""
    return qualname.partition(".<locals>")[0]


def is_declaration(recorder: Recorder, frame: FrameType) -> bool:
    """Whether this is the engine asking a task for its declarations, or code that such a method calls."""
    for above in outwards(frame):
        caller = above.f_back
        if above.f_code.co_name in DECLARATIONS and caller is not None:
            return recorder.origins.of(caller.f_code.co_filename) is CodeOrigin.ENGINE
    return False

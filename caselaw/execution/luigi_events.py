"""What luigi hears of branches that run in the pool: messages and progress for its scheduler, events for handlers."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Sequence
from typing import Any

from luigi.event import Event
from luigi.rpc import RPCError

from caselaw.execution.job import LuigiFunction, Outcome, Said

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REPORTS = 0.5
"""A scheduler on a server is told the latest message and progress this often; each time costs a request."""

HANDLED = (Event.START, Event.SUCCESS, Event.FAILURE, Event.PROCESSING_TIME, Event.PROCESS_FAILURE, Event.TIMEOUT)


class Hearing:
    """luigi's side of a run of `numbers`: what they say reaches the task or workflow that luigi knows.

    luigi does not know the branches; a workflow shows the latest message of each, and how far they are together.
    """

    def __init__(self, task: Any, numbers: Sequence[int]) -> None:
        self.task = task
        total = len(task.selected_numbers) if task.has_branches else 1
        self.total, self.ended_before = max(total, len(numbers)), max(0, total - len(numbers))
        self.ended = 0
        self.shares: dict[int, float] = {}
        self.messages: dict[int, str] = {}
        self.latest: dict[LuigiFunction, Any] = {}
        self.reported = 0.0
        self.has_handlers = task.has_branches and any(
            not handler.__module__.startswith("caselaw.")  # ours are for tasks of plain law
            for cls, handlers in task._event_callbacks.items() if isinstance(task, cls)
            for event in HANDLED for handler in handlers.get(event, ())
        )  # fmt: skip

    def said(self, said: Said) -> None:
        """A branch says something."""
        if not self.task.has_branches:
            self.latest[said.what] = said.value
        elif said.what is LuigiFunction.STATUS:
            self.messages.pop(said.number, None)
            self.messages[said.number] = str(said.value).rpartition("\n")[2]
            shown = list(self.messages.items())[-max(1, self.task.message_cache_size) :]
            self.latest[said.what] = "\n".join(f"branch {number}: {text}" for number, text in shown)
        elif said.what is LuigiFunction.PROGRESS:
            self.shares[said.number] = float(said.value) / 100
            self.progress()
        else:
            self.latest[said.what] = said.value
        self.report()

    def progress(self) -> None:
        done = self.ended_before + self.ended + sum(self.shares.values())
        self.latest[LuigiFunction.PROGRESS] = int(100 * done / self.total)

    def report(self, *, at_once: bool = False) -> None:
        """Tell luigi's scheduler the latest, where there is one and it was not told a moment ago."""
        if not self.latest or not (at_once or time.monotonic() - self.reported > SECONDS_BETWEEN_REPORTS):
            return
        self.reported = time.monotonic()
        for what, value in self.latest.items():
            tell = getattr(self.task, what, None)
            if callable(tell):
                try:
                    tell(value)
                except RPCError as error:
                    logger.warning("the scheduler does not hear of messages and progress: %s", error)
        self.latest.clear()

    def sent(self, numbers: Sequence[int]) -> None:
        """Branches are about to begin."""
        for number in numbers if self.has_handlers else ():
            self.trigger(number, Event.START)

    def outcome(self, outcome: Outcome) -> None:
        """A branch has ended, or will not run, or has to wait for what its `run()` yielded."""
        self.ended += not outcome.needs
        if self.task.has_branches:
            self.shares.pop(outcome.number, None)
            self.progress()
        self.report()
        if not self.has_handlers or outcome.needs or outcome.outage is not None or outcome.changed is not None:
            return
        if outcome.error is None:
            self.trigger(outcome.number, Event.PROCESSING_TIME, outcome.seconds)
            self.trigger(outcome.number, Event.SUCCESS)
        else:
            self.trigger(outcome.number, outcome.event, exception_of(outcome) or RuntimeError(outcome.error))

    def trigger(self, number: int, event: str, *arguments: object) -> None:
        branch = self.task.as_branch(number)
        branch.trigger_event(event, branch, *arguments)


def exception_of(outcome: Outcome) -> Exception | None:
    """What a branch has raised, with the traceback of the worker as a note."""
    if outcome.exception is None:
        return None
    try:
        raised = pickle.loads(outcome.exception)
    except Exception:
        return None
    if not isinstance(raised, Exception):
        return None
    raised.add_note(f"in a worker process:\n{outcome.error}")
    return raised

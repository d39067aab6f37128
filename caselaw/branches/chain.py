"""Chains of tasks of any length: what must be known of each is found without a call inside a call for every task.

What follows from one task upstream follows from all of them, so a question at the end of a chain is one to the whole
chain. A `Walk` answers some of it nested, as deep as a stack likes; a question that lies deeper ends all that wait for
it, is answered by itself, and they ask again. A task that is asked for what it waits for itself is in a circle.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar, cast, overload

from caselaw.branches.identity import described
from caselaw.errors import CircleError

T = TypeVar("T")

MOST_NESTED = 16
"""Questions inside each other: each takes up to 20 calls, and Python allows 1,000."""
MOST_SHOWN = 12
"""Tasks of a circle that are named; of a longer one, some."""


class Deeper(BaseException):
    """A question that lies too deep. This is no error, and nobody's to catch but the walk's."""

    def __init__(self, what: str, task: Any, answer: Callable[[], Any]) -> None:
        super().__init__(what)
        self.what, self.task, self.answer = what, task, answer

    @property
    def name(self) -> tuple[str, str]:
        """Who is asked for what; equal for instances of one task that differ in how it runs."""
        return self.what, str(self.task.task_id)


class Walk:
    """Questions to tasks that are being answered, and the answers."""

    def __init__(self) -> None:
        self.renewed: dict[int, Any] = {}
        """Tasks that were looked at again: each once in a walk."""
        self._answers: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._from_below: dict[tuple[str, str], list[tuple[Any, Any]]] = {}
        self._waiting: dict[tuple[str, str], Any] = {}
        self._nested = 0
        self._deeper: Deeper | None = None

    def ask(self, what: str, task: Any, answer: Callable[[], T]) -> T:
        """The answer, as it was found before in this walk, or is now. Raises `CircleError`."""
        known = self._answers.get((what, id(task)))
        if known is None:
            asked = Deeper(what, task, answer)
            found = self._answer(asked) if self._nested else self._answer_all(asked)
            known = self._answers[what, id(task)] = task, found
        return cast(T, known[1])

    def forget(self, task: Any) -> None:
        """Let the task be asked anew."""
        for what, number in [known for known in self._answers if known[1] == id(task)]:
            del self._answers[what, number]

    def _answer_all(self, first: Deeper) -> Any:
        """Answer a question, and before it those far below on which the answer depends."""
        found: Any = None
        waiting, starts = [first], [0]
        try:
            while waiting:
                asked = waiting[-1]
                try:
                    found = self._answer(asked)
                except Deeper as deeper:
                    self._deeper = None
                    starts.append(len(self._waiting))
                    waiting.append(deeper)
                else:
                    self._from_below.setdefault(asked.name, []).append((asked.task, found))
                    waiting.pop()
                    starts.pop()
                    self._cut(starts[-1] if starts else 0)
            return found
        finally:
            self._deeper = None
            self._cut(0)

    def _answer(self, asked: Deeper) -> Any:
        if self._deeper is not None:  # an `except:` of somebody has caught it
            raise self._deeper
        if asked.name in self._waiting:
            tasks = list(self._waiting.values())
            raise circle([*tasks[list(self._waiting).index(asked.name) :], asked.task])
        if self._nested == MOST_NESTED:
            return self._answered_before(asked)
        size = len(self._waiting)
        self._waiting[asked.name] = asked.task
        self._nested += 1
        try:
            found = asked.answer()
            if self._deeper is not None:
                raise self._deeper
        except Deeper:
            raise  # all stay in `_waiting`, for they still wait
        except BaseException:
            self._cut(size)
            raise
        finally:
            self._nested -= 1
        self._cut(size)
        return found

    def _answered_before(self, asked: Deeper) -> Any:
        """The answer for an equal task: luigi makes a new instance each time where a parameter cannot be hashed."""
        for task, found in self._from_below.get(asked.name, ()):
            if task.to_str_params() == asked.task.to_str_params():
                return found
        self._deeper = asked
        raise asked

    def _cut(self, size: int) -> None:
        while len(self._waiting) > size:
            self._waiting.popitem()


_walk: contextvars.ContextVar[Walk | None] = contextvars.ContextVar("walk", default=None)


@contextlib.contextmanager
def walk() -> Iterator[Walk]:
    """The walk that is going on, or a new one."""
    here = _walk.get()
    if here is not None:
        yield here
        return
    token = _walk.set(here := Walk())
    try:
        yield here
    finally:
        _walk.reset(token)


def ask(what: str, task: Any, answer: Callable[[], T]) -> T:
    """What has to be known of a task, and may follow from the same of tasks upstream."""
    with walk() as here:
        return here.ask(what, task, answer)


class found_once(Generic[T]):  # noqa: N801
    """An attribute of a task that is found when it is first asked for, and may follow from that of tasks upstream."""

    def __init__(self, find: Callable[[Any], T]) -> None:
        self.find, self.name, self.__doc__ = find, find.__name__, find.__doc__

    @overload
    def __get__(self, task: None, owner: type) -> found_once[T]: ...
    @overload
    def __get__(self, task: object, owner: type) -> T: ...
    def __get__(self, task: Any, owner: type) -> Any:
        if task is None:
            return self
        try:
            vars(task)[self.name] = found = ask(self.name, task, lambda: self.find(task))
        except BaseException:
            vars(task).pop(self.name, None)  # what stood for it while it was looked for
            raise
        return found


def is_branch_of(task: Any, workflow: Any) -> bool:
    """Whether a task is a branch of the one that is asked before: the question to the workflow is the same."""
    of_branch = type(task) is type(workflow) and getattr(task, "branch", -1) >= 0
    return bool(of_branch and getattr(workflow, "branch", -1) < 0)


def circle(tasks: list[Any]) -> CircleError:
    """The error that shows a circle of tasks, the last of which is the first."""
    names: list[str] = []
    before: Any = None
    for task in tasks[:-1]:
        name = described(task)
        if names[-1:] != [name] and not is_branch_of(task, before):  # several questions to one task are one
            names.append(name)
        before = task
    names.append(described(tasks[-1]))
    half = MOST_SHOWN // 2
    shown = [*names[:half], f"… {len(names) - 2 * half} more …", *names[-half:]] if len(names) > MOST_SHOWN else names
    return CircleError(
        "these tasks need each other in a circle", " → ".join(shown), "take one of them out of upstream() or requires()"
    )

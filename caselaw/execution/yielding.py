"""Running a task whose `run()` yields tasks that it needs besides, as luigi does."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from caselaw.branches.yielded import flat
from caselaw.execution.run import require_known, unsent
from caselaw.execution.tapes import inputs_online
from caselaw.publishing import running


def run_yielding(task: Any) -> Generator[Any, Any, None]:
    """Drive `run()`. luigi sends what a yielded task made, or begins anew when it has run that first.

    What was yielded is in the fingerprint, under which outputs get their names when `run()` has ended.
    """
    task.renew_fingerprints()
    require_known(task)
    if not task.awaits_run and (not unsent(task, [0]) or task.complete()):
        return
    task._has_published = False
    tasks: list[Any] = []
    try:
        with inputs_online(task, [0]), running(task):
            task.take_yielded(tasks)
            run = type(task).run(task)
            made: Any = None
            while True:
                try:
                    requirements = run.send(made)
                except StopIteration:
                    break
                made = yield requirements
                tasks.extend(flat(requirements))
                task.take_yielded(tasks)
        task.require_published()
    finally:
        task.forget_yielded()

"""Running a task whose `run()` yields tasks that it needs besides, as luigi does."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator
from typing import Any

from caselaw.branches.yielded import LATE, RUN, flat
from caselaw.errors import TaskError
from caselaw.execution.run import describe, require_known, unsent
from caselaw.execution.tapes import inputs_online
from caselaw.publishing import running
from caselaw.records import write_records


def run_yielding(task: Any) -> Generator[Any, Any, None]:
    """Drive `run()`. luigi sends what a yielded task made, or begins anew when it has run that first.

    What was yielded is in the fingerprint, so all of it must come before `publish()` ends.
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
                refuse_late(task)
                made = yield requirements
                tasks.extend(flat(requirements))
                task.take_yielded(tasks)
        task.require_published()
    finally:
        task.forget_yielded()


def refuse_late(task: Any) -> None:
    """Raise where outputs were published under a fingerprint that what is yielded now would change.

    Another record says so, and they are never taken for complete.
    """
    if task._has_published:
        directory = task.location.directory
        record = task.record_index.of_fingerprint(directory, task.fingerprint)
        if record is not None:
            inputs = {**record.inputs, RUN: {**record.inputs[RUN], LATE: True}}
            write_records(directory, [dataclasses.replace(record, inputs=inputs, ended=time.time())])
        raise TaskError(
            "run() yields a task after it has published", describe(task),
            "yield all tasks before 'with self.publish() as out:' ends, or name them in upstream()",
        )  # fmt: skip

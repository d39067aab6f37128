"""Running a task or branch whose `run()` yields tasks that it needs besides, as luigi does."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

from caselaw.execution.adoption import verify_inputs, with_expected
from caselaw.execution.run import require_known
from caselaw.execution.run_method import driven
from caselaw.execution.tapes import inputs_online
from caselaw.loading.refusal import require_before_run
from caselaw.publishing.task import RunnableTask
from caselaw.publishing.upload import upload_waiting


def run_yielding(task: RunnableTask) -> Generator[Any, Any, None]:
    """Drive `run()` here. luigi sends what a yielded task made, or begins anew when it has run that first."""
    whole, number = task.of_all_branches, task.own_number
    require_before_run(whole.hashed_code, type(whole))
    if not task.has_branches or whole.upstream_seen.unknown:
        whole.renew_fingerprints()
    require_known(whole)
    upload_waiting(task.output_store, task.output_location.directory)
    task.look_at_records()
    if not task.awaits_run and task.complete():
        task.current_run.has_published = True
        return
    try:
        with inputs_online(whole, [number]) as barred, contextlib.closing(driven(task)) as run:
            verify_inputs(task, with_expected(whole, task.branch_row, barred.get(number)))
            yield from run
    finally:
        task.forget_yielded()

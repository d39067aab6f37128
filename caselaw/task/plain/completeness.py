"""When a task of plain law counts as complete: its outputs are there, and made from what it needs today.

This is the one place where caselaw changes law and luigi in a running process. A plain task may be the root of a run,
and luigi asks nobody but `complete()` of it; a file that is there would end the run, whatever changed above it. So
the methods that say "complete" because outputs exist ask `is_current`, too. Tasks of caselaw, tasks that need none,
and those with a `complete()` of their own are left as they are. What a task was made from is noted when luigi says that
it has succeeded.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import luigi
from law.task.base import BaseTask
from law.workflow.base import BaseWorkflowProxy
from luigi.event import Event

from caselaw.branches.upstream_digests import counts_by_identity, is_wrapper
from caselaw.config import load_project
from caselaw.task.base import FingerprintedTask
from caselaw.task.plain.basis import basis_of, holds_of, was_vouched
from caselaw.task.plain.notes import is_noted, note_of, states_of, write_note

NANOSECONDS = 1_000_000_000

# A cache, not configuration: when workflows began, whose branches run elsewhere.
_began: dict[str, float] = {}


def begin() -> None:
    """Let plain tasks of this process see what changed above them."""
    for cls in (luigi.Task, BaseTask):
        if not hasattr(cls.complete, "asked_by_caselaw"):
            setattr(cls, "complete", and_current(cls.complete))  # noqa: B010
    luigi.Task.event_handler(Event.START)(began)
    luigi.Task.event_handler(Event.SUCCESS)(succeeded)


def and_current(complete: Callable[[Any], bool]) -> Callable[[Any], bool]:
    @functools.wraps(complete)
    def asked(task: Any) -> bool:
        return bool(complete(task)) and is_current(task)

    asked.asked_by_caselaw = True  # type: ignore[attr-defined]
    return asked


def is_current(task: Any) -> bool:
    """Whether outputs that are there were made from what the task needs today.

    Without a note they were made before caselaw came, or by somebody else: then they count where all that they need
    of caselaw's is itself from before, and vouched for.
    """
    if isinstance(task, BaseWorkflowProxy):
        return isinstance(task.task, FingerprintedTask) or are_current(task.task)
    if isinstance(task, FingerprintedTask) or counts_by_identity() or (basis := basis_of(task)) is None:
        return True
    if not basis.is_settled:
        return False
    root = load_project().root
    note = note_of(root, task)
    if note is not None and note.names == basis.names:
        return True
    holds = holds_of(task)
    same = holds is not None and note is not None and note.holds == holds
    if same or (note is None and not is_noted(root, task) and was_vouched(task)):
        write_note(root, task, basis.names, holds)
        return True
    return False


def are_current(workflow: Any) -> bool:
    """Whether all branches are whose outputs are there."""
    if basis_of(workflow) is None:
        return True
    branches = workflow.get_branch_tasks().values()
    return all(is_current(branch) for branch in branches if all(states_of(branch).values()))


def is_plain(task: Any) -> bool:
    return not isinstance(task, FingerprintedTask) and not is_wrapper(task)


def began(task: Any) -> None:
    if is_plain(task) and hasattr(task, "get_branch_map") and task.is_workflow():
        _began[task.task_id] = time.time()


def succeeded(task: Any) -> None:
    """Note what a plain task was made from; of a workflow, those branches that were made elsewhere meanwhile."""
    if not is_plain(task) or (basis := basis_of(task)) is None:
        return
    root = load_project().root
    if not (hasattr(task, "get_branch_map") and task.is_workflow()):
        write_note(root, task, basis.names, holds_of(task))
        return
    since = _began.pop(task.task_id, time.time())
    for branch in task.get_branch_tasks().values():
        of_branch = basis_of(branch)
        if of_branch is not None and note_of(root, branch) is None and made_since(branch, since):
            write_note(root, branch, of_branch.names, holds_of(branch))


def made_since(task: Any, since: float) -> bool:
    """Whether all outputs are there, and none was before."""
    states = states_of(task).values()
    return bool(states) and all(state is not None and state[1] / NANOSECONDS >= since - 1 for state in states)

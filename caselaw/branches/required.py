"""What the overridden `requires()` of a branch requires: it counts, and may be other branches of the workflow."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from caselaw.branches.numbers import by_number
from caselaw.branches.table import BranchTable
from caselaw.branches.task import TaskLike, WorkflowLike
from caselaw.branches.upstream_digests import Look, Seen
from caselaw.fingerprint import digest, short


@dataclass(frozen=True)
class Required:
    """What one branch requires, `own` of the same workflow."""

    digest: str
    own: tuple[int, ...]
    seen: Seen

    def fingerprint(self, declared: str) -> str:
        """The fingerprint of a branch that is `declared` without what it requires."""
        return short(digest(declared, self.digest))


def is_own(workflow: WorkflowLike, task: WorkflowLike) -> bool:
    """Whether a task is of this workflow: one of its branches, or some."""
    return type(task) is type(workflow) and task.unrestricted is workflow


def required_by(
    branch: TaskLike, workflow: WorkflowLike, digest_of_own: Callable[[WorkflowLike], str] | None = None
) -> Required:
    """What a branch requires; others of its workflow are looked at as all tasks are, or by `digest_of_own`."""
    look, own = Look(workflow.file_digests), dict[int, None]()

    def of(task: Any) -> str:
        if not is_own(workflow, task):
            return look.of_task(task)
        own.update(dict.fromkeys(task.selected_numbers))
        return look.of_task(task) if digest_of_own is None else digest_of_own(task)

    return Required(look.of_requirements(branch.requires(), of), tuple(own), look.seen())


def with_requirements(workflow: WorkflowLike, required: Callable[[int], Required]) -> BranchTable:
    """law's way: what each branch requires counts in its fingerprint."""
    table, look = workflow.declared_table, Look(workflow.file_digests)
    look.take(table.seen)
    fingerprints, own_needs = [], {}
    for number in table.numbers:
        found = required(number)
        look.take(found.seen)
        fingerprints.append(found.fingerprint(table.fingerprints[number]))
        if found.own:
            own_needs[number] = found.own
    return dataclasses.replace(
        table, fingerprints=by_number(table.numbers, fingerprints), seen=look.seen(), own_needs=own_needs
    )

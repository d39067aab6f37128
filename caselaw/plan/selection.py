"""Which branches of everything upstream a task needs, when it is itself only a part of a workflow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caselaw.fingerprinted import FingerprintedTask
from caselaw.plan.lineage import everything
from caselaw.upstream import Batches, Each


def selected_branches(task: Any) -> dict[str, set[int] | None]:
    """Task id → numbers of the branches that `task` needs; None for all of them."""
    wanted: dict[str, set[int] | None] = {task.task_id: own_selection(task)}
    for found in reversed(everything(task)):
        if not isinstance(found, FingerprintedTask):
            continue
        numbers = wanted.get(found.task_id)
        for connection in found.connections.values():
            upstream = getattr(connection, "task", None)
            if upstream is not None:
                key = upstream.task_id
                wanted[key] = united(wanted.get(key, set()), fed_by(connection, numbers))
    return wanted


def own_selection(task: Any) -> set[int] | None:
    """Branches that `--branch` or `--branches` select."""
    if not getattr(task, "has_branches", False):
        return None
    if task.is_branch():
        return {task.branch}
    return set(task.get_branch_map()) if task.branches else None


def fed_by(connection: Any, numbers: set[int] | None) -> set[int] | None:
    """Upstream branches that feed these branches."""
    if numbers is None or not isinstance(connection, Each | Batches):
        return None
    if isinstance(connection, Each):
        return numbers
    size, last = connection.size, len(connection.task.fingerprints)
    return {number for batch in numbers for number in range(batch * size, min((batch + 1) * size, last))}


def united(one: set[int] | None, other: Iterable[int] | None) -> set[int] | None:
    return None if one is None or other is None else one | set(other)

"""Which branches of everything upstream a task needs, when it is itself only a part of a workflow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caselaw.plan.lineage import everything, whole_of
from caselaw.task.base import FingerprintedTask


def selected_branches(task: Any) -> dict[str, set[int] | None]:
    """Task id → numbers of the branches that `task` needs; None for all of them."""
    wanted: dict[str, set[int] | None] = {task.task_id: own_selection(task)}
    for found in reversed(everything(task)):
        if not isinstance(found, FingerprintedTask):
            continue
        numbers = wanted.get(found.task_id)
        for name, connection in found.upstream_connections.items():
            upstream = getattr(connection, "task", None)
            if isinstance(upstream, FingerprintedTask) and upstream.has_branches:
                key = whole_of(upstream).task_id
                wanted[key] = united(wanted.get(key, set()), fed_by(found, name, numbers))
    return wanted


def own_selection(task: Any) -> set[int] | None:
    """Branches that `--branch` or `--branches` select. Raises `UpstreamError` where they select none."""
    if not getattr(task, "has_branches", False):
        return None
    selected = task.selected_numbers
    return set(selected) if len(selected) < len(task.fingerprints) else None


def fed_by(task: FingerprintedTask, name: str, numbers: set[int] | None) -> set[int] | None:
    """Upstream branches that feed these branches through a named connection."""
    column = task.input_columns[name]
    taken = column.numbers if numbers is None or column.values is None else map(column.taken, numbers)
    found = {number for of_branch in taken for number in of_branch}
    upstream: Any = task.upstream_connections[name]
    return None if len(found) == len(upstream.task.fingerprints) else found


def united(one: set[int] | None, other: Iterable[int] | None) -> set[int] | None:
    return None if one is None or other is None else one | set(other)

"""A new look at what fingerprints depend on: outputs upstream may hold something else by now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caselaw.branches import Seen
from caselaw.branches.chain import Walk, walk
from caselaw.branches.task import TaskLike, WorkflowLike


def renew(task: TaskLike) -> None:
    """Look again at a task and at all upstream on which its fingerprint depends; within one walk once."""
    with walk() as current_walk:
        for each in upstream_first(task, current_walk):
            current_walk.renewed[id(each)] = each
            each._forget_selection()
            if outdated(each.seen_before):
                look_again(each, current_walk)


def upstream_first(task: TaskLike, current_walk: Walk) -> Iterator[Any]:
    """The task and those upstream whose fingerprints may change without an edit, each after what it depends on."""
    waiting = [(task, False)]
    while waiting:
        each, is_upstream_done = waiting.pop()
        seen: Seen | None = each.seen_before
        if id(each) in current_walk.renewed or seen is None or not seen.passing:
            continue
        if is_upstream_done:
            yield each
        else:
            waiting.append((each, True))
            waiting.extend((upstream, False) for upstream in reversed(seen.renewable))


def outdated(seen: Seen) -> bool:
    """Whether what was seen may be something else now: outputs, or a task that was itself looked at again since."""
    pairs = zip(seen.renewable, seen.looks, strict=True)
    return seen.at_outputs or any(upstream.seen_before is not look for upstream, look in pairs)


def look_again(task: WorkflowLike, current_walk: Walk) -> None:
    """Look, and keep the earlier table where nothing changed: then those downstream need not look."""
    before = task.forget_look()
    current_walk.forget(task.unrestricted if task.has_branches else task)
    after = task.table_now
    if before.names == after.names and same(before.seen, after.seen):
        task.keep_look(before)


def same(before: Seen, after: Seen) -> bool:
    return (
        (before.unknown, before.at_outputs) == (after.unknown, after.at_outputs)
        and list(map(id, before.renewable)) == list(map(id, after.renewable))
        and list(map(id, before.looks)) == list(map(id, after.looks))
    )

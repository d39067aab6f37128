"""What lies upstream of a task, and the records of how it was made."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import luigi

from caselaw.branches.chain import circle
from caselaw.execution.run import require_named
from caselaw.records import Record
from caselaw.records.explaining import explaining
from caselaw.records.layer_search import lying
from caselaw.task.base import FingerprintedTask
from caselaw.task.yielded_before import yielded_before


@dataclass(frozen=True)
class MadeOutput:
    """One output of a branch or task: where it is, and the record of how it was made, if there is one."""

    family: str
    parameters: dict[str, str]
    product: str
    fingerprint: str
    path: str
    record: Record | None


def lineage(task: FingerprintedTask, left_out: Container[str] = ()) -> list[FingerprintedTask]:
    """All tasks upstream of `task`, workflows as one, each after what it needs; `task` itself is the last.

    Tasks of plain law have no fingerprint and are left out, as are those with an id in `left_out`.
    """
    return [found for found in everything(task, left_out) if isinstance(found, FingerprintedTask)]


def everything(task: Any, left_out: Container[str] = ()) -> list[Any]:
    """All tasks upstream of `task`, those of plain law included, each once and after what it needs; `task` is the last.

    Tasks with an id in `left_out` are not among them, nor what lies upstream of these. Raises `CircleError` where a
    task needs itself.
    """
    found: dict[str, Any] = {}
    on_the_way: dict[str, Any] = {}
    waiting: list[tuple[Any, bool]] = [(task, False)]
    while waiting:
        here, upstream_done = waiting.pop()
        if here.task_id in found or here.task_id in left_out:
            continue
        if upstream_done:
            del on_the_way[here.task_id]
            found[here.task_id] = here
            continue
        if here.task_id in on_the_way:
            require_no_circle([*list(on_the_way.values())[list(on_the_way).index(here.task_id) :], here])
            continue
        on_the_way[here.task_id] = here
        waiting.append((here, True))
        waiting.extend((upstream, False) for upstream in reversed(others_upstream_of(here)))
    return list(found.values())


def require_no_circle(tasks: list[Any]) -> None:
    """Raise `CircleError` unless these tasks need each other branch by branch: workflows, none of whose branches
    needs itself.
    """
    workflows = [task for task in tasks if hasattr(task, "get_branch_map")]
    if not workflows:
        raise circle(tasks)
    for workflow in workflows:
        if isinstance(workflow, FingerprintedTask):
            _ = workflow.fingerprint  # raises where it follows from itself


def others_upstream_of(task: Any) -> list[Any]:
    """Tasks directly upstream, without a workflow whose branches need other ones of it."""
    found = all_upstream_of(task)
    return [each for each in found if each.task_id != task.task_id] if hasattr(task, "get_branch_map") else found


def upstream_of(task: FingerprintedTask) -> list[FingerprintedTask]:
    """Tasks that `upstream()` names or law's own methods require, each once; plain law tasks are left out."""
    return [found for found in all_upstream_of(task) if isinstance(found, FingerprintedTask)]


def all_upstream_of(task: Any) -> list[Any]:
    """Tasks directly upstream of `task`, workflows as one, each once."""
    if not isinstance(task, FingerprintedTask):
        of_branches = task.get_branch_tasks().values() if hasattr(task, "get_branch_map") and task.is_workflow() else ()
        return distinct([found for part in (task, *of_branches) for found in luigi.task.flatten(part.requires())])
    named = [connection.task for connection in task.upstream_connections.values() if hasattr(connection, "task")]
    numbers = task.branch_numbers if not task.requires_declared else (0,)
    required = [luigi.task.flatten(task.overridden_requirements(number)) for number in numbers]
    before = yielded_before(task, task.branch_numbers) if task.run_yields else None
    of_run = before.tasks if before is not None else ()
    return distinct([*named, *(found for of_branch in required for found in of_branch), *of_run])


def distinct(tasks: list[Any]) -> list[Any]:
    """Each task once, and workflows in place of their branches and of selections of these."""
    return list({whole.task_id: whole for whole in map(whole_of, tasks)}.values())


def whole_of(task: Any) -> Any:
    """The workflow with all its branches that a task is of, or the task itself."""
    if isinstance(task, FingerprintedTask):
        return task.unrestricted if task.has_branches else task
    return task.as_workflow() if hasattr(task, "as_workflow") else task


def made_by(task: FingerprintedTask) -> Iterator[MadeOutput]:
    """Outputs of all branches of a task, with their records (those that stand for the files, where there are several).

    Raises `UpstreamError` while their names are not known.
    """
    require_named(task.of_all_branches)
    location, index = task.output_location, task.record_index
    folders = lying(index, location, task.fingerprints, trusted=task.trust_unrecorded)  # all at once
    by_folder: dict[str, list[str]] = {}
    for fingerprint in task.fingerprints:
        by_folder.setdefault(folders.get(fingerprint, location.directory), []).append(fingerprint)
    records: dict[str, Record] = {}
    for folder, fingerprints in by_folder.items():
        records |= explaining(index, folder, fingerprints, task.file_digests)
    for number, fingerprint in zip(task.branch_numbers, task.fingerprints, strict=True):
        for product, path in task.paths_of(number).items():
            yield MadeOutput(
                task.get_task_family(), task.readable_parameters, product, fingerprint, path, records.get(fingerprint)
            )

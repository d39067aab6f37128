"""What a workflow and its branches require, as their connections say and as law asks it."""

from __future__ import annotations

from typing import Any

import law
import luigi

from caselaw.branches.required import is_own
from caselaw.branches.task import WorkflowLike
from caselaw.branches.upstream import Batches, Each, Whole


def requirements_by_name(branch: WorkflowLike) -> dict[str, Any]:
    """The upstream branches that feed a branch; of the workflow (law's way), all of them."""
    requirements: dict[str, Any] = {}
    for name, connection in branch.upstream_connections.items():
        if branch.branch < 0 and hasattr(connection, "task"):
            requirements[name] = connection.task
        elif isinstance(connection, Each):
            requirements[name] = connection.task.as_branch(*numbers_upstream(branch, name))
        elif isinstance(connection, Batches):
            requirements[name] = [connection.task.as_branch(number) for number in numbers_upstream(branch, name)]
        elif isinstance(connection, Whole):
            requirements[name] = connection.task
    return requirements


def numbers_upstream(branch: Any, name: str) -> tuple[int, ...]:
    """Numbers of the upstream branches that feed a branch."""
    row = branch._branch_row
    if row is not None and name in row.taken:
        return tuple(row.taken[name])
    return tuple(branch.input_columns[name].taken(branch.branch))


def requirements_of_workflow(workflow: Any) -> dict[str, Any]:
    """What has to be there before the selected branches of a workflow run."""
    requirements: dict[str, Any] = {}
    for name, connection in workflow.upstream_connections.items():
        if isinstance(connection, Each) and workflow.branches:
            column = workflow.input_columns[name]
            numbers = [number for selected in workflow.selected_numbers for number in column.taken(selected)]
            requirements[name] = connection.task.req_workflow(branches=tuple(law.util.range_join(numbers)))
        elif hasattr(connection, "task"):
            requirements[name] = connection.task
    return requirements


def requirements_of_branches(workflow: WorkflowLike) -> list[Any]:
    """For overridden `requires()`: what all selected branches need, each once; themselves they see to."""
    found: dict[Any, None] = {}
    numbers = workflow.get_branch_map()
    for number in numbers:
        for task in luigi.task.flatten(workflow.as_branch(number).requires()):
            of_us = is_own(workflow.unrestricted, task)
            if not (of_us and task.is_branch() and task.branch in numbers):
                found[task] = None
    return list(found)

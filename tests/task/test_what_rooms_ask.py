"""Rooms below `task/` know tasks by protocols: the classes have all that these name, and nothing else is set."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import law
import pytest

import caselaw
from caselaw.branches.task import TaskLike, WorkflowLike
from caselaw.errors import TaskError
from caselaw.publishing.task import RunnableTask, RunnableWorkflow
from caselaw.task.reserved import OPEN

ROOM = Path(caselaw.__file__).parent
OF_LAW = {"_worker_id", "_worker_first_task_id", "_sandbox_proxy", "_workflow_task"}
"""What law itself keeps in tasks; nothing public of it gives them."""


def members(protocol: type) -> Iterator[str]:
    for cls in protocol.__mro__:
        if cls.__module__.startswith("caselaw."):
            yield from (name for name in [*vars(cls), *cls.__annotations__] if not name.startswith("_"))


@pytest.mark.parametrize(
    ("protocol", "cls"),
    [
        (TaskLike, caselaw.Task), (RunnableTask, caselaw.Task),
        (WorkflowLike, caselaw.Workflow), (RunnableWorkflow, caselaw.Workflow),
    ],
)  # fmt: skip
def test_classes_have_what_the_protocol_names(protocol: type, cls: type) -> None:
    of_instances = {"task_id"}
    assert len(set(members(protocol))) > 50
    assert [name for name in members(protocol) if not hasattr(cls, name) and name not in of_instances] == []


def test_no_room_sets_private_fields_of_tasks() -> None:
    found = []
    for path in sorted(ROOM.rglob("*.py")):
        if path.is_relative_to(ROOM / "task"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            of_task = is_set and ast.unparse(node.value) in ("task", "branch", "workflow", "whole")
            if of_task and node.attr.startswith("_") and node.attr not in OF_LAW:
                found.append(f"{path.relative_to(ROOM)}:{node.lineno} {node.attr}")
    assert found == []


def test_no_project_takes_a_name_by_which_rooms_ask_a_task() -> None:
    asked = {*members(RunnableTask), *members(RunnableWorkflow)} - OPEN
    asked = {name for name in asked if not hasattr(law.LocalWorkflow, name)}
    assert len(asked) > 50
    for name in sorted(asked - {"task_id", "branch"}):
        for base in (caselaw.Task, caselaw.Workflow):
            with pytest.raises(TaskError, match=f"'{name}' is a name of caselaw itself"):
                type("Clash", (base,), {name: 1, "__module__": "work"})

"""Which parameters of the running task first-party code reads: not all of them count."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import law

from caselaw.branches.components import counts_by_name
from caselaw.branches.numbers import BRANCH_MAP, NUMBER
from caselaw.fingerprint.code.reading.chains import is_own_branch_data
from caselaw.plan.audit.functions import is_declaration
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import CodeOrigin
from caselaw.plan.audit.recorder import Recorder, outwards
from caselaw.task.base import FingerprintedTask

OF_ALL = frozenset({"cli_args", "param_args", "param_kwargs", "to_str_params"})
OF_BRANCHES = frozenset({"branch_map", "branch_values", "get_branch_map", "live_task_id", "task_id"})
"""Of a workflow: these tell the number of the branch, or what other branches there are."""

Place = tuple[tuple[int, int], tuple[int, int]]
"""Line and column where an expression begins and ends."""

MESSAGES = frozenset({
    "critical", "debug", "error", "exception", "info", "log", "print", "publish_message", "publish_step",
    "set_status_message", "warn", "warning",
})  # fmt: skip


def counted_parameters(task: FingerprintedTask) -> frozenset[str]:
    """Names of parameters whose values the fingerprint counts."""
    by_name = {"campaign"} if task.config_keys and counts_by_name(task) else set()
    of_branches = counted_of_branches(task) if task.has_branches else set()
    return frozenset(task.significant_parameters) | by_name | of_branches


def counted_of_branches(workflow: FingerprintedTask) -> set[str]:
    """Members that tell of the branches what the fingerprint counts."""
    read = workflow.branch_table.read
    of_values = (name for name, parameter in workflow.get_params() if isinstance(parameter, law.WorkflowParameter))
    return {*of_values, *(NUMBER if read.number else ()), *(BRANCH_MAP if read.branch_map else ())}


def watch_parameters(recorder: Recorder, task: Any) -> None:
    """Record each parameter of `task` that first-party code reads, for the rest of the process.

    What is only written into a message is no use.
    """
    cls: Any = type(task)
    watched = {name for name, _ in cls.get_params()} | OF_ALL
    watched |= OF_BRANCHES if hasattr(task, "get_branch_map") else set()
    found_as_ever = cls.__getattribute__
    known: dict[tuple[str, int, int], CodeType] = {}  # a loop may read one a million times; kept for its id

    def found(self: Any, name: str) -> Any:
        if name in watched and self is task:
            frame = next(outwards(sys._getframe(1)))
            place = name, id(frame.f_code), frame.f_lasti
            own_data = name == "branch_map" and within(recorder, frame, _own_data)
            if place not in known and not own_data and is_use(recorder, frame):
                recorder.record(UseKind.PARAMETER, name, frame)
                known[place] = frame.f_code
        return found_as_ever(self, name)

    cls.__getattribute__ = found


def is_use(recorder: Recorder, frame: FrameType) -> bool:
    """Whether first-party code reads here what may change what the task makes."""
    if recorder.origins.of(frame.f_code.co_filename) is not CodeOrigin.FIRST_PARTY:
        return False
    return not (is_declaration(recorder, frame) or within(recorder, frame, _messages))


def within(recorder: Recorder, frame: FrameType, places: Callable[[str], tuple[Place, ...]]) -> bool:
    """Whether the expression that is executed stands in one of these places of its file."""
    positions = list(frame.f_code.co_positions())
    line, _, column, _ = positions[frame.f_lasti // 2]
    recorder.paused = True
    try:
        found = places(frame.f_code.co_filename)
    finally:
        recorder.paused = False
    return line is not None and column is not None and any(s <= (line, column) < e for s, e in found)


@functools.cache
def _messages(file: str) -> tuple[Place, ...]:
    """Where calls that only tell something stand in a source file."""
    return tuple(_places(_tree(file)))


@functools.cache
def _own_data(file: str) -> tuple[Place, ...]:
    """Where `self.branch_map[self.branch]` stands in a source file: this tells nothing of other branches."""
    found = (node for node in ast.walk(_tree(file)) if isinstance(node, ast.Subscript) and is_own_branch_data(node))
    return tuple(_place(node.value) for node in found)


def _tree(file: str) -> ast.Module:
    try:
        return ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _place(node: ast.expr) -> Place:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)


def _places(tree: ast.Module) -> Iterator[Place]:
    for node in ast.walk(tree):
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if name in MESSAGES and isinstance(node, ast.Expr):
            if any(isinstance(each, ast.keyword) and each.arg == "file" for each in ast.walk(node)):
                continue  # into a product, perhaps
            yield _place(node.value)

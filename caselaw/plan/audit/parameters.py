"""Which parameters of the running task first-party code reads: not all of them count."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from caselaw.components import counts_by_name
from caselaw.plan.audit.functions import is_declaration
from caselaw.plan.audit.recorder import Recorder, outwards

OF_ALL = frozenset({"cli_args", "param_args", "param_kwargs", "to_str_params"})
OF_BRANCHES = frozenset({"branch_map", "branch_values", "get_branch_map", "live_task_id", "task_id"})
"""Of a workflow: these tell the number of the branch, or what other branches there are."""

MESSAGES = frozenset({
    "critical", "debug", "error", "exception", "info", "log", "print", "publish_message", "publish_step",
    "set_status_message", "warn", "warning",
})  # fmt: skip


def counted_parameters(task: Any) -> frozenset[str]:
    """Names of parameters whose values the fingerprint counts."""
    by_name = {"campaign"} if task.config_keys and counts_by_name(task) else set()
    return frozenset(task.significant_parameters) | by_name


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
            if place not in known and is_use(recorder, frame):
                recorder.record("parameter", name, frame)
                known[place] = frame.f_code
        return found_as_ever(self, name)

    cls.__getattribute__ = found


def is_use(recorder: Recorder, frame: FrameType) -> bool:
    """Whether first-party code reads here what may change what the task makes."""
    if recorder.origins.of(frame.f_code.co_filename) != "first-party":
        return False
    return not (is_declaration(recorder, frame) or is_for_a_message(recorder, frame))


def is_for_a_message(recorder: Recorder, frame: FrameType) -> bool:
    """Whether the expression that is executed stands in the arguments of `print(…)` or of a logger."""
    positions = list(frame.f_code.co_positions())
    line, _, column, _ = positions[frame.f_lasti // 2]
    recorder.looking = True
    try:
        calls = _messages(frame.f_code.co_filename)
    finally:
        recorder.looking = False
    return line is not None and column is not None and any(s <= (line, column) < e for s, e in calls)


@functools.cache
def _messages(file: str) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """Where calls that only tell something stand in a source file: line and column of their begin and end."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    return tuple(_places(tree))


def _places(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(tree):
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if name in MESSAGES and isinstance(node, ast.Expr):
            if any(isinstance(each, ast.keyword) and each.arg == "file" for each in ast.walk(node)):
                continue  # into a product, perhaps
            yield (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)

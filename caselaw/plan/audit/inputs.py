"""Paths in what `self.input()` and `output()` return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def targets(inputs: Any) -> Iterator[Any]:
    """All targets in what `self.input()` returns, at any depth."""
    if isinstance(inputs, dict):
        inputs = list(inputs.values())
    if isinstance(inputs, list | tuple):
        for inner in inputs:
            yield from targets(inner)
    elif hasattr(inputs, "targets"):
        yield from targets(inputs.targets)
    elif hasattr(inputs, "path"):
        yield inputs.path

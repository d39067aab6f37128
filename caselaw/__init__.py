"""caselaw: a memory for law and luigi workflows."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from caselaw.loading import notes
from caselaw.loading.steering import steer_numba
from caselaw.version import __version__

if TYPE_CHECKING:
    from caselaw.branches.upstream import batches, each, files, over, whole
    from caselaw.lookup import resolve
    from caselaw.resources import Resources
    from caselaw.task.single import Task
    from caselaw.task.workflow import Workflow

__all__ = ["Resources", "Task", "Workflow", "__version__", "batches", "each", "files", "over", "resolve", "whole"]

# Where each public name lives; loaded on first use, so that `caselaw --help` does not wait for law.
_HOMES = {
    "Resources": "caselaw.resources",
    "Task": "caselaw.task.workflow",  # which it becomes where a workflow is among its bases
    "Workflow": "caselaw.task.workflow",
    "batches": "caselaw.branches.upstream",
    "each": "caselaw.branches.upstream",
    "files": "caselaw.branches.upstream",
    "over": "caselaw.branches.upstream",
    "resolve": "caselaw.lookup",
    "whole": "caselaw.branches.upstream",
}


notes.begin(steer_numba)  # of modules that are loaded before, less is known


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'caselaw' has no attribute '{name}'")
    from caselaw.fingerprint.collector import paused_collector

    with paused_collector():  # modules hold no garbage, and looking for it costs as much as half of them
        return getattr(importlib.import_module(_HOMES[name]), name)

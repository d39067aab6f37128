"""Which of its base classes a task asks first: whatever a project says comes before what caselaw says.

`class Events(Task, law.LocalWorkflow)` with a project's `class Task(caselaw.Task)` is a `caselaw.Workflow`, and
`class All(Task, law.WrapperTask)` has the `output()` of the wrapper, in whichever order bases are written.
"""

from __future__ import annotations

from typing import Any

import law
from law.task.proxy import ProxyAttributeTask
from law.workflow.base import BaseWorkflow, WorkflowRegister

LATE = (law.SandboxTask, ProxyAttributeTask)
"""Classes of law that surround what a task does, and say nothing of it: caselaw enters sandboxes its own way."""


class TaskRegister(WorkflowRegister):  # type: ignore[misc]
    """Metaclass of all tasks of caselaw."""

    def mro(self) -> list[type]:
        """The bases of a class in the order in which they are asked."""
        found: list[type] = super().mro()
        if is_of_engine(self):
            return found
        return in_order(found, list(engine_of(found).__mro__))


def is_of_engine(cls: type) -> bool:
    """Whether a class is caselaw's or law's own."""
    return str(vars(cls).get("__module__", "")).startswith(("caselaw.", "law.", "luigi."))


def engine_of(found: list[type]) -> Any:
    """The class of caselaw that a task with these bases is."""
    from caselaw.task import Task  # asked when projects define their classes

    if BaseWorkflow not in found:
        return Task
    from caselaw.workflow import Workflow

    return Workflow


def in_order(found: list[type], engine: list[type]) -> list[type]:
    """A project's classes and what they mix in, then the engine's; of two that differ, the project's is asked."""
    ordered = [cls for cls in found if cls not in engine and cls not in LATE] + engine
    for cls in reversed([cls for cls in found if cls in LATE and cls not in engine]):
        first = next(place for place, other in enumerate(ordered) if other in cls.__mro__[1:])
        ordered.insert(first, cls)
    return ordered

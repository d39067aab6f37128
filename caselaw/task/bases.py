"""Which of its base classes a task asks first: whatever a project says comes before what caselaw says.

`class Events(Task, law.LocalWorkflow)` with a project's `class Task(caselaw.Task)` is a `caselaw.Workflow`, and
`class All(Task, law.WrapperTask)` has the `output()` of the wrapper, in whichever order bases are written.
"""

from __future__ import annotations

from typing import Any

import law
import luigi
from law.task.proxy import ProxyAttributeTask
from law.workflow.base import BaseWorkflow, WorkflowRegister

from caselaw.parameters import forget_parameters, is_of_engine

LATE = (law.SandboxTask, ProxyAttributeTask)
"""Classes of law that surround what a task does, and say nothing of it: caselaw enters sandboxes its own way."""


class TaskRegister(WorkflowRegister):  # type: ignore[misc]
    """Metaclass of all tasks of caselaw."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        """A class without `run()` is a base of others, which `law index` does not list."""
        says = "exclude_index" in members
        made = super().__new__(cls, name, bases, members)
        if not says and made.run is no_run:
            made.exclude_index = True
        return made

    def mro(self) -> list[type]:
        """The bases of a class in the order in which they are asked."""
        if is_of_engine(self):
            return list(super().mro())
        engine = list(engine_of(self).__mro__)
        return in_order(written_order(self, frozenset(engine), {}), engine)

    def __setattr__(self, name: str, value: Any) -> None:
        """Forget what is known of parameters where a class gets one, or loses one, after its definition."""
        concerns = luigi.Parameter in (*type(value).__mro__, *type(getattr(self, name, None)).__mro__)
        super().__setattr__(name, value)
        if concerns and not is_of_engine(self):
            forget_parameters()


def runs(cls: Any) -> bool:
    """Whether tasks of a class have something to do: wrappers and external tasks have not."""
    run = cls.run
    return callable(run) and run not in (no_run, law.WrapperTask.run, luigi.WrapperTask.run)


def no_run(self: Any) -> None:
    """Stands for the `run()` of a class that has none."""
    raise NotImplementedError(f"{type(self).__name__} has no run() method")


def engine_of(cls: type) -> Any:
    """The class of caselaw that a task of this class is: with a workflow among its bases, the one with branches."""
    above = [base for direct in cls.__bases__ for base in direct.__mro__]
    task: Any = next(base for base in above if "with_branches" in vars(base))
    return task.with_branches if BaseWorkflow in above else task


def written_order(cls: type, engine: frozenset[type], orders: dict[type, list[type]]) -> list[type]:
    """A class and its bases in the order in which Python would ask them if the engine's were not there.

    Python itself merges the orders of the bases as they are. Those of two classes may contradict each other once
    both are in the engine's order; as they are written they do not.
    """
    if cls in engine:
        return []
    if cls not in orders:
        bases = [base for base in cls.__bases__ if base not in engine]
        orders[cls] = [cls, *merged([*(written_order(base, engine, orders) for base in bases), bases], cls)]
    return orders[cls]


def merged(orders: list[list[type]], owner: type) -> list[type]:
    """One order that agrees with all of them, as Python finds it (C3). Raises `TypeError` where there is none."""
    found, orders = [], [order for order in orders if order]
    while orders:
        later = {cls for order in orders for cls in order[1:]}
        first = next((order[0] for order in orders if order[0] not in later), None)
        if first is None:
            names = ", ".join(dict.fromkeys(order[0].__name__ for order in orders))
            raise TypeError(f"Cannot create a consistent method resolution order (MRO) for bases {names}: {owner}")
        found.append(first)
        orders = [rest for order in orders if (rest := order[1:] if order[0] is first else order)]
    return found


def in_order(found: list[type], engine: list[type]) -> list[type]:
    """A project's classes and what they mix in, then the engine's; of two that differ, the project's is asked."""
    ordered = [cls for cls in found if cls not in LATE] + engine
    for cls in reversed([cls for cls in found if cls in LATE]):
        first = next(place for place, other in enumerate(ordered) if other in cls.__mro__[1:])
        ordered.insert(first, cls)
    return ordered

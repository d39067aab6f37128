"""Task classes: as values of parameters (`luigi.TaskParameter`), with what counts of them, and the engine's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import luigi


def with_classes(values: Mapping[str, Any], of_class: Callable[[type], Any]) -> dict[str, Any]:
    """Values of parameters, with what `of_class` says in place of task classes, which have no digest themselves."""
    return {name: of_class(value) if is_task_class(value) else value for name, value in values.items()}


def is_task_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, luigi.Task)


def family_of_class(cls: Any) -> str:
    return str(cls.get_task_family())


def is_of_engine(cls: type) -> bool:
    """Whether a class is caselaw's or law's own."""
    return str(vars(cls).get("__module__", "")).startswith(("caselaw.", "law.", "luigi."))

"""Parameters as they are written: their kind and what they are called with, as far as it is literal."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import luigi

from caselaw.plan.survey.classes import Class, Classes, Member
from caselaw.plan.survey.names import ClassSource

LIBRARIES = ("luigi.", "law.")
UNKNOWN = object()
"""An argument that is no literal."""


@dataclass(frozen=True)
class Written:
    """A parameter of a task class. `kind` is the nearest class of law's or luigi's that it is of."""

    name: str
    member: Member
    call: ast.Call
    kind: type[luigi.Parameter]
    is_of_library: bool
    """Whether it is of that very class, and not of one of the project's that derives from it."""
    arguments: dict[str, Any]

    @property
    def significant(self) -> bool:
        return self.arguments.get("significant", True) is not False


def parameters_of(task: Class, classes: Classes) -> Iterator[Written]:
    """Parameters that the project gives to a task, the nearest of each name."""
    for member in task.members():
        if member.owner.of_project and isinstance(member.value, ast.Call):
            found = written(member, member.value, classes)
            if found is not None:
                yield found


def written(member: Member, call: ast.Call, classes: Classes) -> Written | None:
    meant = classes.library.meaning(call.func, member.owner.module)
    if not isinstance(meant, ClassSource):
        return None
    above = [found for found in classes.of(meant).mro if found.qualified.startswith(LIBRARIES)]
    kind = of_library(above[0]) if above else None
    if kind is None or not issubclass(kind, luigi.Parameter):
        return None
    arguments = {word.arg: literal(word.value) for word in call.keywords if word.arg}
    if call.args:
        arguments.setdefault("default", literal(call.args[0]))
    return Written(member.name, member, call, kind, above[0].source is meant, arguments)


def of_library(found: Class) -> Any:
    """The class itself, of law or luigi; None where its module cannot be imported here."""
    try:
        return getattr(importlib.import_module(found.module.name), found.name, None)
    except ImportError:
        return None


def literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN

"""Task classes that a project makes at run time: `type(…)`, `Base.derive(…)`, factories that are given a class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from caselaw.plan.survey.classes import Class, Classes
from caselaw.plan.survey.kinds import is_task
from caselaw.plan.survey.names import AssignedName, ClassSource, SurveyedModule


@dataclass(frozen=True)
class MadeTask:
    """A name of a module that is given a class made from `base`."""

    name: str
    module: SurveyedModule
    line: int
    base: Class


def made_tasks(classes: Classes) -> Iterator[MadeTask]:
    for module in classes.library.modules:
        for name, bindings in module.names.items():
            for binding in bindings:
                if isinstance(binding, AssignedName) and isinstance(binding.value, ast.Call) and name[:1].isupper():
                    base = base_of(binding.value, module, classes)
                    if base is not None:
                        yield MadeTask(name, module, binding.value.lineno, base)


def base_of(call: ast.Call, module: SurveyedModule, classes: Classes) -> Class | None:
    """The task class that a call makes another one of, as far as it looks like that."""
    match call:
        case ast.Call(func=ast.Attribute(value=owner, attr="derive")):
            candidates = [owner]
        case ast.Call(func=ast.Name(id="type"), args=[_, ast.Tuple(elts=bases), _]):
            candidates = bases
        case ast.Call(func=ast.Name() | ast.Attribute()):
            candidates = [word.value for word in call.keywords] + call.args
            if isinstance(classes.library.meaning(call.func, module), ClassSource):
                return None  # an instance
        case _:
            return None
    for candidate in candidates:
        found = classes.library.meaning(candidate, module)
        if isinstance(candidate, ast.Name | ast.Attribute) and isinstance(found, ClassSource):
            base = classes.of(found)
            if is_task(base):
                return base
    return None

"""Methods that a class was given after its definition: by a decorator, or by another module that nothing imports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, NamedTuple

from caselaw.fingerprint.code.reach.members import SAYS_WHAT_IS_MADE, says_what_is_made

LOCAL = ".<locals>"


class Assigned(NamedTuple):
    """A function that a class has from elsewhere; `name` is empty where only its module is known."""

    module: str
    name: str
    is_local: bool
    makes: bool = False
    """Whether it says what a task makes."""

    @property
    def entry(self) -> str:
        return f"{self.module}:{self.name}" if self.name else self.module


def assigned_methods(task_class: type, ours: Callable[[str], bool]) -> tuple[Assigned, ...]:
    """Functions that classes of ours have as members, and that no statement in their bodies defines."""
    found: dict[Assigned, None] = {}
    for cls in task_class.__mro__:
        if ours(cls.__module__):
            for name, member in vars(cls).items():
                if says_what_is_made(name):
                    of = (each._replace(makes=name in SAYS_WHAT_IS_MADE) for each in origins(cls, member, ours))
                    found.update(dict.fromkeys(of))
    return tuple(found)


def origins(cls: type, member: Any, ours: Callable[[str], bool]) -> Iterator[Assigned]:
    """Where the functions behind a member are defined, unless that is the class itself."""
    for function in functions(member):
        module, code = str(function.__globals__.get("__name__")), function.__code__
        if not ours(module) or code.co_filename != getattr(sys.modules.get(module), "__file__", None):
            continue  # a library's, or made from text
        name, _, inside = code.co_qualname.partition(LOCAL)
        if module == cls.__module__ and code.co_qualname.startswith(f"{cls.__qualname__}."):
            continue
        known = name.partition(".")[0] in vars(sys.modules[module])
        yield Assigned(module, name if known else "", bool(inside))


def functions(member: Any) -> Iterator[FunctionType]:
    """The functions of a method, property, class method or static method, through decorators."""
    for value in (member.fget, member.fset) if isinstance(member, property) else (member,):
        function = getattr(value, "__func__", value)
        while isinstance(function, FunctionType):
            yield function
            function = getattr(function, "__wrapped__", None)

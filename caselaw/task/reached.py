"""The code that a task reaches: its class, the classes of objects that it holds, and modules that texts name.

A framework imports modules whose names stand in law.cfg or in a parameter (`--analysis physics.config.run3`), and
takes what it finds there by name. Where code looks modules up in a way that cannot be followed, and no task says what
is meant (`code_dependencies`), all of ours count that the options which it reads, or the task's parameters, name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import law

from caselaw.config.options import value_of
from caselaw.parameters import counted_names, keeps_objects, objects_in

if TYPE_CHECKING:
    from caselaw.fingerprint import Closure


def closure_of(task: Any) -> Closure:
    """The closure of a task with its parameters."""
    from caselaw.fingerprint import code_closure, named_modules  # a third of what importing this module would take

    cls, project = type(task), task.law_project
    named = frozenset(code_of_objects(task))
    while True:
        found = code_closure(cls, project.root, project.first_party, named)
        more = named_modules(texts_of(task, found), found.first_party) if found.looks_up else frozenset()
        if more <= named:
            return found
        named |= more


def code_of_objects(task: Any) -> Iterator[str]:
    """`module:name` of the classes of objects in private parameters."""
    cls: Any = type(task)
    parameters = dict(task.get_params())
    for name in counted_names(cls):
        value = getattr(task, name)
        if keeps_objects(parameters[name], value):
            yield from (f"{type(each).__module__}:{type(each).__qualname__}" for each in objects_in(value))


def texts_of(task: Any, closure: Closure) -> Iterator[str]:
    """Texts that may be names of modules: of the task's parameters, and of options that its code reads."""
    cls: Any = type(task)
    for name in counted_names(cls):
        yield from _texts(getattr(task, name))
    for option in closure.options:
        yield from _texts(value_of(option))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from law.util.brace_expand(value, split_csv=True)
    elif isinstance(value, Mapping):
        for key, item in value.items():  # sections of law.cfg list modules as names of options
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, tuple | list | AbstractSet):
        for item in value:
            yield from _texts(item)

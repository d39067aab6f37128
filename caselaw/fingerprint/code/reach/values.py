"""Classes of the values that a task is given: of its parameters, and of its branches.

What such a value holds is in the fingerprint as a value. What its methods do is not, and `run` may call them
without naming the class: `self.branch_value.passes(…)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from caselaw.fingerprint.code.reach.classes import (
    Class,
    ancestors,
    bases,
    definition,
    is_parameter,
    is_task,
    makes_parameter,
)
from caselaw.fingerprint.code.reach.found import Found
from caselaw.fingerprint.code.reach.members import Kept, kept_members, left_out
from caselaw.fingerprint.code.reach.resolution import EXTERNAL, NAME, Resolver, Target
from caselaw.fingerprint.code.reach.search import Search
from caselaw.fingerprint.code.reading.table import ClassTable

_OF_NO_VALUE = frozenset({"abc.ABC", "typing.Generic", "typing.Protocol"})


def found_with_values(search: Search) -> Found:
    """What a search finds, together with the code of the values that its tasks are given."""
    found = search.run()
    values = _ValueSearch(search.resolver, lambda top: True, search.effects)
    values.may_start_again = False
    known: set[Class] = set()
    while search.left_out:
        for module, part in search.left_out:
            values.follow(module, part)
        search.left_out.clear()
        for cls in _classes(search.resolver, values.run()):
            kept = _code_of(search.resolver, cls)
            if cls not in known and (kept.statements or kept.methods):
                _reach(search, cls, kept)
            known.add(cls)
        search.run()
    for cls in known & found.classes.keys():
        found.names.setdefault(cls)
    return found


def _reach(search: Search, cls: Class, kept: Kept) -> None:
    binding = search.resolver.table(cls[0]).bindings[cls[1]]
    assert binding.definition is not None
    search.import_module(cls[0])
    search.keep(cls, binding.definition, kept)
    for part in (*binding.definition.decorators, *binding.definition.bases, *binding.parts):
        search.follow_except(cls[0], part, ancestors(search.resolver, cls))


class _ValueSearch(Search):
    """Walks along what decides about parameters and branches alone, be it of a task upstream."""

    def _reach_class(self, cls: Class, table: ClassTable) -> None:
        if not is_task(self.resolver, cls):
            super()._reach_class(cls, table)
            return
        lookup = ancestors(self.resolver, cls)
        tables = [(each, found) for each in lookup if (found := definition(self.resolver, each)) is not None]
        for module, part in left_out(tables, kept_members(tables, partial(makes_parameter, self.resolver))):
            self.follow(module, part)

    def import_module(self, module: str) -> None:
        """What importing a module does makes no value."""


def _classes(resolver: Resolver, found: Found) -> Iterator[Class]:
    """Classes of which values may be, with their base classes."""
    for cls in found.classes:
        lookup = ancestors(resolver, cls)
        if any(_may_have_values(resolver, ancestor) for ancestor in lookup) and not _is_parameter(resolver, cls):
            yield from lookup


def _may_have_values(resolver: Resolver, cls: Class) -> bool:
    """Whether values of a class may have a fingerprint; those of a plain class have none."""
    table = definition(resolver, cls)
    if table is None or table.decorators:
        return table is not None
    of_others = [target for target in bases(resolver, cls) if target.kind != NAME]
    named = [ref.chain[-1:] for base in table.bases for ref in base.refs if not resolver.resolve(cls[0], ref)]
    own = [name for (name,) in named if name != "object" and not name.endswith(("Error", "Exception"))]
    return bool(own) or any(target.dotted not in _OF_NO_VALUE for target in of_others)


def _is_parameter(resolver: Resolver, cls: Class) -> bool:
    return is_parameter(resolver, Target(NAME, *cls))


def _code_of(resolver: Resolver, cls: Class) -> Kept:
    """The members of a class that its values do not hold: methods, and what is neither field nor member of an enum."""
    table = definition(resolver, cls)
    assert table is not None
    of_enum = any(
        target.kind == EXTERNAL and target.module.partition(".")[0] == "enum"
        for ancestor in ancestors(resolver, cls)
        for target in bases(resolver, ancestor)
    )
    statements = {n for n, part in enumerate(table.statements) if not (part.is_field or (of_enum and part.names))}
    return Kept(statements, set(table.methods))

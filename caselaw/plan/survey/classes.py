"""Classes with their bases: the order in which Python looks through them, and what each of them defines."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from caselaw.plan.survey.library import Elsewhere, Library
from caselaw.plan.survey.names import ClassSource, SurveyedModule

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Base:
    """A base class as it is written, and what it stands for (None: nothing that could be found)."""

    node: ast.expr
    found: Class | Elsewhere | None


@dataclass(frozen=True)
class Member:
    """Something that a class body defines. `function` is set for a method, `value` for an attribute."""

    name: str
    owner: Class
    line: int
    function: Function | None = None
    value: ast.expr | None = None


@dataclass(eq=False)
class Class:
    """A class as far as its text tells."""

    source: ClassSource
    bases: tuple[Base, ...] = ()
    unread: tuple[str, ...] = ()
    """Names of bases, of it or of its bases, whose source was not found."""
    mro: tuple[Class, ...] = ()
    own: dict[str, Member] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def module(self) -> SurveyedModule:
        return self.source.module

    @property
    def qualified(self) -> str:
        return self.source.qualified

    @property
    def line(self) -> int:
        return self.source.node.lineno

    @property
    def of_project(self) -> bool:
        return self.module.of_project

    @cached_property
    def ancestry(self) -> frozenset[str]:
        return frozenset(above.qualified for above in self.mro)

    def is_a(self, *qualified: str) -> bool:
        return not self.ancestry.isdisjoint(qualified)

    def member(self, name: str) -> Member | None:
        """What a name means on the class: the nearest definition."""
        return next((above.own[name] for above in self.mro if name in above.own), None)

    def members(self) -> Iterator[Member]:
        """The nearest definition of every name."""
        seen: set[str] = set()
        for above in self.mro:
            for name, member in above.own.items():
                if name not in seen:
                    seen.add(name)
                    yield member


@dataclass
class Classes:
    """Classes by their sources, made as they are asked for."""

    library: Library
    made: dict[ClassSource, Class] = field(default_factory=dict)

    def of(self, source: ClassSource) -> Class:
        if source not in self.made:
            self.made[source] = made = Class(source)  # a circle ends here
            made.own = {member.name: member for member in defined(made)}
            made.bases = tuple(self.bases_of(source))
            made.mro = linear(made)
            made.unread = unread_of(made)
        return self.made[source]

    def bases_of(self, source: ClassSource) -> Iterator[Base]:
        for node in source.node.bases:
            yield self.base(node, source)

    def base(self, node: ast.expr, source: ClassSource) -> Base:
        found = self.library.meaning(node, source.module)
        if isinstance(found, ClassSource) and found is not source:
            return Base(node, self.of(found))
        if isinstance(node, ast.Name) and found is None:
            return Base(node, None if is_builtin(node.id) else Elsewhere(node.id))
        return Base(node, found if isinstance(found, Elsewhere) else Elsewhere(ast.unparse(node)))


def is_builtin(name: str) -> bool:
    return hasattr(builtins, name)


def unread_of(made: Class) -> tuple[str, ...]:
    names = [base.found.name for above in made.mro for base in above.bases if isinstance(base.found, Elsewhere)]
    return tuple(dict.fromkeys(name for name in names if not name.startswith(STANDARD)))


STANDARD = ("abc.", "typing.", "enum.", "collections.", "object", "six.", "dataclasses.", "threading.")


def defined(made: Class) -> Iterator[Member]:
    """What the body of a class defines; the last definition of a name comes last."""
    for statement in made.source.node.body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield Member(statement.name, made, statement.lineno, function=statement)
            case ast.Assign():
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        yield Member(target.id, made, statement.lineno, value=statement.value)
            case ast.AnnAssign(target=ast.Name(id=name)) if statement.value is not None:
                yield Member(name, made, statement.lineno, value=statement.value)


def linear(made: Class) -> tuple[Class, ...]:
    """Python's order of a class and its bases (C3); where there is none, as they are met."""
    above = [base.found for base in made.bases if isinstance(base.found, Class)]
    rows = [list(base.mro) for base in above] + [list(above)]
    merged = [made]
    while rows := [row for row in rows if row]:
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), None)
        if head is None:
            rest = dict.fromkeys(found for row in rows for found in row)
            return (*merged, *rest)
        merged.append(head)
        rows = [row[1:] if row[0] is head else row for row in rows]
    return tuple(merged)

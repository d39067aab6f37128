"""Scopes: in which block around a piece of code a name is bound."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.reading.names import NameOrigin, Names


@dataclass(frozen=True)
class Scope:
    """The names of one block; `parent` is the block around it, None for the module."""

    names: Names
    parent: Scope | None = None
    is_class: bool = False
    places: dict[str, Any] = field(default_factory=dict, compare=False)
    """What its names stand for, of those that stand for a path beside the module: see `places`."""
    settled: set[int] = field(default_factory=set, compare=False)
    """Of a module: nodes whose place counts where their name is used, and not where they stand."""

    def within(self, names: Names, is_class: bool = False) -> Scope:
        parent = self
        while parent.is_class and parent.parent is not None:  # names of a class are not seen in its methods
            parent = parent.parent
        return Scope(names, parent if not is_class else self, is_class)

    def origins(self, name: str, line: int = 0) -> list[NameOrigin] | None:
        """Where a name comes from; empty for a local one, None for one of the module or of Python."""
        scope = self
        while scope.parent is not None:
            if name in scope.names.of_module:
                return None
            if scope.names.has(name) and (scope is self or not scope.is_class):
                certain = not scope.is_class or scope.names.since.get(name, line) < line
                if not certain and self.module.names.has(name):
                    return None
                return scope.names.imported.get(name, [])
            scope = scope.parent
        return None

    def place(self, name: str) -> tuple[bool, Any]:
        """Whether a name is bound in the module or around here, and the place that it stands for."""
        scope = self
        while scope.parent is not None and name not in scope.names.of_module:
            if scope.names.has(name) and (scope is self or not scope.is_class):
                return True, scope.places.get(name)
            scope = scope.parent
        module = self.module
        return module.names.has(name), module.places.get(name)

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


def type_parameters(node: ast.AST) -> set[str]:
    """`{"T"}` of `def f[T](…)`."""
    return {parameter.name for parameter in getattr(node, "type_params", ())}


def with_type_parameters(node: ast.AST, scope: Scope) -> Scope:
    """The scope around `def f[T](…)`, `class A[T]` and `type A[T]`, in which T is a name."""
    return Scope(Names(bound=type_parameters(node)), scope) if type_parameters(node) else scope

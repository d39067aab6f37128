"""Which names of a module its statements bind or mutate, and which statements do more than that."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from caselaw.fingerprint.code.reading.chains import root_chain
from caselaw.fingerprint.code.reading.facts import OWN, Done
from caselaw.fingerprint.code.reading.names import names_of
from caselaw.fingerprint.code.reading.slicing import (
    Compound,
    Region,
    all_statements,
    cut,
    regions_of,
    simple_statements,
)
from caselaw.fingerprint.code.reading.syntax_digest import Function
from caselaw.fingerprint.code.reading.table_parts import Parts, is_within

_NO_EFFECT = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Pass, ast.Break,
    ast.Continue, ast.Global, ast.Constant,
)  # fmt: skip


class Piece(NamedTuple):
    """A statement, cut for some names; without names it is an effect."""

    statement: ast.stmt
    names: frozenset[str]
    regions: tuple[Region, ...] = ()
    """Where names are the statement's own."""


class Pieces:
    """Takes the statements of a module apart."""

    def __init__(self, make: Parts, statements: Sequence[ast.stmt]) -> None:
        self.make = make
        self.aliases = _aliases(statements)
        self.bound = make.module.names.bound
        self._bare: dict[int, tuple[ast.stmt, ast.stmt]] = {}
        self._touched: dict[int, tuple[ast.stmt, frozenset[str]]] = {}

    def of(self, statement: ast.stmt) -> Iterator[Piece]:
        """The statement, cut for each name that it binds or mutates, and for its effects."""
        names = self.touched(statement)
        if isinstance(statement, Compound):
            regions = tuple(regions_of(statement))
            for name in sorted(names):
                yield Piece(self._cut(statement, {name}, regions), frozenset({name}), regions)
            if self.is_effect(statement):
                yield Piece(self._cut(statement, set(), regions), frozenset(), regions)
            return
        if isinstance(statement, ast.Assign):
            yield from (Piece(single, self.touched(single)) for single in _singles(statement))
        elif names and not isinstance(statement, ast.Import | ast.ImportFrom):
            yield Piece(statement, names)
        if self.is_effect(statement):
            yield Piece(statement, frozenset())

    def _cut(self, statement: ast.stmt, wanted: set[str], regions: Sequence[Region]) -> ast.stmt:
        """The statement with what binds the wanted names, and those that these need within it."""
        kept = cut(statement, lambda inner: bool(wanted & self.touched(inner)) or self.is_effect(inner))
        facts = self.make.facts(kept)
        used = {ref.chain[0] for ref in facts.refs if is_within(ref, regions)}
        used |= facts.executed & self.touched(statement)  # which of its values it has here, the order decides
        return kept if used <= wanted else self._cut(statement, wanted | used, regions)

    def touched(self, statement: ast.stmt) -> frozenset[str]:
        """Names of the module that a statement binds or mutates."""
        if id(statement) not in self._touched:  # kept with its node, so that its id stays its own
            self._touched[id(statement)] = (statement, self._find_touched(statement))
        return self._touched[id(statement)][1]

    def _find_touched(self, statement: ast.stmt) -> frozenset[str]:
        names = names_of([statement])
        touched = {*names.bound, *names.imported, *(self._mutated(statement) & self.bound)}
        if isinstance(statement, Compound):
            for inner in simple_statements(statement):
                touched |= self.touched(inner)
        elif isinstance(statement, Function | ast.ClassDef):
            touched = {statement.name, *(touched & self.bound)}
        return frozenset(touched)

    def _mutated(self, statement: ast.stmt) -> set[str]:
        """Names of the module that a statement mutates when the module is imported.

        What decorators mutate is another matter: see effects.
        """
        mutations = self.make.mutations(self._without_decorators(statement))
        found = {done.what.chain[0] for done in mutations if _on_import(done)}
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            chain = root_chain(statement.value.func)
            if chain and not isinstance(statement.value.func, ast.Name):
                found.add(chain[0])
        for name in list(found):
            found |= self._same_as(name)
        return found

    def _same_as(self, name: str) -> set[str]:
        """Names that may stand for the same object: after `A = B`, and after `for A in (B, C):`."""
        same, left = {name}, [name]
        while left:
            for other in (self.aliases.get(left.pop(), set()) & self.bound) - same:
                same.add(other)
                left.append(other)
        return same

    def _without_decorators(self, statement: ast.stmt) -> ast.stmt:
        if not isinstance(statement, Function | ast.ClassDef) or not statement.decorator_list:
            return statement
        if id(statement) not in self._bare:
            bare = copy.copy(statement)
            bare.decorator_list = []
            self._bare[id(statement)] = (statement, bare)
        return self._bare[id(statement)][1]

    def is_effect(self, statement: ast.stmt) -> bool:
        """Whether a statement does more than to bind and mutate names of the module."""
        named = isinstance(statement, ast.Assign | ast.AnnAssign) and not names_of([statement]).bound.isdisjoint(
            self.bound
        )
        if not named and not self._mutated(statement) <= self.bound:
            return True  # of an assignment, what it changes beyond the module decides: see conduct
        if isinstance(statement, Compound):
            return any(self.is_effect(inner) for inner in simple_statements(statement))
        if isinstance(statement, ast.Expr):
            return not (isinstance(statement.value, ast.Constant) or self._mutated(statement))
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
            return not (named or self.touched(statement))
        return not (isinstance(statement, _NO_EFFECT) or type(statement).__name__ == "TypeAlias")


def _aliases(statements: Sequence[ast.stmt]) -> dict[str, set[str]]:
    """Name → names whose object, or a part of it, it was bound to at the top level."""
    aliases: dict[str, set[str]] = {}
    for node in (inner for statement in statements for inner in all_statements(statement)):
        targets, others = [], set()
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call):
            targets, others = node.targets, set(root_chain(node.value)[:1])
        elif isinstance(node, ast.For | ast.AsyncFor):
            names = (name for name in ast.walk(node.iter) if isinstance(name, ast.Name))
            targets, others = [node.target], {name.id for name in names}
        for target in targets:
            for name in names_of([target]).bound if others else ():
                aliases.setdefault(name, set()).update(others)
    return aliases


def _on_import(done: Done) -> bool:
    return done.depth == 0 and done.what.level == OWN


def _singles(statement: ast.Assign) -> Iterator[ast.stmt]:
    """`a, b = 1, 2` is two assignments, so that an edit of one constant leaves the other alone."""
    target, value = statement.targets[0], statement.value
    if (
        len(statement.targets) == 1
        and isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and all(isinstance(element, ast.Name) for element in target.elts)
        and not any(isinstance(element, ast.Starred) for element in value.elts)
    ):
        for name, element in zip(target.elts, value.elts, strict=True):
            yield ast.copy_location(ast.Assign(targets=[name], value=element), statement)
    else:
        yield statement

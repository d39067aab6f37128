"""Compound statements cut down to what matters for one of the names that they bind."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from caselaw.fingerprint.code.reading.names import names_of

Compound = ast.If | ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match

_Keep = Callable[[ast.stmt], bool]


def simple_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements inside a compound one, at any depth, that are not compound themselves."""
    if not isinstance(statement, Compound):
        yield statement
        return
    for block in _blocks(statement):
        for inner in block:
            yield from simple_statements(inner)


def all_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statement and all statements in its blocks, compound or not."""
    yield statement
    if isinstance(statement, Compound):
        for block in _blocks(statement):
            for inner in block:
                yield from all_statements(inner)


def cut(statement: ast.stmt, keep: _Keep) -> ast.stmt:
    """A copy of a compound statement with what `keep` wants of its blocks, and with what steers.

    Tests, iterables and the bodies of `try` stay as they are: they decide what else happens.
    """
    copied = copy.copy(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(copied, name, None)
        if block and not (name == "body" and isinstance(copied, ast.Try | ast.TryStar)):
            setattr(copied, name, _kept(block, keep))
    for name in ("handlers", "cases"):
        inner = [copy.copy(part) for part in getattr(copied, name, ())]
        for part in inner:
            part.body = _kept(part.body, keep)
        if inner:
            setattr(copied, name, inner)
    return copied


def _kept(block: Sequence[ast.stmt], keep: _Keep) -> list[ast.stmt]:
    kept = []
    for statement in block:
        if not isinstance(statement, Compound):
            if keep(statement) or isinstance(statement, ast.Break | ast.Continue):
                kept.append(statement)
        elif keep(head_of(statement)) or any(_kept(inner, keep) for inner in _blocks(statement)):
            kept.append(cut(statement, keep))
    return kept


def head_of(statement: ast.stmt) -> ast.stmt:
    """A compound statement without what is in its blocks."""
    head = copy.copy(statement)
    for name in ("body", "orelse", "finalbody"):
        if hasattr(head, name):
            setattr(head, name, [])
    for name in ("handlers", "cases"):
        inner = [copy.copy(part) for part in getattr(head, name, ())]
        for part in inner:
            part.body = []
        if inner:
            setattr(head, name, inner)
    return head


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, [])
    for name in ("handlers", "cases"):
        yield from (part.body for part in getattr(statement, name, ()))


class Region(NamedTuple):
    """Lines of a compound statement in which a name certainly is what that statement binds it to."""

    name: str
    first: int
    last: int


def regions_of(statement: ast.stmt) -> list[Region]:
    """Where names that a compound statement binds are not those of the statements before it."""
    found: list[Region] = []
    if isinstance(statement, ast.For | ast.AsyncFor | ast.With | ast.AsyncWith):
        body = statement.body
        last = body[-1].end_lineno or 0
        found += [Region(name, body[0].lineno, last) for name in names_of([head_of(statement)]).bound]
    for block in _blocks(statement):
        last = block[-1].end_lineno or 0 if block else 0
        for inner in block:
            if isinstance(inner, Compound):
                found += regions_of(inner)
            elif isinstance(inner, ast.Assign | ast.AnnAssign):
                names = names_of([inner]).bound
                found += [Region(name, (inner.end_lineno or inner.lineno) + 1, last) for name in names]
    return found


def executed_on_import(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Without the bodies of `if __name__ == "__main__":`, which run in scripts only."""
    for statement in statements:
        if isinstance(statement, ast.If) and _is_main(statement.test):
            yield from executed_on_import(statement.orelse)
        else:
            yield statement


def _is_main(test: ast.expr) -> bool:
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = [test.left, test.comparators[0]]
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)

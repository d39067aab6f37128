"""Statements of imported modules that the closure does not count, and that nothing which counts needs by name.

If the closure is right, a branch makes the same without them. The audit tries it: see `comparison`.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from caselaw.fingerprint.code.reading.names import names_of
from caselaw.fingerprint.code.reading.table_parts import lines_of
from caselaw.plan.audit.recorder import Lines

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class Statement:
    """A statement at the top level of a module, or of a class there, by its file and lines, decorators included."""

    path: str
    first: int
    last: int
    name: str
    """What it binds, else its first words: for people."""
    bound: frozenset[str] = field(default=frozenset(), compare=False)
    mentions: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class _Unit:
    statement: Statement
    node: ast.stmt
    counts: bool


def uncounted_statements(
    paths: Iterable[str], lines: Lines, tasks: Mapping[str, frozenset[str]]
) -> tuple[Statement, ...]:  # fmt: skip
    """What may be left out of these source files; `lines` are those of the closure, by real path.

    `tasks` are names of task classes by path: such a class stays whole, because its parameters and what it says of
    upstream count as values, and so stays all that it mentions.
    """
    units = [unit for path in sorted(paths) for unit in _units(path, lines.get(path, ()), tasks.get(path, frozenset()))]
    wanted = {name for unit in units if unit.counts for name in _mentions_that_do_not_count(unit, lines)}
    left = [unit for unit in units if not unit.counts]
    while needed := [unit for unit in left if not wanted.isdisjoint(_bound(unit.node))]:
        left = [unit for unit in left if unit not in needed]
        wanted.update(name for unit in needed for name in _mentions(unit.node))
    return tuple(sorted(unit.statement for unit in left))


def leave_out(tree: ast.Module, statements: Iterable[Statement]) -> None:
    """Take statements out of the tree of their file; what they bind can still be imported."""
    gone = {(statement.first, statement.last) for statement in statements}
    kept_names = {name for node in tree.body if lines_of(node) not in gone for name in _bound(node)}
    body: list[ast.stmt] = []
    for node in tree.body:
        body.extend([node] if lines_of(node) not in gone else _stand_in(node, kept_names))
        if isinstance(node, ast.ClassDef):
            kept = [member for member in node.body if lines_of(member) not in gone]
            node.body = kept or [ast.copy_location(ast.Pass(), node.body[0])]
    tree.body = body


class Uncounted:
    """Stands for what was left out, so that it can still be imported; it can be nothing else."""

    def __bool__(self) -> bool:
        raise TypeError("left out, because the fingerprint does not count it")

    __call__ = __iter__ = __getitem__ = __len__ = __bool__


UNCOUNTED = Uncounted()


def _stand_in(node: ast.stmt, kept_names: set[str]) -> Iterator[ast.stmt]:
    """Binds the names of a statement that was left out."""
    names = [ast.alias("UNCOUNTED", name) for name in sorted(_bound(node) - kept_names)]
    if names:
        yield ast.fix_missing_locations(ast.copy_location(ast.ImportFrom(__name__, names, 0), node))


def _units(path: str, ranges: tuple[tuple[int, int], ...], tasks: frozenset[str]) -> Iterator[_Unit]:
    try:
        tree = ast.parse(Path(path).read_bytes(), path)
    except (OSError, SyntaxError, ValueError):  # a compiled extension, or no Python of this version
        return
    for node in tree.body:
        counted = _counts(node, ranges)
        if isinstance(node, ast.ClassDef) and counted and node.name not in tasks:
            yield from (_unit(path, member, _counts(member, ranges)) for member in node.body[1:])
        yield _unit(path, node, counted or _always_stays(node, tasks))


def _unit(path: str, node: ast.stmt, counts: bool) -> _Unit:
    bound = sorted(_bound(node))
    name = bound[0] if bound else ast.unparse(node).partition("\n")[0][:60]
    statement = Statement(path, *lines_of(node), name, frozenset(bound), frozenset(_mentions(node)))
    return _Unit(statement, node, counts)


def _counts(node: ast.stmt, ranges: tuple[tuple[int, int], ...]) -> bool:
    first, last = lines_of(node)
    return any(start <= last and first <= end for start, end in ranges)


def _always_stays(node: ast.stmt, tasks: frozenset[str]) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return (isinstance(node, ast.ClassDef) and node.name in tasks) or "__all__" in _bound(node)


def _bound(node: ast.stmt) -> set[str]:
    found = names_of([node])
    return {*found.bound, *found.imported}


def _mentions(node: ast.AST) -> Iterator[str]:
    return (name for name, _ in _named(node))


def _named(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Names and attributes, with their lines."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id, inner.lineno
        elif isinstance(inner, ast.Attribute):
            yield inner.attr, inner.lineno


def _mentions_that_do_not_count(unit: _Unit, lines: Lines) -> Iterator[str]:
    """Names that a statement mentions in lines that the closure does not hold: it has followed all the others."""
    if isinstance(unit.node, ast.Import | ast.ImportFrom):
        return
    inside = (inner for inner in ast.walk(unit.node) if isinstance(inner, ast.ImportFrom))
    imported = ((alias.name, inner.lineno) for inner in inside for alias in inner.names)
    ranges = lines.get(unit.statement.path, ())
    for name, line in (*_named(unit.node), *imported):
        if not any(start <= line <= end for start, end in ranges):
            yield name


def real_paths(paths: Iterable[Path]) -> frozenset[str]:
    return frozenset(os.path.realpath(path) for path in paths if path.suffix == ".py")

"""Other forms of source files that mean the same, if what the closure counts is all that matters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.uncounted import Function, Statement, leave_out


@dataclass(frozen=True, order=True)
class Variation:
    """One change of one file; `kind` and `name` tell people what is missing from it, or stands in another order."""

    path: str
    line: int
    kind: UseKind
    name: str
    statement: Statement | None = None


def without_statement(statement: Statement) -> Variation:
    return Variation(statement.path, statement.first, UseKind.STATEMENT, statement.name, statement)


def of_texts(path: str, module: str) -> Iterator[Variation]:
    """A file without docstrings, without annotations of functions, and with its imports in another order."""
    source = Path(path).read_bytes()
    for kind in _CHANGES:
        if varied(source, path, [change := Variation(path, 1, kind, module)]) != ast.unparse(ast.parse(source)):
            yield change


def varied(source: bytes, path: str, variations: Iterable[Variation]) -> str:
    """The source text of a file with some variations of it."""
    variations, tree = list(variations), ast.parse(source, path)
    leave_out(tree, [each.statement for each in variations if each.statement is not None])
    for kind in {each.kind for each in variations} & _CHANGES.keys():
        _CHANGES[kind](tree)
    return ast.unparse(ast.fix_missing_locations(tree))


def texts_of(variations: Iterable[Variation]) -> dict[str, str]:
    """The new text of each file that variations change."""
    by_path: dict[str, list[Variation]] = {}
    for variation in variations:
        by_path.setdefault(variation.path, []).append(variation)
    return {path: varied(Path(path).read_bytes(), path, found) for path, found in by_path.items()}


def _without_docstrings(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, Function | ast.ClassDef | ast.Module) or not node.body:
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            rest: list[ast.stmt] = node.body[1:]
            node.body = rest or ([] if isinstance(node, ast.Module) else [ast.Pass()])


def _without_annotations(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None


def _imports_in_another_order(tree: ast.Module) -> None:
    """Imports of modules, in the blocks in which they stand, the other way round."""
    body: list[ast.stmt] = []
    block: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__"):
            block.append(node)
            continue
        body += [*reversed(block), node]
        block = []
    tree.body = [*body, *reversed(block)]


_CHANGES: Mapping[UseKind, Callable[[ast.Module], None]] = {
    UseKind.DOCSTRING: _without_docstrings,
    UseKind.ANNOTATION: _without_annotations,
    UseKind.IMPORT_ORDER: _imports_in_another_order,
}


def with_dependents(variations: Sequence[Variation], every: Sequence[Variation]) -> list[Variation]:
    """Variations, and those of `every` that leave out what mentions names which then are left out."""
    found, waiting = dict.fromkeys(variations), list(variations)
    while waiting:
        statement = waiting.pop().statement
        if statement is None:
            continue
        for each in every:
            if each not in found and each.statement is not None and statement.bound & each.statement.mentions:
                found[each] = None
                waiting.append(each)
    return list(found)

"""Source files as syntax trees, without what never runs when a module is imported by a task."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from typing import Any

from caselaw.errors import FingerprintError


def parse(source: bytes, path: str) -> ast.Module:
    """The syntax tree of a file's content, without what only a type checker executes.

    Raises `FingerprintError` where it has none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # '\d' in somebody's string is not ours to report
            tree = ast.parse(source, path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise FingerprintError(
            f"first-party source cannot be parsed: {getattr(error, 'msg', error)}",
            f"{path}:{line}" if line else path,
            "correct the file; code that cannot be read has no fingerprint",
        ) from error
    guards = _type_checking_names(tree)
    if guards:
        _drop_type_checking(tree, guards)
    return tree


def _type_checking_names(tree: ast.Module) -> frozenset[str]:
    """Expressions of this module that are typing.TYPE_CHECKING: false whenever the code runs."""
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module in ("typing", "typing_extensions"):
            names |= {a.asname or a.name for a in statement.names if a.name == "TYPE_CHECKING"}
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name in ("typing", "typing_extensions"):
                    names.add(f"{alias.asname or alias.name}.TYPE_CHECKING")
        elif isinstance(statement, ast.Assign) and getattr(statement.value, "value", None) is False:
            names |= {"TYPE_CHECKING"} & {_dotted(target) for target in statement.targets}
    return frozenset(names)


def _drop_type_checking(tree: ast.Module, guards: frozenset[str]) -> None:
    """Replace, in place, `if TYPE_CHECKING: a else: b` by b, at any depth."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            parts = getattr(node, name, None)
            if isinstance(parts, list):
                parts[:] = _executed(parts, guards)
                stack.extend(parts)


def _executed(parts: Sequence[Any], guards: frozenset[str]) -> list[Any]:
    executed: list[Any] = []
    for part in parts:
        if not isinstance(part, ast.If):
            executed.append(part)
        elif _dotted(part.test) in guards:
            executed.extend(_executed(part.orelse, guards))
        elif (
            isinstance(part.test, ast.UnaryOp)
            and isinstance(part.test.op, ast.Not)
            and (_dotted(part.test.operand) in guards)
        ):
            executed.extend(_executed(part.body, guards))
        else:
            executed.append(part)
    return executed


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""

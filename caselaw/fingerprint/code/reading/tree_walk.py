"""Nodes of syntax trees, quicker than `ast.walk` gives them: where names are loaded and stored stands in the names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

NO_NODES = frozenset({
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "lineno", "module", "name", "op",
    "ops", "simple", "type_comment", "type_ignores",
})  # fmt: skip
"""Fields with plain values, or with what marks names as loaded or stored and which operator it is."""
_FIELDS: dict[type, tuple[str, ...]] = {}


def fields_with_nodes(cls: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes that may hold nodes."""
    found = _FIELDS.get(cls)
    if found is None:
        left_out = NO_NODES - {"name"} if cls.__name__ == "TypeAlias" else NO_NODES  # its name is a node
        found = _FIELDS[cls] = tuple(name for name in cls._fields if name not in left_out)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below a node, without marks and operators."""
    found: list[ast.AST] = []
    for name in fields_with_nodes(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def nodes(*roots: ast.AST) -> Iterator[ast.AST]:
    """These nodes and all nodes below them."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.Name | ast.Constant):
            stack += children(node)

"""Nodes of syntax trees, quicker than `ast.walk` gives them: where names are loaded and stored stands in the names."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below a node, without what marks names as loaded or stored."""
    found: list[ast.AST] = []
    for name in node._fields:
        if name == "ctx":
            continue
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]
    return found


def nodes(*roots: ast.AST) -> Iterator[ast.AST]:
    """These nodes and all nodes below them."""
    stack = list(roots)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.Name | ast.Constant):
            stack += children(node)

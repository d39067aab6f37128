"""Names with attributes: `a.b.c`."""

from __future__ import annotations

import ast


def dotted_chain(node: ast.expr) -> tuple[str, ...]:
    """`("a", "b")` of `a.b`; empty for anything but names and attributes."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def root_chain(node: ast.expr) -> tuple[str, ...]:
    """The names and attributes that `a.b[0].c().d` starts with; empty when it starts otherwise."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        chain = dotted_chain(node)
        if chain:
            return chain
        node = node.func if isinstance(node, ast.Call) else node.value
    return dotted_chain(node)


def is_super(node: ast.expr) -> bool:
    """Whether a node is a call of `super`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def is_own_branch_data(node: ast.Subscript) -> bool:
    """Whether this is `self.branch_map[self.branch]`: what law calls `branch_data`."""
    return (dotted_chain(node.value), dotted_chain(node.slice)) == (("self", "branch_map"), ("self", "branch"))

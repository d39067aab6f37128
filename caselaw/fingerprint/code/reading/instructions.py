"""What a module says about how its own code is to be read."""

from __future__ import annotations

import ast
from typing import Any

from caselaw.fingerprint.code.reading.options import CONFIGURED
from caselaw.fingerprint.code.reading.parsing import parse
from caselaw.fingerprint.code.reading.places import SEEDS
from caselaw.fingerprint.code.reading.reads import ANNOTATION_NAMES, DOCSTRING_NAMES
from caselaw.fingerprint.code.reading.syntax_digest import Function, Reading, node_digest

_JOINS = frozenset({"joinpath", "with_name", "with_suffix", "with_stem", "glob", "rglob", "iterdir", "join"})


def syntax_digest(source: bytes, path: str = "<source>") -> str:
    """The digest of a module's meaning from the bytes of its file."""
    tree = parse(source, path)
    return node_digest(tree, reading_of(tree))


def reading_of(tree: ast.Module, docstrings: bool = False, annotations: bool = False) -> Reading:
    """The names of a module, and whether it looks at its own docstrings and annotations.

    `docstrings` and `annotations` say that code elsewhere does.
    """
    aliases: dict[str, set[str]] = {}
    bound: set[str] = set()
    mentioned: set[str] = set()
    inspect = divides = configures = False
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name):
            (mentioned if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            continue
        if isinstance(node, ast.Attribute):
            mentioned.add(node.attr)
        elif isinstance(node, ast.BinOp):
            divides |= isinstance(node.op, ast.Div) and (
                isinstance(node.right, ast.JoinedStr) or isinstance(getattr(node.right, "value", None), str)
            )
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and node.value.startswith("__"):
                mentioned.add(node.value)
            continue
        elif isinstance(node, ast.Import | ast.ImportFrom):
            inspect |= "inspect" in {getattr(node, "module", None), *(alias.name for alias in node.names)}
            for name, origin in _origins(node):
                aliases.setdefault(name, set()).add(origin)
                configures |= origin.partition(".")[0] in CONFIGURED
                mentioned.update(origin.split(".")[-2:])
        elif isinstance(node, Function | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                stack.extend([part for part in value if isinstance(part, ast.AST)])
            elif isinstance(value, ast.AST):
                stack.append(value)
    unique = {name: next(iter(origins)) for name, origins in aliases.items() if len(origins) == 1}
    return Reading(
        aliases={name: origin for name, origin in unique.items() if name not in bound},
        bound=frozenset(bound | (aliases.keys() - unique.keys())),
        docstrings=docstrings or bool(mentioned & DOCSTRING_NAMES),
        annotations=annotations or (inspect and "signature" in mentioned) or bool(mentioned & ANNOTATION_NAMES),
        seeds=bool(mentioned & SEEDS),
        joins=divides or bool(mentioned & (SEEDS | _JOINS)),
        configures=configures or not mentioned.isdisjoint(CONFIGURED),
    )


def _origins(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """Each name that an import binds, and its dotted origin."""
    if isinstance(node, ast.Import):
        tops = [(alias, alias.name.partition(".")[0]) for alias in node.names]
        return [(alias.asname or top, alias.name if alias.asname else top) for alias, top in tops]
    start = "." * node.level + (f"{node.module}." if node.module else "")
    return [(alias.asname or alias.name, start + alias.name) for alias in node.names if alias.name != "*"]

"""What a module offers to `import *`, and which of its imports nothing uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from caselaw.fingerprint.code.reading.chains import root_chain
from caselaw.fingerprint.code.reading.facts import Import
from caselaw.fingerprint.code.reading.lookups import constant_text
from caselaw.fingerprint.code.reading.names import imports_of, names_of
from caselaw.fingerprint.code.reading.slicing import Compound, simple_statements
from caselaw.fingerprint.code.reading.syntax_digest import Function
from caselaw.fingerprint.code.reading.tree_walk import nodes


def exports(statements: Iterable[ast.stmt]) -> tuple[str, ...] | None:
    """What `__all__` names; None when it is computed."""
    exported: list[str] = []
    for statement in statements:
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Call) and root_chain(value.func)[:1] == ("__all__",):
            value = value.args[0] if len(value.args) == 1 else None
            value = ast.Tuple(elts=[value]) if isinstance(value, ast.Constant) else value
        elif "__all__" not in names_of([statement]).bound:
            continue
        if isinstance(statement, Compound) or not isinstance(value, ast.Tuple | ast.List):
            return None
        texts = [constant_text(element) for element in value.elts]
        if None in texts:
            return None
        exported.extend(text for text in texts if text is not None)
    return tuple(exported)


def unused_imports(tree: ast.Module, statements: Iterable[ast.stmt], exported: Iterable[str]) -> Iterator[Import]:
    """Imports of names that nothing mentions and nobody is offered: they are there for their effects."""
    used = _mentioned(tree).union(exported)
    for statement in statements:
        for inner in simple_statements(statement):
            if isinstance(inner, ast.Import | ast.ImportFrom) and getattr(inner, "module", "") != "__future__":
                for alias, found in zip(inner.names, imports_of(inner), strict=True):
                    name = alias.asname or alias.name.partition(".")[0]
                    if alias.asname != alias.name and name != "*" and name not in used:
                        yield found


def _mentioned(tree: ast.Module) -> frozenset[str]:
    """Every name that the module reads anywhere, in annotations too, be they strings or not."""
    names: set[str] = set()
    for node in nodes(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
            continue
        if not isinstance(node, ast.arg | ast.AnnAssign | Function):
            continue
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            for text in nodes(annotation) if isinstance(annotation, ast.AST) else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    names.update(re.findall(r"\w+", text.value))
    return frozenset(names)

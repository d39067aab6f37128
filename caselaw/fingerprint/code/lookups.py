"""Calls that look code up by name: followed where the name is constant, else reported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.fingerprint.code.facts import OWN, Import, Lookup, Ref

_MODULE_BY_NAME = frozenset({"importlib.import_module", "__import__", "builtins.__import__", "runpy.run_module"})
_BY_NAME = _MODULE_BY_NAME | {"caselaw.resolve", "pkgutil.resolve_name"}
_OPAQUE = frozenset({
    "exec", "eval", "builtins.exec", "builtins.eval", "runpy.run_path", "pkgutil.iter_modules",
    "pkgutil.walk_packages", "importlib.util.spec_from_file_location", "importlib.util.module_from_spec",
    "importlib.machinery.SourceFileLoader", "importlib.metadata.entry_points",
    "pkg_resources.iter_entry_points", "imp.load_source", "sys.path.append", "sys.path.insert",
    "sys.path.extend",
})  # fmt: skip

ATTRIBUTE_BY_NAME = frozenset({"getattr", "builtins.getattr", "hasattr", "setattr", "delattr"})
ONLY_ASK_WHAT_IT_IS = frozenset({"hash", "id", "isinstance", "print", "repr", "str", "super", "type"})
"""Functions that take no attribute of an object but those with two underscores."""

WHOLE = "*"
"""In a chain: everything that the module holds."""


def in_call(call: ast.Call, origins: set[str]) -> Iterator[Ref | Lookup | Import]:
    """What a call looks up, given the dotted origins of what is called."""
    for origin in sorted(origins):
        if origin in _OPAQUE:
            yield Lookup(call.lineno, text_of(call))
            if origin.endswith(("exec", "eval")):
                yield Ref(call.lineno, OWN, "", (WHOLE,))  # the text sees all names of the module
        elif origin in _BY_NAME and call.args:
            named = by_constant_name(call, {origin})
            yield from named
            if not named:
                yield Lookup(call.lineno, text_of(call))
                yield from _prefix(call)
        elif origin in ("globals", "builtins.globals"):
            yield Ref(call.lineno, OWN, "", (WHOLE,))


def by_constant_name(node: ast.expr, origins: set[str]) -> list[Ref]:
    """The module, or its attribute, of `import_module("m")`, `resolve("m:f")`, `sys.modules["m"]`."""
    if isinstance(node, ast.Subscript):
        if "sys.modules" not in origins:
            return []
        if isinstance(node.slice, ast.Name) and node.slice.id == "__name__":
            return [Ref(node.lineno, OWN, "", (WHOLE,))]
        name = constant_text(node.slice)
        return [_resolved(node.lineno, name)] if name else []
    if not isinstance(node, ast.Call) or not node.args or not origins & _BY_NAME:
        return []
    name = constant_text(node.args[0])
    if name is None or not name.strip("."):
        return []
    package = constant_text(node.args[1]) if len(node.args) > 1 else None
    if package and name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        kept = package.split(".")[: len(package.split(".")) - level + 1]
        name = ".".join([*kept, name.lstrip(".")])
    return [_resolved(node.lineno, name)]


def _resolved(line: int, name: str) -> Ref:
    """`module`, `module:name` or `.module` as a string."""
    module, _, attribute = name.partition(":")
    chain = tuple(attribute.split(".")) if attribute else ()
    level = len(module) - len(module.lstrip("."))
    if level:
        return Ref(line, level, "", (*module.lstrip(".").split("."), *chain))
    return Ref(line, 0, module, chain)


def _prefix(call: ast.Call) -> Iterator[Import]:
    """The package in `f"analysis.plugins.{name}"` or `"analysis.plugins." + name`."""
    node = call.args[0]
    if isinstance(node, ast.JoinedStr) and node.values:
        text = constant_text(node.values[0])
    elif isinstance(node, ast.BinOp):
        text = constant_text(node.left)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        text = (constant_text(node.func.value) or "").partition("{")[0]
    else:
        text = None
    if text and "." in text:
        level = len(text) - len(text.lstrip("."))
        yield Import(call.lineno, level, text.rpartition(".")[0].lstrip("."), "**")


def constant_text(node: ast.expr) -> str | None:
    """The text of a string constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def text_of(node: ast.expr) -> str:
    """Source of an expression, for a message."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = "..."
    return text if len(text) <= 80 else f"{text[:77]}..."

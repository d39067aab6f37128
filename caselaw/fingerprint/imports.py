"""What a module takes from other modules, as its syntax tree shows it, and what the tree cannot show."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from caselaw.fingerprint.syntax import Function, Reading, node_digest, parse


class Import(NamedTuple):
    """One dependency on a module.

    `level` counts the dots of a relative import. `module` certainly is a module; `name`, dotted, is what is
    taken from it: maybe a submodule, or an attribute; `*` takes everything, `**` also all modules below.
    """

    line: int
    module: str
    level: int = 0
    name: str = ""


class Lookup(NamedTuple):
    """A look-up that cannot be followed statically."""

    line: int
    text: str


@dataclass(frozen=True)
class Survey:
    """All that the closure needs to know about a module besides its digest."""

    reading: Reading
    imports: tuple[Import, ...]
    lookups: tuple[Lookup, ...]
    exports: tuple[str, ...] | None = ()
    """Names in `__all__`; None when it is computed."""
    lazy: bool = False
    """The module has a `__getattr__`: what can be imported from it is unknown."""


Next: TypeAlias = Iterable[ast.AST] | None

_READS_DOCSTRINGS = frozenset({"__doc__", "getdoc", "docopt"})
_READS_ANNOTATIONS = frozenset({
    "__annotations__", "__annotate__", "get_annotations", "get_type_hints", "getfullargspec",
})  # fmt: skip
_BY_NAME = frozenset({"importlib.import_module", "__import__", "builtins.__import__", "caselaw.resolve",
                      "pkgutil.resolve_name", "runpy.run_module"})  # fmt: skip
_OPAQUE = frozenset({
    "exec", "eval", "builtins.exec", "builtins.eval", "runpy.run_path", "pkgutil.iter_modules",
    "pkgutil.walk_packages", "importlib.util.spec_from_file_location", "importlib.util.module_from_spec",
    "importlib.machinery.SourceFileLoader", "importlib.metadata.entry_points",
    "pkg_resources.iter_entry_points", "imp.load_source", "sys.path.append", "sys.path.insert",
    "sys.path.extend",
})  # fmt: skip


def syntax_digest(source: bytes, path: str = "<source>") -> str:
    """The digest of a module's meaning from the bytes of its file."""
    tree = parse(source, path)
    return node_digest(tree, survey(tree).reading)


def survey(tree: ast.Module) -> Survey:
    """Read imports, look-ups and what the module reads of itself from a tree made by `syntax.parse`."""
    surveyor = _Surveyor()
    surveyor.walk(tree)
    return surveyor.result(tree)


@dataclass
class _Surveyor:
    imports: list[Import] = field(default_factory=list)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    chains: dict[tuple[str, ...], int] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)
    subscripts: list[ast.Subscript] = field(default_factory=list)
    assignments: list[tuple[str, ast.expr]] = field(default_factory=list)

    def walk(self, tree: ast.Module) -> None:
        stack: list[Any] = [tree]
        while stack:
            node = stack.pop()
            visit = _VISITS.get(type(node))
            following = visit(self, node) if visit is not None else None
            if following is not None:
                stack.extend(following)
                continue
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    stack.extend([part for part in value if isinstance(part, ast.AST)])
                elif isinstance(value, ast.AST):
                    stack.append(value)

    # A visit returns the nodes that come next, or None for all of the node's children.

    def _import(self, node: ast.Import) -> Next:
        for alias in node.names:
            self.imports.append(Import(node.lineno, alias.name))
            top = alias.name.partition(".")[0]
            self.aliases.setdefault(alias.asname or top, set()).add(alias.name if alias.asname else top)
        return ()

    def _import_from(self, node: ast.ImportFrom) -> Next:
        module = node.module or ""
        for alias in node.names:
            self.imports.append(Import(node.lineno, module, node.level, alias.name))
            if alias.name != "*":
                origin = "." * node.level + (f"{module}." if module else "") + alias.name
                self.aliases.setdefault(alias.asname or alias.name, set()).add(origin)
        return ()

    def _attribute(self, node: ast.Attribute) -> Next:
        names: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        self.mentioned.update(names)
        if isinstance(inner, ast.Name):
            self.chains.setdefault((inner.id, *reversed(names)), node.lineno)
        return (inner,)

    def _name(self, node: ast.Name) -> Next:
        (self.mentioned if isinstance(node.ctx, ast.Load) else self.bound).add(node.id)
        return ()

    def _constant(self, node: ast.Constant) -> Next:
        if isinstance(node.value, str) and node.value.startswith("__"):
            self.mentioned.add(node.value)
        return ()

    def _call(self, node: ast.Call) -> Next:
        self.calls.append(node)
        return None

    def _subscript(self, node: ast.Subscript) -> Next:
        self.subscripts.append(node)
        return None

    def _definition(self, node: Function | ast.ClassDef) -> Next:
        self.bound.add(node.name)
        return None

    def _argument(self, node: ast.arg) -> Next:
        self.bound.add(node.arg)
        return None

    def _assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Next:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and node.value is not None:
                self.assignments.append((target.id, node.value))
        return None

    def result(self, tree: ast.Module) -> Survey:
        unique = {name: next(iter(origins)) for name, origins in self.aliases.items() if len(origins) == 1}
        inspects = "signature" in self.mentioned and any(i.module == "inspect" for i in self.imports)
        reading = Reading(
            aliases={name: origin for name, origin in unique.items() if name not in self.bound},
            bound=frozenset(self.bound | (self.aliases.keys() - unique.keys())),
            docstrings=bool(self.mentioned & _READS_DOCSTRINGS),
            annotations=inspects or bool(self.mentioned & _READS_ANNOTATIONS),
        )
        dynamic = list(self._dynamic())
        imports = [*self.imports, *self._attributes(), *self._declared()]
        imports += [found for found in dynamic if isinstance(found, Import)]
        lookups = {found for found in dynamic if isinstance(found, Lookup)}
        lazy = any(isinstance(node, Function) and node.name == "__getattr__" for node in tree.body)
        return Survey(reading, tuple(dict.fromkeys(imports)), tuple(sorted(lookups)), self._exports(), lazy)

    def _origins(self, node: ast.expr) -> set[str]:
        """All dotted origins that an expression may have, whatever else its name is bound to."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return set()
        heads = self.aliases.get(node.id) or {node.id}
        return {".".join([head, *reversed(names)]) for head in heads}

    def _attributes(self) -> Iterator[Import]:
        """`import a` and later `a.b.c()`: a.b may be a submodule that somebody else imported."""
        for (head, *rest), line in self.chains.items():
            for origin in sorted(self.aliases.get(head, ())):
                yield _attribute_of(line, origin, ".".join(rest))

    def _dynamic(self) -> Iterator[Import | Lookup]:
        for call in self.calls:
            for origin in sorted(self._origins(call.func)):
                yield from self._called(call, origin)
        for subscript in self.subscripts:
            if "sys.modules" in self._origins(subscript.value):
                yield Lookup(subscript.lineno, _text(subscript))
        for name, value in self.assignments:
            if name == "__path__":
                yield Lookup(value.lineno, f"__path__ = {_text(value)}")

    def _called(self, call: ast.Call, origin: str) -> Iterator[Import | Lookup]:
        """What a call looks up: a module by a constant name, a prefix of one, or nobody knows what."""
        if origin in _OPAQUE:
            yield Lookup(call.lineno, _text(call))
        elif origin in ("getattr", "builtins.getattr") and len(call.args) > 1:
            yield from self._got_attribute(call)
        elif origin in _BY_NAME and call.args:
            name, prefix = _constant_text(call.args[0]), _prefix(call.args[0])
            if name is not None:
                yield from _resolved(call.lineno, name)
                return
            yield Lookup(call.lineno, _text(call))
            if prefix is not None:
                yield _all_below(call.lineno, prefix)

    def _got_attribute(self, call: ast.Call) -> Iterator[Import | Lookup]:
        """`getattr` of something imported: by a constant name it is an attribute, else a look-up."""
        name = _constant_text(call.args[1])
        owner = call.args[0]
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        if not isinstance(owner, ast.Name) or owner.id not in self.aliases:
            return
        for origin in sorted(self._origins(call.args[0])):
            if name is None:
                yield Lookup(call.lineno, _text(call))
            else:
                yield _attribute_of(call.lineno, origin, name)

    def _declared(self) -> Iterator[Import]:
        """`code_dependencies = ("module:name", …)` on a task."""
        for name, value in self.assignments:
            if name == "code_dependencies" and isinstance(value, ast.Tuple | ast.List):
                for element in value.elts:
                    text = _constant_text(element)
                    if text is not None:
                        yield from _resolved(element.lineno, text)

    def _exports(self) -> tuple[str, ...] | None:
        exported: list[str] = []
        for name, value in self.assignments:
            if name == "__all__":
                if not isinstance(value, ast.Tuple | ast.List):
                    return None
                texts = [_constant_text(element) for element in value.elts]
                if None in texts:
                    return None
                exported.extend(text for text in texts if text is not None)
        return tuple(exported)


_VISITS: dict[type[ast.AST], Callable[[_Surveyor, Any], Next]] = {
    ast.Import: _Surveyor._import,
    ast.ImportFrom: _Surveyor._import_from,
    ast.Attribute: _Surveyor._attribute,
    ast.Name: _Surveyor._name,
    ast.Constant: _Surveyor._constant,
    ast.Call: _Surveyor._call,
    ast.Subscript: _Surveyor._subscript,
    ast.FunctionDef: _Surveyor._definition,
    ast.AsyncFunctionDef: _Surveyor._definition,
    ast.ClassDef: _Surveyor._definition,
    ast.arg: _Surveyor._argument,
    ast.Assign: _Surveyor._assignment,
    ast.AnnAssign: _Surveyor._assignment,
    ast.AugAssign: _Surveyor._assignment,
}


def _attribute_of(line: int, origin: str, name: str) -> Import:
    """An attribute of something imported: any part of the way to it may be a module."""
    dotted = f"{origin.lstrip('.')}.{name}"
    level = len(origin) - len(origin.lstrip("."))
    module, _, rest = dotted.partition(".") if not level else ("", "", dotted)
    return Import(line, module, level, rest)


def _all_below(line: int, prefix: str) -> Import:
    module = prefix.rpartition(".")[0]
    level = len(prefix) - len(prefix.lstrip("."))
    return Import(line, module.lstrip("."), level, "**")


def _resolved(line: int, name: str) -> Iterator[Import]:
    """`module`, `module:name` or `.module` as a string."""
    module, _, attribute = name.partition(":")
    level = len(module) - len(module.lstrip("."))
    module = module.lstrip(".")
    if level and module:
        yield Import(line, "", level, module)
    elif module:
        yield Import(line, module)
        if attribute:
            yield Import(line, module, 0, attribute)


def _prefix(node: ast.expr) -> str | None:
    """The constant beginning of `f"analysis.plugins.{name}"` or `"analysis.plugins." + name`, if dotted."""
    if isinstance(node, ast.JoinedStr) and node.values:
        text = _constant_text(node.values[0])
    elif isinstance(node, ast.BinOp):
        text = _constant_text(node.left)
    else:
        text = None
    return text if text and "." in text else None


def _constant_text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _text(node: ast.expr) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = "..."
    return text if len(text) <= 80 else f"{text[:77]}..."

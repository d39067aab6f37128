"""The meaning of source code as bytes: a canonical walk of its syntax tree.

Positions, comments, docstrings, formatting and annotations that nothing evaluates drop out, and every
supported Python gives the same bytes (`ast.dump` and bytecode do not).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from caselaw.fingerprint.encoding import encode
from caselaw.fingerprint.hashing import digest_bytes

# Where a statement stands decides whether its annotations are evaluated by something.
FUNCTION = "function"  # annotations of local variables: never
PLAIN = "plain"  # a module or a class that nobody inspects: no
EVALUATED = "evaluated"  # a dataclass, a model, a decorated function: yes, or nobody knows

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_STATEMENT_LISTS = frozenset({"body", "orelse", "finalbody"})

# Decorators and base classes known not to look at annotations; any other one may.
_BLIND_DECORATORS = frozenset({
    "staticmethod", "classmethod", "property", "abc.abstractmethod", "contextlib.contextmanager",
    "functools.cache", "functools.cached_property", "functools.lru_cache", "functools.wraps",
    "functools.total_ordering", "typing.final", "typing.overload", "typing.override",
    "typing_extensions.override", "enum.unique",
})  # fmt: skip
_BODY_DECORATORS = frozenset({"dataclasses.dataclass", "attr.s", "attr.define", "attr.frozen", "attrs.define",
                              "attrs.frozen", "attrs.mutable"})  # fmt: skip
_BLIND_BASES = frozenset({"object", "Exception", "ValueError", "RuntimeError", "abc.ABC", "enum.Enum",
                          "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})  # fmt: skip
_BLIND_ROOTS = frozenset({"caselaw", "law", "luigi"})


@dataclass(frozen=True)
class Reading:
    """What a module says about how its own code is to be read."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """Imported name → dotted origin (`lru_cache` → `functools.lru_cache`)."""
    bound: frozenset[str] = frozenset()
    """Names that the module binds other than by an import."""
    docstrings: bool = False
    """The module reads docstrings: they count."""
    annotations: bool = False
    """The module reads annotations: all of them count."""
    seeds: bool = False
    """The module may make paths of files beside it."""
    joins: bool = False
    """It may join paths that another module makes."""
    configures: bool = False
    """It names something of law or luigi: it may read their configuration."""

    def origin(self, node: ast.expr) -> str:
        """The dotted origin of a name or attribute, without the call's arguments; empty when unknown."""
        if isinstance(node, ast.Call):
            node = node.func
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or (node.id in self.bound and node.id not in self.aliases):
            return ""
        return ".".join([self.aliases.get(node.id, node.id), *reversed(attributes)])


def node_digest(node: ast.AST, reading: Reading, scope: str = PLAIN) -> str:
    """The digest of any part of a tree; `scope` says where it stands."""
    return digest_bytes(canonical(node, reading, scope))


def canonical(node: ast.AST, reading: Reading, scope: str = PLAIN) -> bytes:
    """Canonical bytes of a tree: node classes, names of non-empty fields, length-prefixed values.

    A stack instead of recursion: a sum of 2,000 terms is a tree of depth 2,000.
    """
    if reading.annotations and scope == PLAIN:
        scope = EVALUATED
    written: list[bytes] = []
    stack: list[Any] = [(node, scope)]
    while stack:
        item = stack.pop()
        if type(item) is bytes:
            written.append(item)
        else:
            part, of_part = item
            expanded = _expanded(part, of_part, reading)
            expanded.reverse()
            stack += expanded
    return b"".join(written)


def _expanded(node: ast.AST, scope: str, reading: Reading) -> list[Any]:
    """A node as a list of bytes, and of nodes each with the scope in which it stands."""
    cls = type(node)
    if cls is ast.Constant:
        value = node.value  # type: ignore[attr-defined]
        return [b"(Constant%b)" % (b"." if value is ... else _encoded(value))]
    if cls is ast.Name:
        return [b"(Name%b)" % _encoded(node.id)]  # type: ignore[attr-defined]
    items: list[Any] = [b"(" + cls.__name__.encode()]
    inner = inner_scopes(node, scope, reading)
    for name in field_names(cls):
        value = field_value(node, name, scope, reading) if name in JUDGED else getattr(node, name, None)
        if value is None or value == []:
            continue
        of_field = inner.get(name, scope)
        items.append(_LABELS[name])
        if isinstance(value, list):
            items.append(b"[")
            items += [(part, of_field) if isinstance(part, ast.AST) else _plain_item(part) for part in value]
            items.append(b"]")
        else:
            items.append((value, of_field) if isinstance(value, ast.AST) else _plain_item(value))
    items.append(b")")
    return items


def _plain_item(value: Any) -> bytes:
    return b"-" if value is None else _encoded(value)


def _encoded(value: Any) -> bytes:
    return _encoded_text(value) if type(value) is str else encode(value)


@lru_cache(maxsize=4096)
def _encoded_text(text: str) -> bytes:
    return encode(text)


_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.UnaryOp, ast.unaryop, ast.expr_context)


def _is_text(element: ast.expr) -> bool:
    return isinstance(element, ast.Constant) and isinstance(element.value, str | bytes)


def _looked_up(value: ast.expr, scope: str, reading: Reading) -> ast.expr:
    """What something is looked up in: of a set, the order in which it is written makes no difference."""
    if isinstance(value, ast.Set) and all(map(_plain, value.elts)):
        return ast.copy_location(ast.Set(_sorted(value.elts, scope, reading)), value)
    return value


def _sorted(elements: Sequence[ast.expr], scope: str, reading: Reading) -> list[ast.expr]:
    return sorted(elements, key=lambda element: canonical(element, reading, scope))


def _plain(element: ast.expr) -> bool:
    """Whether the order in which this is evaluated makes no difference."""
    return all(isinstance(node, _PLAIN) for node in ast.walk(element))


_FIELD_NAMES: dict[type, tuple[str, ...]] = {}
_LABELS: dict[str, bytes] = {}
JUDGED = _STATEMENT_LISTS | {
    "annotation", "comparators", "elts", "format_spec", "returns", "targets", "values",
}  # fmt: skip
"""Fields of which `field_value` decides how they count."""


def field_names(cls: type[ast.AST]) -> tuple[str, ...]:
    names = _FIELD_NAMES.get(cls)
    if names is None:
        names = _FIELD_NAMES[cls] = tuple(sorted(name for name in cls._fields if name not in _LEFT_OUT))
        _LABELS.update((name, b" %b=" % name.encode()) for name in names)
    return names


_SAME: dict[str, str] = {}


def inner_scopes(node: ast.AST, scope: str, reading: Reading) -> dict[str, str]:
    """The scope of fields for which it is not that of the node itself."""
    if type(node) not in _WITH_SCOPES:
        return _SAME
    if isinstance(node, Function):
        in_doubt = scope == _DECORATED_CLASS or not _blind(node.decorator_list, reading)
        return {"body": FUNCTION, "args": EVALUATED if in_doubt or reading.annotations else FUNCTION}
    if isinstance(node, ast.ClassDef):
        return {"body": class_scope(node, reading)}
    return {}


_DECORATED_CLASS = "decorated class"  # its decorator may look at the annotations of its methods too


def class_scope(node: ast.ClassDef, reading: Reading) -> str:
    decorators = [reading.origin(decorator) for decorator in node.decorator_list]
    if not all(origin in _BLIND_DECORATORS | _BODY_DECORATORS for origin in decorators):
        return _DECORATED_CLASS
    bases = [reading.origin(base) for base in node.bases]
    blind = all(base in _BLIND_BASES or base.partition(".")[0] in _BLIND_ROOTS for base in bases)
    body = any(origin in _BODY_DECORATORS for origin in decorators)
    return EVALUATED if body or not blind or node.keywords or reading.annotations else PLAIN


def _blind(decorators: Sequence[ast.expr], reading: Reading) -> bool:
    """Whether all of these decorators are known not to look at annotations."""
    for decorator in decorators:
        accessor = isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "getter", "deleter")
        if not accessor and reading.origin(decorator) not in _BLIND_DECORATORS:
            return False
    return True


_WITH_SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})


def field_value(node: ast.AST, name: str, scope: str, reading: Reading) -> Any:
    """The value of a field as it counts; None or [] when it does not."""
    value = getattr(node, name, None)
    if name not in JUDGED:
        return value
    if name in _STATEMENT_LISTS and isinstance(value, list):
        inner = inner_scopes(node, scope, reading).get(name, scope)
        return list(counted_statements(value, inner, reading))
    if name == "returns" and isinstance(node, Function):
        return value if inner_scopes(node, scope, reading)["args"] == EVALUATED else None
    if name == "annotation" and isinstance(node, ast.arg):
        return value if scope == EVALUATED else None
    if name == "annotation" and isinstance(node, ast.AnnAssign):
        return None if scope == FUNCTION else value
    if name == "elts" and isinstance(node, ast.Set) and all(map(_is_text, node.elts)):
        return _sorted(node.elts, scope, reading)  # their order is another one in each process
    if name == "comparators" and isinstance(node, ast.Compare):
        pairs = zip(node.ops, node.comparators, strict=True)
        return [
            _looked_up(value, scope, reading) if isinstance(op, ast.In | ast.NotIn) else value for op, value in pairs
        ]
    if name == "values" and isinstance(node, ast.JoinedStr):
        return list(_merged(node.values))
    if name == "format_spec" and isinstance(value, ast.JoinedStr):
        return value if list(_merged(value.values)) else None
    if name == "targets" and isinstance(node, ast.Delete):
        return list(_flattened(node.targets))
    return value


def counted_statements(statements: Sequence[ast.stmt], scope: str, reading: Reading) -> Iterator[ast.AST]:
    """The statements that do something; `x: int = 1` is `x = 1` where nothing evaluates the annotation."""
    for statement in statements:
        if isinstance(statement, ast.Pass):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            if reading.docstrings and isinstance(statement.value.value, str):
                yield ast.copy_location(ast.Constant(cleaned(statement.value.value)), statement)
        elif isinstance(statement, ast.AnnAssign) and scope in (FUNCTION, PLAIN):
            if statement.value is not None:
                assignment = ast.Assign(targets=[statement.target], value=statement.value)
                yield ast.copy_location(assignment, statement)
            elif scope == FUNCTION and statement.simple:
                yield statement  # `x: int` alone makes x a local name
        else:
            yield statement


def cleaned(text: str) -> str:
    """A docstring that counts, without the indentation and blank edges that formatters change."""
    first, *rest = [line.rstrip() for line in text.expandtabs().split("\n")]
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line), default=0)
    return "\n".join([first.strip(), *(line[margin:] for line in rest)]).strip()


def _merged(values: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Parts of an f-string: Pythons differ in how they split its text, and leave empty texts in it."""
    text = ""
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text += value.value
            continue
        if text:
            yield ast.Constant(text)
            text = ""
        yield value
    if text:
        yield ast.Constant(text)


def _flattened(targets: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """`del (a, b)` is `del a, b`, and formatters write the latter."""
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flattened(target.elts)
        else:
            yield target

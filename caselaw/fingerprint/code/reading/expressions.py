"""What expressions do and may be, as data: see `calls_and_changes`."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.reading.facts import OWN
from caselaw.fingerprint.code.reading.lookups import constant_text
from caselaw.fingerprint.code.reading.names import Comprehension, Names

Root = tuple[Any, ...]
Value = dict[Root, None]

ANY = "*"
"""Any attribute or element of an object."""
_DEPTH = 4
OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitXor: "xor",
    ast.BitAnd: "and", ast.FloorDiv: "floordiv",
}  # fmt: skip


@dataclass
class Body:
    """A piece of code that runs as a whole: a statement of the module, a function, a lambda."""

    number: int
    parameters: list[str] = field(default_factory=list)
    positional: int = 0
    starred: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    steps: list[list[Any]] = field(default_factory=list)
    returned: Value = field(default_factory=dict)

    def plain(self) -> list[Any]:
        values = {name: list(value) for name, value in self.values.items()}
        return [self.parameters, self.positional, self.starred, values, self.steps, list(self.returned)]


@dataclass(frozen=True)
class Block:
    """Where code stands: whose names it sees, and the method around it."""

    body: Body
    names: Names | None = None
    parent: Block | None = None
    renamed: tuple[tuple[str, str], ...] = ()
    """Variables of comprehensions, and what they are called among those of the body."""
    method: tuple[str, int, str] | None = None
    is_class: bool = False

    @property
    def of_module(self) -> bool:
        """Whether the code runs when the module is imported, in no function."""
        block: Block | None = self
        while block is not None and (block.names is None or block.is_class):
            block = block.parent
        return block is None


class Expressions(ABC):
    """Makes the steps of bodies from expressions."""

    @abstractmethod
    def _function_body(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        at: Block,
        method: tuple[str, int, str] | None,
        defaults: dict[str, Value],
    ) -> Body:
        """The body of a function."""

    def _assign(self, target: ast.expr, source: ast.expr, at: Block) -> None:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(source, ast.Tuple | ast.List):
            plain = not any(isinstance(element, ast.Starred) for element in (*target.elts, *source.elts))
            if plain and len(target.elts) == len(source.elts):
                for left, right in zip(target.elts, source.elts, strict=True):
                    self._assign(left, right, at)
                return
        self.bind(target, self.value(source, at), at)

    def bind(self, target: ast.expr, value: Value, at: Block) -> None:
        if isinstance(target, ast.Name):
            self.assign(target.id, value, at)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, holding(value), at)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self.bind(element, attributes(value, ANY), at)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            changed = self.value(target.value, at)
            name = target.attr if isinstance(target, ast.Attribute) else ANY
            if isinstance(target, ast.Subscript):
                self.value(target.slice, at)
                self.call(attributes(changed, "__setitem__"), [{}, value], at)
            at.body.steps.append(["change", list(changed), name, list(value)])

    def assign(self, name: str, value: Value, at: Block) -> None:
        body, known = self.variable(name, at)
        if known is None:
            at.body.values.setdefault(name, {}).update(value)  # of the module
            if not at.of_module:
                at.body.steps.append(["change", [("n", OWN, "", (name,))], ANY, list(value)])
        else:
            body.values.setdefault(known, {}).update(value)

    def variable(self, name: str, at: Block) -> tuple[Body, str | None]:
        """The body that a name belongs to, and what it is called there; None for a name of the module."""
        block: Block | None = at
        inside = True
        while block is not None:
            renamed = dict(block.renamed)
            if name in renamed:
                return block.body, renamed[name]
            if block.names is not None and (inside or not block.is_class):
                if name in block.names.of_module:
                    return at.body, None
                if block.names.has(name):
                    return block.body, f"{name} of class" if block.is_class else name
            inside = inside and bool(block.renamed)
            block = block.parent
        return at.body, None

    def _defaults(self, arguments: ast.arguments, at: Block) -> dict[str, Value]:
        return {name: self.value(default, at) for name, default in pairs(arguments)}

    def value(self, node: ast.expr | None, at: Block) -> Value:
        """What an expression may be; what it does is added to the steps."""
        if node is None:
            return {}
        visit = _VISITS.get(type(node))
        if visit is not None:
            found: Value = visit(self, node, at)
            return found
        held: Value = {}
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                held |= self.value(child, at)
        return holding(held) if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict) else {}

    def call(
        self,
        callee: Value,
        arguments: Sequence[Value],
        at: Block,
        keywords: dict[str, Value] | None = None,
        rest: Value | None = None,
    ) -> Value:
        if not callee and not any(arguments) and not keywords and not rest:
            return {}
        named = {name: list(value) for name, value in (keywords or {}).items()}
        step = ["call", list(callee), [list(value) for value in arguments], named, list(rest or {})]
        at.body.steps.append(step)
        return {("c", at.body.number, len(at.body.steps) - 1): None}

    def _name(self, node: ast.Name, at: Block) -> Value:
        body, known = self.variable(node.id, at)
        of_module = ("n", OWN, "", (node.id,))
        if known is None:
            return {of_module: None}
        found: Value = {("v", body.number, known): None}
        since = at.names.since if at.is_class and at.names is not None else {}
        if since.get(node.id, 0) >= node.lineno:  # before the class binds it, it is the module's
            found[of_module] = None
        return found

    def _attribute(self, node: ast.Attribute, at: Block) -> Value:
        return attributes(self.value(node.value, at), node.attr)

    def _subscript(self, node: ast.Subscript, at: Block) -> Value:
        self.value(node.slice, at)
        base = self.value(node.value, at)
        if at.of_module and base:
            return self.call(attributes(base, "__getitem__"), [], at) | attributes(base, ANY)
        return attributes(base, ANY)

    def _call(self, node: ast.Call, at: Block) -> Value:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "super" and at.method is not None:
            return {("s", *at.method): None}
        arguments: list[Value] = []
        keywords: dict[str, Value] = {}
        rest: Value = {}
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                rest |= attributes(self.value(argument.value, at), ANY)
            else:
                arguments.append(self.value(argument, at))
        for keyword in node.keywords:
            value = self.value(keyword.value, at)
            if keyword.arg is None:
                rest |= attributes(value, ANY)
            else:
                keywords[keyword.arg] = value
        if name == "getattr" and len(node.args) > 1:
            return attributes(arguments[0], constant_text(node.args[1]) or ANY) if arguments else {}
        if name in ("vars", "dir") and arguments:
            return attributes(arguments[0], "__dict__")
        return self.call(self.value(node.func, at), arguments, at, keywords, rest)

    def _lambda(self, node: ast.Lambda, at: Block) -> Value:
        defaults = self._defaults(node.args, at)
        return {("f", self._function_body(node, at, None, defaults).number): None}

    def _operation(self, node: ast.BinOp, at: Block) -> Value:
        left, right = self.value(node.left, at), self.value(node.right, at)
        if not left and not right:
            return {}
        name = OPERATORS[type(node.op)]
        done = self.call(attributes(left, f"__{name}__"), [right], at) if left else {}
        if at.of_module and right:
            done = done | self.call(attributes(right, f"__r{name}__"), [left], at)
        return done | holding(left | right)

    def _either(self, node: ast.IfExp | ast.BoolOp, at: Block) -> Value:
        if isinstance(node, ast.IfExp):
            self.value(node.test, at)
            return self.value(node.body, at) | self.value(node.orelse, at)
        found: Value = {}
        for value in node.values:
            found |= self.value(value, at)
        return found

    def _walrus(self, node: ast.NamedExpr, at: Block) -> Value:
        value = self.value(node.value, at)
        outer = at
        while outer.renamed and outer.parent is not None:
            outer = outer.parent
        self.assign(node.target.id, value, outer)
        return value

    def _awaited(self, node: ast.Await, at: Block) -> Value:
        return self.value(node.value, at)

    def _starred(self, node: ast.Starred, at: Block) -> Value:
        return attributes(self.value(node.value, at), ANY)

    def _dictionary(self, node: ast.Dict, at: Block) -> Value:
        held: Value = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(key, at) | self.value(value, at)
            held |= found if key is not None else attributes(found, ANY)
        return holding(held)

    def _yield(self, node: ast.Yield | ast.YieldFrom, at: Block) -> Value:
        value = self.value(node.value, at)
        at.body.returned |= holding(value) | value
        return {}

    def _comprehension(self, node: Any, at: Block) -> Value:
        inner = at
        for generator in node.generators:
            iterated = attributes(self.value(generator.iter, inner), ANY)
            names = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
            renamed = {name: f"{name} {node.lineno} {node.col_offset}" for name in sorted(names)}
            inner = Block(at.body, None, inner, (*inner.renamed, *renamed.items()), at.method)
            self.bind(generator.target, iterated, inner)
            for test in generator.ifs:
                self.value(test, inner)
        found: Value = {}
        for name in ("elt", "key", "value"):
            found |= self.value(getattr(node, name, None), inner)
        return holding(found)


def pairs(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Parameters with a default value, and that."""
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield argument.arg, default
    for argument, other in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if other is not None:
            yield argument.arg, other


def attributes(value: Value, name: str) -> Value:
    return {_attribute_of(root, name): None for root in value}


def _attribute_of(root: Root, name: str) -> Root:
    if root[0] == "n" and name != ANY:
        return ("n", root[1], root[2], (*root[3], name))
    if root[0] == "h":
        return root[1] if name == ANY else ("a", root, name)
    depth, inner = 0, root
    while inner[0] == "a":
        depth, inner = depth + 1, inner[1]
    return ("a", ("a", inner, ANY) if depth >= _DEPTH else root, name)


def holding(value: Value) -> Value:
    return {root if root[0] == "h" else ("h", root): None for root in value}


_VISITS: dict[type, Any] = {
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Call: Expressions._call,
    ast.Lambda: Expressions._lambda,
    ast.BinOp: Expressions._operation,
    ast.IfExp: Expressions._either,
    ast.BoolOp: Expressions._either,
    ast.NamedExpr: Expressions._walrus,
    ast.Await: Expressions._awaited,
    ast.Starred: Expressions._starred,
    ast.Dict: Expressions._dictionary,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
    **dict.fromkeys(Comprehension.__args__, Expressions._comprehension),
}

"""What code does when it runs, as data: what it calls, what it changes, what its names stand for.

The order of statements, conditions and numbers are left out: whatever may happen, happens. What comes of a
deed is for `conduct` to say, across modules.

A value is a list of roots, each of which it may be:

    ["n", level, module, chain]   a name of a module, as in `Ref`
    ["v", body, name]             a local variable or parameter of a body
    ["f", body]                   a function or lambda defined here
    ["c", body, step]             what a step gave
    ["a", root, name]             an attribute; `*` is any part, as an element
    ["h", root]                   something new that holds it
    ["d", body]                   a default value that a function keeps from call to call
    ["s", class, body, name]      `super()` in a method whose object is that variable

A body is `[names of parameters, number of positional ones, starred, values of names, steps, returned]`; a step is
`["call", callee, arguments, keywords, rest]`, `["change", object, attribute, value]` or
`["class", number, whether it is at the top level]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.cuts import Compound, executed_on_import
from caselaw.fingerprint.code.facts import OWN
from caselaw.fingerprint.code.lookups import constant_text
from caselaw.fingerprint.code.names import Comprehension, Names, names_of_class, names_of_function, origins_of
from caselaw.fingerprint.code.syntax import Function

Root = tuple[Any, ...]
Value = dict[Root, None]

ANY = "*"
"""Any attribute or element of an object."""
_DEPTH = 4
_KINDS = {"classmethod": "class", "staticmethod": "static"}
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitXor: "xor",
    ast.BitAnd: "and", ast.FloorDiv: "floordiv",
}  # fmt: skip


def deeds(tree: ast.Module) -> dict[str, Any]:
    """The deeds of a module as plain JSON data: of its statements by line, its functions, its classes."""
    found = _Deeds()
    for statement in executed_on_import(tree.body):
        found.statement(statement)
    return {
        "bodies": [body.plain() for body in found.bodies],
        "statements": found.statements,
        "classes": found.classes,
        "functions": found.functions,
        "named": found.named,
    }


def no_deeds() -> dict[str, Any]:
    """Those of a module without source."""
    return {"bodies": [], "statements": {}, "classes": [], "functions": {}, "named": {}}


@dataclass
class _Body:
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
class _Block:
    """Where code stands: whose names it sees, and the method around it."""

    body: _Body
    names: Names | None = None
    parent: _Block | None = None
    renamed: tuple[tuple[str, str], ...] = ()
    """Variables of comprehensions, and what they are called among those of the body."""
    method: tuple[str, int, str] | None = None
    is_class: bool = False

    @property
    def of_module(self) -> bool:
        """Whether the code runs when the module is imported, in no function."""
        block: _Block | None = self
        while block is not None and (block.names is None or block.is_class):
            block = block.parent
        return block is None


class _Deeds:
    def __init__(self) -> None:
        self.bodies: list[_Body] = []
        self.statements: dict[str, list[int]] = {}
        self.functions: dict[str, list[int]] = {}
        self.classes: list[dict[str, Any]] = []
        self.named: dict[str, list[int]] = {}

    def body(self) -> _Body:
        body = _Body(len(self.bodies))
        self.bodies.append(body)
        return body

    def statement(self, statement: ast.stmt) -> None:
        """A statement at the top level of the module."""
        body = self.body()
        line = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", ()))])
        self.statements.setdefault(str(line), []).append(body.number)
        self.run(statement, _Block(body))

    # Statements

    def block(self, statements: Iterable[ast.stmt], at: _Block) -> None:
        for statement in statements:
            self.run(statement, at)

    def run(self, node: ast.stmt, at: _Block) -> None:
        if isinstance(node, Function):
            self._function(node, at)
        elif isinstance(node, ast.ClassDef):
            self._class(node, at)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value, at)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._assign(node.target, node.value, at)
        elif isinstance(node, ast.AugAssign):
            self._augmented(node, at)
        elif isinstance(node, ast.Return):
            at.body.returned |= self.value(node.value, at)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self.bind(target, {}, at)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for name, origin in origins_of(node):
                root = ("n", origin.level, origin.module, origin.chain)
                self.assign(name, {root: None}, at)
        elif isinstance(node, Compound):
            self._compound(node, at)
        else:
            for expression in ast.iter_child_nodes(node):
                if isinstance(expression, ast.expr):
                    self.value(expression, at)

    def _augmented(self, node: ast.AugAssign, at: _Block) -> None:
        stored = self.value(node.value, at)
        target = node.target
        changed = self.value(target.value if isinstance(target, ast.Subscript | ast.Attribute) else target, at)
        name = target.attr if isinstance(target, ast.Attribute) else ANY
        self.call(_attributes(changed, f"__i{_OPERATORS[type(node.op)]}__"), [stored], at)
        at.body.steps.append(["change", list(changed), name, list(stored)])
        if isinstance(target, ast.Name):
            self.assign(target.id, _holding(stored), at)

    def _compound(self, node: ast.stmt, at: _Block) -> None:
        if isinstance(node, ast.For | ast.AsyncFor):
            self.bind(node.target, _attributes(self.value(node.iter, at), ANY), at)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                manager = self.value(item.context_expr, at)
                entered = self.call(_attributes(manager, "__enter__"), [], at)
                self.call(_attributes(manager, "__exit__"), [], at)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, entered | manager, at)
        elif isinstance(node, ast.If | ast.While):
            self.value(node.test, at)
        elif isinstance(node, ast.Match):
            subject = self.value(node.subject, at)
            for name in {n for case in node.cases for p in ast.walk(case.pattern) for n in _captured(p)}:
                self.assign(name, subject | _attributes(subject, ANY), at)
            for case in node.cases:
                self.value(case.guard, at)
        for name in ("body", "orelse", "finalbody"):
            self.block(getattr(node, name, ()), at)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            self.block(part.body, at)

    # Names

    def _assign(self, target: ast.expr, source: ast.expr, at: _Block) -> None:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(source, ast.Tuple | ast.List):
            plain = not any(isinstance(element, ast.Starred) for element in (*target.elts, *source.elts))
            if plain and len(target.elts) == len(source.elts):
                for left, right in zip(target.elts, source.elts, strict=True):
                    self._assign(left, right, at)
                return
        self.bind(target, self.value(source, at), at)

    def bind(self, target: ast.expr, value: Value, at: _Block) -> None:
        if isinstance(target, ast.Name):
            self.assign(target.id, value, at)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, _holding(value), at)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self.bind(element, _attributes(value, ANY), at)
        elif isinstance(target, ast.Attribute | ast.Subscript):
            changed = self.value(target.value, at)
            name = target.attr if isinstance(target, ast.Attribute) else ANY
            if isinstance(target, ast.Subscript):
                self.value(target.slice, at)
                self.call(_attributes(changed, "__setitem__"), [{}, value], at)
            at.body.steps.append(["change", list(changed), name, list(value)])

    def assign(self, name: str, value: Value, at: _Block) -> None:
        body, known = self.variable(name, at)
        if known is None:
            at.body.values.setdefault(name, {}).update(value)  # of the module
            if not at.of_module:
                at.body.steps.append(["change", [("n", OWN, "", (name,))], ANY, list(value)])
        else:
            body.values.setdefault(known, {}).update(value)

    def variable(self, name: str, at: _Block) -> tuple[_Body, str | None]:
        """The body that a name belongs to, and what it is called there; None for a name of the module."""
        block: _Block | None = at
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

    # Definitions

    def _function(self, node: Function, at: _Block, owner: dict[str, Any] | None = None) -> None:
        defaults = self._defaults(node.args, at)
        decorators = [self.value(decorator, at) for decorator in node.decorator_list]
        method = None
        if owner is not None:
            first = [*node.args.posonlyargs, *node.args.args][:1]
            method = (owner["name"], len(self.bodies), first[0].arg if first else "")
        body = self._function_body(node, at, method, defaults)
        value: Value = {("f", body.number): None}
        for decorator in reversed(decorators):
            value = self.call(decorator, [value], at) | {("f", body.number): None}
        if owner is not None:
            kinds = [_KINDS.get(getattr(d, "id", ""), "") for d in node.decorator_list]
            owner["methods"].setdefault(node.name, []).append([body.number, "".join(kinds)])
        if at.of_module and not at.is_class:
            self.functions.setdefault(node.name, []).append(body.number)
        self.assign(node.name, value, at)

    def _function_body(
        self, node: Function | ast.Lambda, at: _Block, method: tuple[str, int, str] | None, defaults: dict[str, Value]
    ) -> _Body:
        body = self.body()
        arguments = node.args
        body.parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        body.positional = len(arguments.posonlyargs) + len(arguments.args)
        body.starred = [a.arg if a is not None else "" for a in (arguments.vararg, arguments.kwarg)]
        kept = {name for name, default in _pairs(node.args) if isinstance(default, _MADE_ONCE)}
        for name, value in defaults.items():
            body.values[name] = value | ({("d", body.number): None} if name in kept else {})
        inner = _Block(body, names_of_function(node), at, method=method or at.method)
        if isinstance(node, ast.Lambda):
            body.returned |= self.value(node.body, inner)
        else:
            self.block(node.body, inner)
        return body

    def _defaults(self, arguments: ast.arguments, at: _Block) -> dict[str, Value]:
        return {name: self.value(default, at) for name, default in _pairs(arguments)}

    def _class(self, node: ast.ClassDef, at: _Block) -> None:
        decorators = [self.value(decorator, at) for decorator in node.decorator_list]
        bases = [self.value(base, at) for base in node.bases]
        keywords = {keyword.arg or ANY: list(self.value(keyword.value, at)) for keyword in node.keywords}
        number = len(self.classes)
        owner: dict[str, Any] = {
            "name": node.name, "methods": {}, "bases": [list(base) for base in bases], "keywords": keywords,
            "body": at.body.number,
        }  # fmt: skip
        self.classes.append(owner)
        inner = _Block(at.body, names_of_class(node), at, method=at.method, is_class=True)
        for statement in node.body:
            if isinstance(statement, Function):
                self._function(statement, inner, owner)
            else:
                self.run(statement, inner)
        owner["names"] = sorted(names_of_class(node).bound - set(owner["methods"]))
        at.body.steps.append(["class", number, at.of_module and not at.is_class])
        value: Value = {("c", at.body.number, len(at.body.steps) - 1): None}
        for decorator in reversed(decorators):
            value = self.call(decorator, [value], at) | value
        if at.of_module and not at.is_class:
            self.named.setdefault(node.name, []).append(number)
        self.assign(node.name, value, at)

    # Expressions

    def value(self, node: ast.expr | None, at: _Block) -> Value:
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
        return _holding(held) if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict) else {}

    def call(
        self,
        callee: Value,
        arguments: Sequence[Value],
        at: _Block,
        keywords: dict[str, Value] | None = None,
        rest: Value | None = None,
    ) -> Value:
        if not callee and not any(arguments) and not keywords and not rest:
            return {}
        named = {name: list(value) for name, value in (keywords or {}).items()}
        step = ["call", list(callee), [list(value) for value in arguments], named, list(rest or {})]
        at.body.steps.append(step)
        return {("c", at.body.number, len(at.body.steps) - 1): None}

    def _name(self, node: ast.Name, at: _Block) -> Value:
        body, known = self.variable(node.id, at)
        of_module = ("n", OWN, "", (node.id,))
        if known is None:
            return {of_module: None}
        found: Value = {("v", body.number, known): None}
        since = at.names.since if at.is_class and at.names is not None else {}
        if since.get(node.id, 0) >= node.lineno:  # before the class binds it, it is the module's
            found[of_module] = None
        return found

    def _attribute(self, node: ast.Attribute, at: _Block) -> Value:
        return _attributes(self.value(node.value, at), node.attr)

    def _subscript(self, node: ast.Subscript, at: _Block) -> Value:
        self.value(node.slice, at)
        base = self.value(node.value, at)
        if at.of_module and base:
            return self.call(_attributes(base, "__getitem__"), [], at) | _attributes(base, ANY)
        return _attributes(base, ANY)

    def _call(self, node: ast.Call, at: _Block) -> Value:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "super" and at.method is not None:
            return {("s", *at.method): None}
        arguments: list[Value] = []
        keywords: dict[str, Value] = {}
        rest: Value = {}
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                rest |= _attributes(self.value(argument.value, at), ANY)
            else:
                arguments.append(self.value(argument, at))
        for keyword in node.keywords:
            value = self.value(keyword.value, at)
            if keyword.arg is None:
                rest |= _attributes(value, ANY)
            else:
                keywords[keyword.arg] = value
        if name == "getattr" and len(node.args) > 1:
            return _attributes(arguments[0], constant_text(node.args[1]) or ANY) if arguments else {}
        if name in ("vars", "dir") and arguments:
            return _attributes(arguments[0], "__dict__")
        return self.call(self.value(node.func, at), arguments, at, keywords, rest)

    def _lambda(self, node: ast.Lambda, at: _Block) -> Value:
        defaults = self._defaults(node.args, at)
        return {("f", self._function_body(node, at, None, defaults).number): None}

    def _operation(self, node: ast.BinOp, at: _Block) -> Value:
        left, right = self.value(node.left, at), self.value(node.right, at)
        if not left and not right:
            return {}
        name = _OPERATORS[type(node.op)]
        done = self.call(_attributes(left, f"__{name}__"), [right], at) if left else {}
        if at.of_module and right:
            done = done | self.call(_attributes(right, f"__r{name}__"), [left], at)
        return done | _holding(left | right)

    def _either(self, node: ast.IfExp | ast.BoolOp, at: _Block) -> Value:
        if isinstance(node, ast.IfExp):
            self.value(node.test, at)
            return self.value(node.body, at) | self.value(node.orelse, at)
        found: Value = {}
        for value in node.values:
            found |= self.value(value, at)
        return found

    def _walrus(self, node: ast.NamedExpr, at: _Block) -> Value:
        value = self.value(node.value, at)
        outer = at
        while outer.renamed and outer.parent is not None:
            outer = outer.parent
        self.assign(node.target.id, value, outer)
        return value

    def _awaited(self, node: ast.Await, at: _Block) -> Value:
        return self.value(node.value, at)

    def _starred(self, node: ast.Starred, at: _Block) -> Value:
        return _attributes(self.value(node.value, at), ANY)

    def _dictionary(self, node: ast.Dict, at: _Block) -> Value:
        held: Value = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.value(key, at) | self.value(value, at)
            held |= found if key is not None else _attributes(found, ANY)
        return _holding(held)

    def _yield(self, node: ast.Yield | ast.YieldFrom, at: _Block) -> Value:
        value = self.value(node.value, at)
        at.body.returned |= _holding(value) | value
        return {}

    def _comprehension(self, node: Any, at: _Block) -> Value:
        inner = at
        for generator in node.generators:
            iterated = _attributes(self.value(generator.iter, inner), ANY)
            names = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
            renamed = {name: f"{name} {node.lineno} {node.col_offset}" for name in sorted(names)}
            inner = _Block(at.body, None, inner, (*inner.renamed, *renamed.items()), at.method)
            self.bind(generator.target, iterated, inner)
            for test in generator.ifs:
                self.value(test, inner)
        found: Value = {}
        for name in ("elt", "key", "value"):
            found |= self.value(getattr(node, name, None), inner)
        return _holding(found)


_MADE_ONCE = (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp)
"""Default values that may be changed, and are then kept."""


def _pairs(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Parameters with a default value, and that."""
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        yield argument.arg, default
    for argument, other in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if other is not None:
            yield argument.arg, other


def _captured(node: ast.AST) -> Iterable[str]:
    name = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name", None)
    return [name] if name else []


def _attributes(value: Value, name: str) -> Value:
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


def _holding(value: Value) -> Value:
    return {root if root[0] == "h" else ("h", root): None for root in value}


_VISITS: dict[type, Any] = {
    ast.Name: _Deeds._name,
    ast.Attribute: _Deeds._attribute,
    ast.Subscript: _Deeds._subscript,
    ast.Call: _Deeds._call,
    ast.Lambda: _Deeds._lambda,
    ast.BinOp: _Deeds._operation,
    ast.IfExp: _Deeds._either,
    ast.BoolOp: _Deeds._either,
    ast.NamedExpr: _Deeds._walrus,
    ast.Await: _Deeds._awaited,
    ast.Starred: _Deeds._starred,
    ast.Dict: _Deeds._dictionary,
    ast.Yield: _Deeds._yield,
    ast.YieldFrom: _Deeds._yield,
    **dict.fromkeys(Comprehension.__args__, _Deeds._comprehension),
}

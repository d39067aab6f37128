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
from collections.abc import Iterable
from typing import Any

from caselaw.fingerprint.code.reading.expressions import (
    ANY,
    OPERATORS,
    Block,
    Body,
    Expressions,
    Value,
    attributes,
    holding,
    pairs,
)
from caselaw.fingerprint.code.reading.names import names_of_class, names_of_function, origins_of
from caselaw.fingerprint.code.reading.slicing import Compound, executed_on_import
from caselaw.fingerprint.code.reading.syntax_digest import Function

_KINDS = {"classmethod": "class", "staticmethod": "static"}


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


class _Deeds(Expressions):
    def __init__(self) -> None:
        self.bodies: list[Body] = []
        self.statements: dict[str, list[int]] = {}
        self.functions: dict[str, list[int]] = {}
        self.classes: list[dict[str, Any]] = []
        self.named: dict[str, list[int]] = {}

    def body(self) -> Body:
        body = Body(len(self.bodies))
        self.bodies.append(body)
        return body

    def statement(self, statement: ast.stmt) -> None:
        """A statement at the top level of the module."""
        body = self.body()
        line = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", ()))])
        self.statements.setdefault(str(line), []).append(body.number)
        self.run(statement, Block(body))

    # Statements

    def block(self, statements: Iterable[ast.stmt], at: Block) -> None:
        for statement in statements:
            self.run(statement, at)

    def run(self, node: ast.stmt, at: Block) -> None:
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

    def _augmented(self, node: ast.AugAssign, at: Block) -> None:
        stored = self.value(node.value, at)
        target = node.target
        changed = self.value(target.value if isinstance(target, ast.Subscript | ast.Attribute) else target, at)
        name = target.attr if isinstance(target, ast.Attribute) else ANY
        self.call(attributes(changed, f"__i{OPERATORS[type(node.op)]}__"), [stored], at)
        at.body.steps.append(["change", list(changed), name, list(stored)])
        if isinstance(target, ast.Name):
            self.assign(target.id, holding(stored), at)

    def _compound(self, node: ast.stmt, at: Block) -> None:
        if isinstance(node, ast.For | ast.AsyncFor):
            self.bind(node.target, attributes(self.value(node.iter, at), ANY), at)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                manager = self.value(item.context_expr, at)
                entered = self.call(attributes(manager, "__enter__"), [], at)
                self.call(attributes(manager, "__exit__"), [], at)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, entered | manager, at)
        elif isinstance(node, ast.If | ast.While):
            self.value(node.test, at)
        elif isinstance(node, ast.Match):
            subject = self.value(node.subject, at)
            for name in {n for case in node.cases for p in ast.walk(case.pattern) for n in _captured(p)}:
                self.assign(name, subject | attributes(subject, ANY), at)
            for case in node.cases:
                self.value(case.guard, at)
        for name in ("body", "orelse", "finalbody"):
            self.block(getattr(node, name, ()), at)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            self.block(part.body, at)

    # Definitions

    def _function(self, node: Function, at: Block, owner: dict[str, Any] | None = None) -> None:
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
        self, node: Function | ast.Lambda, at: Block, method: tuple[str, int, str] | None, defaults: dict[str, Value]
    ) -> Body:
        body = self.body()
        arguments = node.args
        body.parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        body.positional = len(arguments.posonlyargs) + len(arguments.args)
        body.starred = [a.arg if a is not None else "" for a in (arguments.vararg, arguments.kwarg)]
        kept = {name for name, default in pairs(node.args) if isinstance(default, _MADE_ONCE)}
        for name, value in defaults.items():
            body.values[name] = value | ({("d", body.number): None} if name in kept else {})
        inner = Block(body, names_of_function(node), at, method=method or at.method)
        if isinstance(node, ast.Lambda):
            body.returned |= self.value(node.body, inner)
        else:
            self.block(node.body, inner)
        return body

    def _class(self, node: ast.ClassDef, at: Block) -> None:
        decorators = [self.value(decorator, at) for decorator in node.decorator_list]
        bases = [self.value(base, at) for base in node.bases]
        keywords = {keyword.arg or ANY: list(self.value(keyword.value, at)) for keyword in node.keywords}
        number = len(self.classes)
        owner: dict[str, Any] = {
            "name": node.name, "methods": {}, "bases": [list(base) for base in bases], "keywords": keywords,
            "body": at.body.number,
        }  # fmt: skip
        self.classes.append(owner)
        inner = Block(at.body, names_of_class(node), at, method=at.method, is_class=True)
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


_MADE_ONCE = (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.DictComp, ast.SetComp)
"""Default values that may be changed, and are then kept."""


def _captured(node: ast.AST) -> Iterable[str]:
    name = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name", None)
    return [name] if name else []

"""Whether a method gives a generator: it is a generator function, or returns what another one gives."""

from __future__ import annotations

import ast
import dis
import functools
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

NOTHING = object()


@functools.cache
def gives_generator(cls: type, method: Any) -> bool:
    """Whether a call of a method for an instance of `cls` may give a generator, as far as its text tells."""
    return _gives(cls, method, frozenset())


def _gives(cls: type, method: Any, asked: frozenset[Any]) -> bool:
    if not callable(method):
        return False
    function = inspect.unwrap(method)
    if inspect.isgeneratorfunction(function):
        return True
    if not isinstance(function, FunctionType) or function in asked or not _returns_something(function):
        return False
    return any(
        isinstance(value, ast.GeneratorExp)
        or (isinstance(value, ast.Call) and _gives(cls, _meant(value.func, cls, function), asked | {function}))
        for value in _returned(function)
    )


def _returns_something(function: FunctionType) -> bool:
    """Whether there can be a `return` of anything but None; nearly no `run()` has one, and need not be read."""
    before: Any = None
    for each in dis.get_instructions(function):
        if each.opname == "RETURN_VALUE":
            nothing = before.opname == "LOAD_CONST" and before.argval is None and not each.is_jump_target
            if not nothing:
                return True
        before = each
    return False


def _returned(function: FunctionType) -> Iterator[ast.expr]:
    """Expressions that a function may return, through names, conditions and `or`; none where there is no text."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return  # a generator that comes nevertheless is refused when it comes
    if not tree.body or not isinstance(tree.body[0], ast.FunctionDef):
        return
    statements = list(_statements(tree.body[0]))
    named: dict[str, list[ast.expr]] = {}
    for node in statements:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        named.setdefault(target.id, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                named.setdefault(name, []).append(value)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                named.setdefault(name, []).append(value)
    waiting = [node.value for node in statements if isinstance(node, ast.Return) and node.value is not None]
    while waiting:
        match waiting.pop():
            case ast.IfExp(body=one, orelse=other):
                waiting += [one, other]
            case ast.BoolOp(values=values):
                waiting += values
            case ast.NamedExpr(value=value):
                waiting.append(value)
            case ast.Name(id=name):
                waiting += named.pop(name, [])
            case found:
                yield found


def _statements(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Everything in a function but what its inner functions and classes hold."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _meant(node: ast.expr, cls: type, function: FunctionType) -> Any:
    """What an expression that is called stands for inside a method; NOTHING where that cannot be said."""
    match node:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=args), attr=name):
            owner = _meant(args[0], cls, function) if args else _global(function, "__class__")
            after = cls.__mro__[cls.__mro__.index(owner) + 1 :] if owner in cls.__mro__ else ()
            return next((getattr(base, name) for base in after if name in vars(base)), NOTHING)
        case ast.Attribute(value=ast.Call(func=ast.Name(id="type"), args=[ast.Name()]), attr=name):
            return getattr(cls, name, NOTHING)
        case ast.Attribute(value=inner, attr=name):
            return getattr(_meant(inner, cls, function), name, NOTHING)
        case ast.Name(id=name):
            code = function.__code__
            return cls if code.co_varnames[: min(code.co_argcount, 1)] == (name,) else _global(function, name)
    return NOTHING


def _global(function: FunctionType, name: str) -> Any:
    """What a name means that is no local one."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=False))
    if name not in cells:
        return function.__globals__.get(name, NOTHING)
    try:
        return cells[name].cell_contents
    except ValueError:  # not filled yet
        return NOTHING

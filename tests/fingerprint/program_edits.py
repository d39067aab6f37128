"""Edits of a module: some may change what it does, some cannot."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

Edit = tuple[str, str]
"""What is edited, and the text afterwards."""


def of_numbers(text: str) -> Iterator[Edit]:
    """Each of the numbers that stand in the programs for `§`, replaced by another one."""
    for found in re.finditer(r"(?<![\w.])\d{3}(?!\d)", text):
        yield f"number {found.group()}", f"{text[: found.start()]}{int(found.group()) + 500}{text[found.end() :]}"


def of_structure(text: str) -> Iterator[Edit]:
    """Statements removed, doubled and exchanged, operators, names and arguments replaced."""
    tree = ast.parse(text)
    for number, node in enumerate(ast.walk(tree)):
        for what, change in _changes(node):
            copied = copy.deepcopy(tree)
            change(list(ast.walk(copied))[number])
            try:
                edited = ast.unparse(ast.fix_missing_locations(copied))
                compile(edited, "edited", "exec")
            except (SyntaxError, ValueError, AttributeError):
                continue
            yield f"line {getattr(node, 'lineno', 0)}: {what}", edited


Change = tuple[str, Callable[[Any], None]]


def _changes(node: Any) -> Iterator[Change]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        for place in range(len(block) if isinstance(block, list) else 0):
            yield f"statement {place} of {name} removed", lambda n, name=name, i=place: getattr(n, name).pop(i)
            yield f"statement {place} of {name} doubled", lambda n, name=name, i=place: _double(getattr(n, name), i)
            if place:
                yield f"statement {place} of {name} exchanged", lambda n, name=name, i=place: _swap(getattr(n, name), i)
    for name in ("decorator_list", "bases", "keywords", "defaults", "ifs"):
        if getattr(node, name, None):
            yield f"{name} removed", lambda n, name=name: getattr(n, name).clear()
    for name in ("elts", "bases", "args", "handlers"):
        if isinstance(getattr(node, name, None), list) and len(getattr(node, name)) > 1:
            yield f"{name} in another order", lambda n, name=name: getattr(n, name).reverse()
    yield from _changes_of_expressions(node)


def _changes_of_expressions(node: Any) -> Iterator[Change]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        yield "another operator", lambda n: setattr(n, "op", ast.Add() if isinstance(n.op, ast.Sub) else ast.Sub())
    elif isinstance(node, ast.Compare):
        yield "another comparison", lambda n: n.ops.__setitem__(0, ast.NotEq())
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield "another text", lambda n: setattr(n, "value", n.value + "z")
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "a float", lambda n: setattr(n, "value", float(n.value))
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition inverted", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "more returned", lambda n: setattr(n, "value", ast.Tuple([n.value, ast.Constant(1)], ast.Load()))
    elif isinstance(node, ast.Call) and node.args:
        yield "argument removed", lambda n: n.args.pop()


def _double(block: list[Any], place: int) -> None:
    block.insert(place, copy.deepcopy(block[place]))


def _swap(block: list[Any], place: int) -> None:
    block[place - 1], block[place] = block[place], block[place - 1]


UNUSED = """

UNUSED = [1, 2]


def unused(number: int = 3) -> int:
    return number + UNUSED[0]


class Unused:
    size = 4

    def method(self):
        return unused(self.size)
"""


def without_meaning(text: str) -> Iterator[Edit]:
    """Edits that cannot change what a module does for those who use what it defined before."""
    yield "comments", "# a comment\n" + re.sub(r"(?m)^(\s*(?:def|class) .*:)$", r"\1  # a comment", text)
    yield "blank lines", re.sub(r"(?m)^(def |class |@)", r"\n\n\n\1", text)
    yield "layout", ast.unparse(ast.parse(text)) + "\n"
    yield "more unused definitions", text + UNUSED
    yield "an unused import", f"import colorsys\nfrom json import dumps\n{text}"
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not isinstance(node.body[0], ast.Expr):
            node.body.insert(0, ast.Expr(ast.Constant("A docstring.")))
    yield "docstrings", ast.unparse(ast.fix_missing_locations(tree))
    yield "annotations", _annotated(text)


def _annotated(text: str) -> str:
    """Functions of the module that nothing decorates get annotations, their local variables too."""
    tree = ast.parse(text)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    for function in functions:
        function.returns = ast.Constant("list[float]")
        for argument in function.args.args:
            argument.annotation = ast.Name("float")
        is_outer = any(isinstance(node, ast.Global | ast.Nonlocal) for node in ast.walk(function))
        function.body = [node if is_outer else _annotated_assignment(node) for node in function.body]
    return ast.unparse(ast.fix_missing_locations(tree))


def _annotated_assignment(node: ast.stmt) -> ast.stmt:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return ast.AnnAssign(node.targets[0], ast.Name("int"), node.value, simple=1)
    return node

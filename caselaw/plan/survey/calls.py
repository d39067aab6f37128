"""Methods as they are called: what their parameters hold, and their statements in order."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from caselaw.plan.survey.classes import Function
from caselaw.plan.survey.patterns import ANY


def flat(values: Iterable[Any]) -> list[Any]:
    return [inner for value in values for inner in (flat(value) if isinstance(value, list) else [value])]


def in_order(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements as they are written, also those inside others; what functions and classes hold is left out."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from in_order(getattr(statement, name, []))


def bound(function: Function, arguments: list[Any], words: dict[str, Any]) -> dict[str, Any]:
    """What the parameters of a method hold."""
    signature = function.args
    names = [each.arg for each in [*signature.posonlyargs, *signature.args]]
    if names and names[0] in ("self", "cls"):
        names.pop(0)
    found: dict[str, Any] = dict(zip(names, arguments, strict=False))
    if signature.vararg is not None:
        found[signature.vararg.arg] = arguments[len(names) :]
    if signature.kwarg is not None:
        found[signature.kwarg.arg] = ANY
    known = {*names, *(each.arg for each in signature.kwonlyargs)}
    found.update({name: value for name, value in words.items() if name in known})
    return {**dict.fromkeys(known, ANY), **found}

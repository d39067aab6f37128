"""Docstrings say what a caller has to know: which errors are raised, what shapes and units arrays have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions, methods and properties without an underscore, by dotted name."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, f"{prefix}{node.name}.")


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """All that stands in a function, but for functions and classes within."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def raised(function: Function) -> set[str]:
    """Names of the classes that a function raises itself; not of those of which it is abstract."""
    found = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            cls = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = cls.attr if isinstance(cls, ast.Attribute) else cls.id if isinstance(cls, ast.Name) else ""
            if name[:1].isupper():
                found.add(name)
    return found - {"NotImplementedError"}


def is_command(function: Function) -> bool:
    """Whether the docstring is what `--help` of a command shows."""
    return any("command(" in ast.unparse(each) for each in function.decorator_list)


def silent(path: Path) -> list[str]:
    """Public functions of a module whose docstring does not name what they raise."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {name}: {', '.join(sorted(missing))}"
        for name, node in public_functions(tree.body)
        if not is_command(node)
        and (missing := {each for each in raised(node) if each not in (ast.get_docstring(node) or "")})
    ]


@pytest.mark.parametrize("package", ["analysis", "caselaw", "griddav", "tasks"])
def test_public_functions_name_the_errors_that_they_raise(package: str) -> None:
    assert [line for path in sorted((ROOT / package).rglob("*.py")) for line in silent(path)] == []


ARRAYS = re.compile(r"\b(ndarray|NDArray|Floats|ArrayLike|Array|Ints|Mask|Flags)\b")
SHAPES = re.compile(
    r"shape|\(\w+,\)|per (event|jet|bin|parameter|particle|file|toy|lepton|channel|sample)|one (list|value) per|flat\b"
)
QUANTITIES = {"pt", "mass", "masses", "energy", "momenta", "luminosity", "cross_section", "vx", "dxy"}
UNITS = re.compile(r"\b(GeV|pb|mm|cm|/fb|/pb)\b|unit")


def functions_of_arrays() -> Iterator[tuple[str, Function, str]]:
    """Public functions of `analysis/` that take or give arrays, with what they and their modules say."""
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, node in public_functions(tree.body):
            types = [each.annotation for each in arguments_of(node)] + [node.returns]
            if any(each is not None and ARRAYS.search(ast.unparse(each)) for each in types):
                said = f"{ast.get_docstring(tree)}\n{ast.get_docstring(node)}"
                yield f"{path.relative_to(ROOT)}:{node.lineno} {name}", node, said


def arguments_of(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def test_functions_of_arrays_say_shapes() -> None:
    found = list(functions_of_arrays())
    assert len(found) > 100
    assert [where for where, _, said in found if not SHAPES.search(said)] == []


def test_functions_of_physical_quantities_say_units() -> None:
    quantities = [
        (where, said) for where, node, said in functions_of_arrays()
        if QUANTITIES & {each.arg for each in arguments_of(node)}
    ]  # fmt: skip
    assert len(quantities) > 10
    assert [where for where, said in quantities if not UNITS.search(said)] == []

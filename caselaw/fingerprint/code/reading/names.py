"""Which names a block of code binds, and to what its imports bind them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from caselaw.fingerprint.code.reading.facts import Import
from caselaw.fingerprint.code.reading.syntax_digest import Function
from caselaw.fingerprint.code.reading.tree_walk import children


class NameOrigin(NamedTuple):
    """Where a name comes from: `chain` of a module, which `level` dots of a relative import precede."""

    level: int
    module: str
    chain: tuple[str, ...] = ()


@dataclass
class Names:
    """What one block binds; blocks inside it have their own."""

    imported: dict[str, list[NameOrigin]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    """Bound by anything but an import."""
    of_module: set[str] = field(default_factory=set)
    """Under `global`."""
    outer: set[str] = field(default_factory=set)
    """Under `nonlocal`."""
    since: dict[str, int] = field(default_factory=dict)
    """Of a class: the line from which on a name is certainly its own, and not the module's of that name."""

    def has(self, name: str) -> bool:
        return (name in self.bound or name in self.imported) and name not in self.outer | self.of_module


Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def names_of(nodes: Iterable[ast.AST]) -> Names:
    """The names that a block binds by statements and expressions of its own."""
    names = Names()
    stack: list[Any] = list(nodes)
    while stack:
        node = stack.pop()
        cls = type(node)
        if cls is ast.Name:
            if type(node.ctx) is not ast.Load:
                names.bound.add(node.id)
        elif cls in _BINDING:
            _bind(names, node, stack)
        elif cls is not ast.Constant:
            stack.extend(children(node))
    return names


def _bind(names: Names, node: Any, stack: list[Any]) -> None:
    """Note what a node binds by itself, and what of it is evaluated here."""
    if isinstance(node, Function | ast.ClassDef):
        names.bound.add(node.name)
        stack.extend(_evaluated_here(node))
    elif isinstance(node, ast.Lambda):
        stack.extend(_defaults(node.args))
    elif isinstance(node, Comprehension):
        walrus = (inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
        names.bound.update(target.id for target in walrus)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for name, origin in origins_of(node):
            names.imported.setdefault(name, []).append(origin)
    elif isinstance(node, ast.Global):
        names.of_module.update(node.names)
    elif isinstance(node, ast.Nonlocal):
        names.outer.update(node.names)
    else:
        captured = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if captured:
            names.bound.add(captured)
        stack.extend(children(node))


_BINDING = frozenset({
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *Comprehension.__args__, ast.Import,
    ast.ImportFrom, ast.Global, ast.Nonlocal, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping,
})  # fmt: skip


def names_of_class(node: ast.ClassDef) -> Names:
    """The names that the body of a class binds."""
    names = names_of(node.body)
    for statement in node.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | Function | ast.ClassDef):
            bound = names_of([statement]).bound if getattr(statement, "value", statement) is not None else ()
            for name in bound:
                names.since.setdefault(name, statement.end_lineno or statement.lineno)
    return names


def names_of_function(node: Function | ast.Lambda) -> Names:
    """The parameters of a function, and the names that its body binds."""
    known: Names | None = getattr(node, _KNOWN, None)
    if known is not None:
        return known
    names = names_of([node.body] if isinstance(node, ast.Lambda) else node.body)
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names.bound |= {argument.arg for argument in every if argument is not None}
    setattr(node, _KNOWN, names)  # asked for wherever a walk comes by
    return names


_KNOWN = "names_of_caselaw"


def names_of_targets(node: ast.AST) -> set[str]:
    """The names that the `for` clauses of a comprehension bind."""
    targets = [generator.target for generator in getattr(node, "generators", ())]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def origins_of(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, NameOrigin]]:
    """Each name that an import binds, and where it comes from."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if alias.name != "*":
                yield alias.asname or alias.name, NameOrigin(node.level, node.module or "", (alias.name,))
        elif alias.asname:
            yield alias.asname, NameOrigin(0, alias.name)
        else:
            top = alias.name.partition(".")[0]
            yield top, NameOrigin(0, top)


def imports_of(node: ast.Import | ast.ImportFrom) -> list[Import]:
    """The modules that an import statement executes."""
    if isinstance(node, ast.Import):
        return [Import(node.lineno, 0, alias.name) for alias in node.names]
    return [Import(node.lineno, node.level, node.module or "", alias.name) for alias in node.names]


def _evaluated_here(node: Function | ast.ClassDef) -> Iterator[ast.expr]:
    yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        yield from node.bases
        yield from (keyword.value for keyword in node.keywords)
    else:
        yield from _defaults(node.args)


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]

"""What code observes beside the values of names: paths, docstrings, annotations, source text, loaders.

Functions that a walk through code calls at each node that may be of that kind.
"""

from __future__ import annotations

import ast
from typing import Protocol

from caselaw.fingerprint.code.reading import lookups, reads
from caselaw.fingerprint.code.reading.chains import dotted_chain
from caselaw.fingerprint.code.reading.facts import OWN, Facts, Lookup, Read, Ref
from caselaw.fingerprint.code.reading.names_in_strings import names_in_text
from caselaw.fingerprint.code.reading.places import FILE, JOIN, Place, Places, local_places
from caselaw.fingerprint.code.reading.reads import OPENED, PASSED, SEARCHED, of_attribute, of_function, reads_of
from caselaw.fingerprint.code.reading.scopes import Scope

MAY_BE_PLACES = {
    True: frozenset({ast.Attribute, ast.BinOp, ast.Call, ast.JoinedStr, ast.Name, ast.Subscript}),
    False: frozenset({ast.Attribute, ast.BinOp, ast.Call}),
}
"""Nodes that may stand for paths, in a module that makes them and in one that does not."""
_SEARCH_LISTS = frozenset({"sys.meta_path", "sys.path", "sys.path_hooks"})
_SEARCH_LEAVES = frozenset({"meta_path", "path", "path_hooks"})
OBSERVED = reads.OBSERVED | lookups.HANDED_ON | _SEARCH_LEAVES
"""Names of which it matters that they are mentioned."""


class CodeWalk(Protocol):
    """The walk through code that calls these functions."""

    module: Scope
    facts: Facts
    settled: set[int]

    def dotted(self, node: ast.expr, scope: Scope) -> set[str]: ...
    def references(self, chain: tuple[str, ...], line: int, scope: Scope) -> list[Ref]: ...
    def refer(self, ref: Ref) -> None: ...


def places_of(walker: CodeWalk) -> Places:
    return Places(walker.dotted, walker.references)


# Paths


def observe_place(walker: CodeWalk, node: ast.AST, scope: Scope) -> None:
    """Note the files that an expression stands for, unless what is around it did."""
    settled = walker.settled
    if id(node) in settled or id(node) in walker.module.settled or not isinstance(getattr(node, "ctx", None), _LOAD):
        return
    places = places_of(walker)
    if places.is_text(node, scope):
        settled.update(places.spine)
        return
    opened = places.opened(node, scope)
    if opened is not None and (place := places.find(opened, scope)) is not None:
        _note(walker, node, OPENED, place, places)
    elif (place := places.find(node, scope)) is not None:
        _note(walker, node, PASSED, place, places)
    elif isinstance(node, ast.JoinedStr):
        for place in places.within(node, scope):
            _note(walker, node, PASSED, place, places)
    elif isinstance(node, ast.Attribute):  # an attribute that is no path, of something that is one
        inner = node.value
        while isinstance(inner, ast.Attribute | ast.Name) and id(inner) not in settled:
            if (place := places.find(inner, scope)) is not None:
                _note(walker, inner, PASSED, place, places)
            inner = getattr(inner, "value", None)  # type: ignore[assignment]


_LOAD = (ast.Load, type(None))


def _note(walker: CodeWalk, node: ast.AST, what: str, place: Place, places: Places) -> None:
    walker.settled.update(places.spine)
    assert isinstance(node, ast.expr)
    walker.facts.reads.setdefault(Read(node.lineno, what, None, place, lookups.text_of(node)))


def enter_function(walker: CodeWalk, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    """Learn which names of a function stand for paths."""
    walker.module.settled.update(local_places(node.body, scope, places_of(walker)))


# Search paths


def follows_path(walker: CodeWalk, node: ast.Call, origins: set[str], scope: Scope) -> bool:
    """Whether a call loads code from a path that can be followed."""
    if not origins & lookups.BY_PATH:
        return False
    if any(isinstance(part, ast.Constant) and str(part.value).startswith("/") for part in node.args):
        return True
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(places_of(walker).find(part, scope) is not None for part in given)


def observe_search(walker: CodeWalk, node: ast.Call | ast.Assign | ast.AugAssign, scope: Scope) -> bool:
    """`sys.path.insert(0, folder)`, `sys.path[:0] = [folder]`, `sys.path += [folder]`: whether it is one."""
    if isinstance(node, ast.Call):
        origins = walker.dotted(node.func, scope)
        own = dotted_chain(node.func)[-2:] in (("__path__", "append"), ("__path__", "insert"), ("__path__", "extend"))
        if not (own or origins & lookups.SEARCH_CALLS) or not node.args:
            return False
        named = node.args[-1] if not isinstance(node.args[-1], ast.List | ast.Tuple) else None
        folders = [named] if named is not None else node.args[-1].elts  # type: ignore[attr-defined]
    else:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        lists = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
        if not any(walker.dotted(target, scope) & _SEARCH_LISTS for target in lists):
            return False
        for target in lists:
            walker.settled.add(id(target))
        folders = _elements(walker, node.value, scope)
    places = places_of(walker)
    for folder in folders:
        place = places.find(folder, scope)
        if place is None:
            walker.facts.lookups.append(Lookup(node.lineno, lookups.text_of(node)))
        else:
            walker.settled.update(places.spine)
            walker.facts.reads.setdefault(Read(node.lineno, SEARCHED, None, place, lookups.text_of(node)))
    return True


def _elements(walker: CodeWalk, node: ast.expr, scope: Scope) -> list[ast.expr]:
    """What is put into a list; what was in it stays."""
    if isinstance(node, ast.BinOp):
        return [*_elements(walker, node.left, scope), *_elements(walker, node.right, scope)]
    if walker.dotted(node.value if isinstance(node, ast.Subscript) else node, scope) & _SEARCH_LISTS:
        for inner in ast.walk(node):
            walker.settled.add(id(inner))
        return []
    found: list[ast.expr] = []
    for element in node.elts if isinstance(node, ast.List | ast.Tuple) else [node]:
        found += _elements(walker, element.value, scope) if isinstance(element, ast.Starred) else [element]
    return found


def observe_asked(walker: CodeWalk, node: ast.Compare | ast.For | ast.comprehension, scope: Scope) -> None:
    """`folder in sys.path` and `for folder in sys.path` change nothing."""
    for asked in node.comparators if isinstance(node, ast.Compare) else [node.iter]:
        if isinstance(asked, ast.Attribute | ast.Name) and walker.dotted(asked, scope) & _SEARCH_LISTS:
            walker.settled.add(id(asked))


# Names


def observe_chain(walker: CodeWalk, node: ast.Attribute | ast.Name, chain: tuple[str, ...], scope: Scope) -> None:
    """A name with attributes: what taking them reads, and functions that are handed on instead of called."""
    if not isinstance(node.ctx, ast.Load) or id(node) in walker.settled:
        return
    for length in range(1 if isinstance(node, ast.Attribute) else 0, len(chain)):
        what = of_attribute(chain[length])
        if what is not None and chain != ("__doc__",):
            owners = walker.references(chain[:length], node.lineno, scope) if length else []
            walker.facts.reads.update(dict.fromkeys(reads_of(node.lineno, what, owners)))
    leaf = chain[-1]
    if chain[-2:-1] in (("meta_path",), ("path_hooks",)) and isinstance(node, ast.Attribute):
        node, leaf = node.value, chain[-2]  # type: ignore[assignment]
    if leaf in lookups.HANDED_ON or leaf in _SEARCH_LEAVES:
        origins = walker.dotted(node, scope)
        if origins & lookups.FUNCTIONS_BY_NAME or origins & _SEARCH_LISTS:
            walker.facts.lookups.append(Lookup(node.lineno, lookups.text_of(node)))
    elif leaf in ("signature", "stack", "trace", "help") and (what := of_function(node, walker.dotted(node, scope))):
        walker.facts.reads.setdefault(Read(node.lineno, what))


def observe_call(walker: CodeWalk, node: ast.Call, origins: set[str], scope: Scope) -> None:
    """What a function reads of what it is given, and names in texts."""
    what = of_function(node.func, origins)
    if what is not None:
        walker.settled.add(id(node.func))
        chain = dotted_chain(node.args[0]) if node.args else ()
        owners = walker.references(chain, node.lineno, scope) if chain else []
        walker.facts.reads.update(dict.fromkeys(reads_of(node.lineno, what, owners)))
    elif origins & lookups.FUNCTIONS_BY_NAME:
        walker.settled.add(id(node.func))
    text = lookups.constant_text(node.args[-1]) if origins & lookups.BY_PATH and node.args else None
    if text is not None and text.startswith("/"):
        walker.facts.reads.setdefault(Read(node.lineno, OPENED, None, (JOIN, (FILE,), text), text))
    for name in names_in_text(node, origins):
        if name == lookups.WHOLE or (scope.origins(name) is None and walker.module.names.has(name)):
            walker.refer(Ref(node.lineno, OWN, "", (name,)))


def observe_text(walker: CodeWalk, node: ast.Constant) -> None:
    """`getattr(f, "__doc__")` and its like."""
    what = of_attribute(node.value) if isinstance(node.value, str) and node.value.startswith("__") else None
    if what is not None:
        walker.facts.reads.setdefault(Read(node.lineno, what))

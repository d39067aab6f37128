"""Code that reads more of other code than what it does: docstrings, annotations, source text, names of a caller."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from caselaw.fingerprint.code.reading.facts import Read, Ref

DOCSTRINGS = "docstrings"
ANNOTATIONS = "annotations"
TEXT = "text"
FRAMES = "frames"
OPENED = "opened"
PASSED = "passed on"
SEARCHED = "searched"

EVERYWHERE = "*"
"""In place of a module: whatever is reached may be read."""

_ATTRIBUTES = {
    "__doc__": DOCSTRINGS, "co_consts": DOCSTRINGS,
    "__annotations__": ANNOTATIONS, "__annotate__": ANNOTATIONS, "__signature__": ANNOTATIONS,
    "co_firstlineno": TEXT, "f_lineno": TEXT, "tb_lineno": TEXT, "co_lines": TEXT, "co_positions": TEXT,
    "co_lnotab": TEXT, "co_linetable": TEXT,
    "f_globals": FRAMES, "f_locals": FRAMES,
}  # fmt: skip
_FUNCTIONS = {
    "getdoc": DOCSTRINGS, "docopt": DOCSTRINGS, "render_doc": DOCSTRINGS,
    "get_annotations": ANNOTATIONS, "get_type_hints": ANNOTATIONS, "getfullargspec": ANNOTATIONS,
    "formatargspec": ANNOTATIONS,
    "getsource": TEXT, "getsourcelines": TEXT, "findsource": TEXT, "getcomments": TEXT, "getframeinfo": TEXT,
    "getouterframes": TEXT, "getinnerframes": TEXT, "extract_stack": TEXT, "linecache": TEXT,
}  # fmt: skip
_OF_INSPECT = {"signature": ANNOTATIONS, "stack": TEXT, "trace": TEXT}
"""Names that mean something else elsewhere."""
_OF_PYTHON = {"help": DOCSTRINGS}

OBSERVED = frozenset({*_ATTRIBUTES, *_FUNCTIONS, *_OF_INSPECT, *_OF_PYTHON})

DOCSTRING_NAMES = frozenset(name for names in (_ATTRIBUTES, _FUNCTIONS) for name in names if names[name] == DOCSTRINGS)
ANNOTATION_NAMES = frozenset(
    name for names in (_ATTRIBUTES, _FUNCTIONS) for name in names if names[name] == ANNOTATIONS
)


def of_attribute(name: str) -> str | None:
    """What taking an attribute of that name reads."""
    return _ATTRIBUTES.get(name) or _FUNCTIONS.get(name)


def of_function(node: ast.expr, origins: set[str]) -> str | None:
    """What a function reads of its first argument, given the function and its dotted origins."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    for origin in origins:
        top, _, leaf = origin.rpartition(".")
        found = (_OF_INSPECT.get(leaf) if top == "inspect" else None) or _FUNCTIONS.get(leaf)
        if found or (found := _OF_PYTHON.get(origin.removeprefix("builtins."))):
            return found
    return _FUNCTIONS.get(name)


def reads_of(line: int, what: str, owners: list[Ref]) -> Iterator[Read]:
    """One read for each thing that it may be of."""
    if not owners:
        yield Read(line, what)
    for owner in owners:
        yield Read(line, what, owner)

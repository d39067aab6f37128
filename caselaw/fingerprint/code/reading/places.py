"""Paths that code makes from the place of a module: `Path(__file__).parent / "table.json"` and its like.

A place is a nested tuple, so that the memo can keep it; `files` says which files it stands for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.reading.chains import dotted_chain
from caselaw.fingerprint.code.reading.facts import OWN, Ref
from caselaw.fingerprint.code.reading.scopes import Scope
from caselaw.fingerprint.code.reading.tree_walk import nodes

Place = tuple[Any, ...]

FILE = "file"  # the module's own file
MODULE = "module"  # that of another module, by reference
NAME = "name"  # what a name of a module stands for, by reference
UP = "up"  # n folders up
JOIN = "join"  # something below; ANY in the text is what nobody knows
NAMED = "named"  # beside, under another name
SUFFIX = "suffix"  # beside, with another suffix
MATCHING = "matching"  # what a pattern matches below

ANY = "\0"

SEEDS = frozenset({"__file__", "__path__", "resources", "get_data", "resource_filename", "resource_string",
                   "resource_stream", "resource_listdir", "getfile", "getsourcefile"})  # fmt: skip
"""A module that mentions none of these, and joins no paths, has no places."""

_SAME = frozenset({
    "os.fspath", "os.path.abspath", "os.path.expanduser", "os.path.normpath", "os.path.realpath", "pathlib.Path",
    "pathlib.PosixPath", "pathlib.PurePath", "pathlib.PurePosixPath", "str",
})  # fmt: skip
_SAME_METHODS = frozenset({"absolute", "as_posix", "expanduser", "resolve"})
_JOINING = _SAME | {"os.path.join"}
_TEXT = frozenset({"name", "stem", "suffix", "suffixes"})
"""Attributes that are no paths."""
_TEXT_FUNCTIONS = frozenset({"logging.getLogger", "os.path.basename", "print", "repr"})
_RESOURCES = frozenset({
    "contents", "files", "is_resource", "open_binary", "open_text", "path", "read_binary", "read_text",
})  # fmt: skip
_OPENING = frozenset({"builtins.open", "codecs.open", "gzip.open", "io.open", "open", "runpy.run_path", "tokenize.open",
                      "importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader",
                      "imp.load_source", "law.util.import_file"})  # fmt: skip
_OPENING_METHODS = frozenset({"open", "read_bytes", "read_text"})
_WRITING_METHODS = frozenset({"mkdir", "rmdir", "touch", "unlink", "write_bytes", "write_text"})
_WRITING = frozenset({"os.makedirs", "os.mkdir", "os.remove", "os.rmdir", "os.unlink", "shutil.rmtree"})


_WORD_END = re.compile(r"""[\s"';|&<>()]""")


@dataclass
class Places:
    """Recognizes places in one module."""

    origins: Callable[[ast.expr, Scope], set[str]]
    """Dotted origins of what is called."""
    references: Callable[[tuple[str, ...], int, Scope], list[Ref]]
    spine: list[int] = field(default_factory=list)
    """Nodes that the place last found is made of."""

    def find(self, node: ast.AST, scope: Scope) -> Place | None:
        """The place that an expression stands for, or None."""
        self.spine.clear()
        return self._place(node, scope)

    def _place(self, node: ast.AST | None, scope: Scope, foreign: bool = False) -> Place | None:
        place: Place | None = None
        if isinstance(node, ast.Name):
            place = self._of_name(node, scope, foreign)
        elif isinstance(node, ast.Attribute):
            place = self._of_attribute(node, scope, foreign)
        elif isinstance(node, ast.Subscript):
            place = self._of_subscript(node, scope)
        elif isinstance(node, ast.Call):
            place = self._of_call(node, scope)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
            text = self._text(node.right, scope)
            base = self._place(node.left, scope, foreign=isinstance(node.op, ast.Div) and text is not None)
            if base is not None:
                place = _joined(base, [ANY if text is None else text], glue=isinstance(node.op, ast.Add))
        elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.FormattedValue):
            base = self._place(node.values[0].value, scope)
            if base is not None:
                place = _joined(base, ["".join(self._text(part, scope) or ANY for part in node.values[1:])], glue=True)
        if place is not None:
            self.spine.append(id(node))
        return place

    def within(self, node: ast.JoinedStr, scope: Scope) -> Iterator[Place]:
        """Paths inside a text, as a command of a shell has them: `f"bash {HERE}/do.sh {out}"`."""
        for number, part in enumerate(node.values[:-1]):
            base = self.find(part.value, scope) if isinstance(part, ast.FormattedValue) else None
            if base is not None:
                rest = "".join(self._text(after, scope) or ANY for after in node.values[number + 1 :])
                path = _WORD_END.split(rest, maxsplit=1)[0]
                yield _joined(base, [path], glue=True) if path else base

    def _of_name(self, node: ast.Name, scope: Scope, foreign: bool) -> Place | None:
        known, place = scope.place(node.id)
        if node.id == "__file__" and not known:
            return (FILE,)
        if place is not None:
            return (NAME, *_plain(Ref(node.lineno, OWN, "", (node.id,)))) if scope.origins(node.id) is None else place
        return self._foreign((node.id,), node.lineno, scope) if foreign else None

    def _of_attribute(self, node: ast.Attribute, scope: Scope, foreign: bool) -> Place | None:
        if node.attr == "parent":
            base = self._place(node.value, scope, foreign=True)
            return (UP, base, 1) if base is not None else None
        chain = dotted_chain(node)
        if node.attr in ("__file__", "origin") and chain:
            refs = self.references(chain[:-1], node.lineno, scope) if node.attr == "__file__" else []
            return (MODULE, *_plain(refs[0])) if len(refs) == 1 else None
        if isinstance(node.value, ast.Subscript) and node.attr == "__file__":
            named = isinstance(node.value.slice, ast.Name) and node.value.slice.id == "__name__"
            return (FILE,) if named and "sys.modules" in self.origins(node.value.value, scope) else None
        return self._foreign(chain, node.lineno, scope) if foreign and chain else None

    def _foreign(self, chain: tuple[str, ...], line: int, scope: Scope) -> Place | None:
        refs = self.references(chain, line, scope)
        return (NAME, *_plain(refs[0])) if len(refs) == 1 else None

    def _of_subscript(self, node: ast.Subscript, scope: Scope) -> Place | None:
        value, number = node.value, node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(value, ast.Attribute) and value.attr == "parents":
            base = self._place(value.value, scope, foreign=True)
            return (UP, base, number + 1 if isinstance(number, int) else 1) if base is not None else None
        if isinstance(value, ast.Attribute) and value.attr == "__path__" and (chain := dotted_chain(value)):
            refs = self.references(chain[:-1], node.lineno, scope)
            return (UP, (MODULE, *_plain(refs[0])), 1) if len(refs) == 1 else None
        if isinstance(value, ast.Name) and value.id == "__path__" and not scope.place("__path__")[0]:
            return (UP, (FILE,), 1)
        if isinstance(value, ast.Call) and "os.path.split" in self.origins(value.func, scope) and number == 0:
            base = self._place(value.args[0], scope, foreign=True) if value.args else None
            return (UP, base, 1) if base is not None else None
        return None

    def _of_call(self, node: ast.Call, scope: Scope) -> Place | None:
        if isinstance(node.func, ast.Attribute):
            place = self._of_method(node, node.func, scope)
            if place is not None:
                return place
        origins = self.origins(node.func, scope)
        if not node.args or any(isinstance(part, ast.Starred) for part in node.args[:1]):
            return (UP, (FILE,), 1) if "importlib.resources.files" in origins else None
        if origins & _JOINING:
            texts = [self._text(part, scope) for part in node.args[1:]]
            constant = bool(texts) and None not in texts
            base = self._place(node.args[0], scope, foreign=constant)
            return _joined(base, [ANY if text is None else text for text in texts]) if base is not None else None
        if "os.path.dirname" in origins:
            base = self._place(node.args[0], scope, foreign=True)
            return (UP, base, 1) if base is not None else None
        return self._of_resource(node, origins, scope)

    def _of_method(self, node: ast.Call, func: ast.Attribute, scope: Scope) -> Place | None:
        name = func.attr
        if name in _SAME_METHODS:
            return self._place(func.value, scope)
        if name not in ("joinpath", "with_name", "with_suffix", "with_stem", "glob", "rglob", "iterdir"):
            return None
        texts = [self._text(part, scope) for part in node.args]
        base = self._place(func.value, scope, foreign=bool(texts) and None not in texts)
        if base is None:
            return None
        if name == "with_suffix":
            return (SUFFIX, base, texts[0]) if texts and texts[0] else (NAMED, base, ANY)
        if name in ("with_name", "with_stem"):
            return (NAMED, base, texts[0] if name == "with_name" and texts and texts[0] else ANY)
        if name == "joinpath":
            return _joined(base, [ANY if text is None else text for text in texts])
        pattern = texts[0] if texts and texts[0] is not None and name != "iterdir" else "*"
        return (MATCHING, base, pattern if ANY not in pattern else "*")

    def _of_resource(self, node: ast.Call, origins: set[str], scope: Scope) -> Place | None:
        """`importlib.resources.files("pkg")`, `read_text("pkg", "x")`, `pkgutil.get_data("pkg", "x")`."""
        tops = {origin.rpartition(".")[::2] for origin in origins}
        resources = any(top in ("importlib.resources", "importlib_resources") and n in _RESOURCES for top, n in tops)
        data = any(
            (top, name) == ("pkgutil", "get_data") or (top == "pkg_resources" and name.startswith("resource_"))
            for top, name in tops
        )
        if not (resources or data):
            return None
        package = self._package(node.args[0], scope)
        texts = [self._text(part, scope) for part in node.args[1:] if not _is_encoding(part, node.args)]
        return _joined(package, [ANY if text is None else text for text in texts]) if package is not None else None

    def _package(self, node: ast.expr, scope: Scope) -> Place | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return (UP, (MODULE, *_plain(Ref(node.lineno, 0, node.value))), 1)
        if isinstance(node, ast.Name) and node.id in ("__name__", "__package__"):
            return (UP, (FILE,), 1)
        chain = dotted_chain(node)
        refs = self.references(chain, node.lineno, scope) if chain else []
        return (UP, (MODULE, *_plain(refs[0])), 1) if len(refs) == 1 else None

    def _text(self, node: ast.expr, scope: Scope) -> str | None:
        """A text as far as it is known; None when nothing is."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(part, scope) or ANY for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._text(node.left, scope), self._text(node.right, scope)
            return None if left is right is None else (left or ANY) + (right or ANY)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            text = str(node.left.value)
            return text[: text.find("%")] + ANY + _extension(text) if "%" in text else text
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            text = self._text(node.func.value, scope) or ""
            return text[: text.find("{")] + ANY + _extension(text) if "{" in text else text
        known = {"os.pardir": "..", "os.path.pardir": "..", "os.sep": "/", "os.path.sep": "/", "os.curdir": "."}
        found = [known[origin] for origin in self.origins(node, scope) if origin in known]
        return found[0] if found else None

    def is_text(self, node: ast.AST, scope: Scope) -> bool:
        """Whether an expression takes from a place what is no path, or only writes there."""
        if isinstance(node, ast.Attribute):
            return node.attr in _TEXT and self.find(node.value, scope) is not None
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute) and self.find(node.func.value, scope) is not None:
            writes = node.func.attr in _WRITING_METHODS
            return writes or (node.func.attr == "open" and _mode_writes(node, 0))
        if not node.args or self.find(node.args[0], scope) is None:
            return False
        origins = self.origins(node.func, scope)
        return bool(origins & (_TEXT_FUNCTIONS | _WRITING)) or (bool(origins & _OPENING) and _mode_writes(node, 1))

    def opened(self, node: ast.AST, scope: Scope) -> ast.expr | None:
        """What a call opens."""
        if not isinstance(node, ast.Call):
            return None
        if isinstance(node.func, ast.Attribute) and node.func.attr in _OPENING_METHODS:
            return node.func.value
        found = self.origins(node.func, scope) & _OPENING
        place = 1 if found & {"importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader",
                              "imp.load_source"} else 0  # fmt: skip
        named = [keyword.value for keyword in node.keywords if keyword.arg in ("location", "path", "file")]
        return (node.args[place] if len(node.args) > place else [*named, None][0]) if found else None


def local_places(statements: Sequence[ast.stmt], scope: Scope, find: Places) -> set[int]:
    """Note in the scope which of its names stand for places; the nodes that these are made of."""
    stored: dict[str, int] = {}
    assigned: list[tuple[str, ast.expr]] = []
    for node in nodes(*statements):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stored[node.id] = stored.get(node.id, 0) + 1
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            assigned.append((node.targets[0].id, node.value))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            assigned.append((node.target.id, node.value))
    settled: set[int] = set()
    for name, value in sorted(assigned, key=lambda found: found[1].lineno):
        if stored[name] == 1 and scope.names.has(name):
            place = find.find(value, scope)
            if place is not None:
                scope.places[name] = place
                settled.update(find.spine)
    return settled


def roots(place: Place) -> list[Place]:
    """The names that a place starts from."""
    if place[0] in (UP, JOIN, NAMED, SUFFIX, MATCHING):
        return roots(place[1])
    return [place] if place[0] == NAME else []


def _joined(base: Place, texts: Sequence[str], glue: bool = False) -> Place:
    for text in texts:
        base = (JOIN, base, text.removeprefix("/") if glue and text.startswith("/") else text) if not glue or (
            text.startswith(("/", ANY))
        ) else (NAMED, base, ANY)  # fmt: skip
    return base


def _plain(ref: Ref) -> tuple[Any, ...]:
    return tuple(ref)


def _extension(text: str) -> str:
    end = text.rpartition(".")[2] if "." in text else ""
    return f".{end}" if end.isalnum() else ""


def _is_encoding(part: ast.expr, arguments: Sequence[ast.expr]) -> bool:
    """Whether an argument is the third one of `read_text("pkg", "x", "utf-8")`."""
    return len(arguments) > 2 and part is arguments[2] and isinstance(part, ast.Constant) and "." not in str(part.value)


def _mode_writes(node: ast.Call, place: int) -> bool:
    modes = list(node.args[place : place + 1])
    modes += [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
    texts = [part.value for part in modes if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return any(set(text) & set("wax") and "+" not in text for text in texts)

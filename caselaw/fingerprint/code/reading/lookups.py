"""Calls that look code up by name: followed where the name is constant, else reported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from caselaw.fingerprint.code.reading.facts import OWN, Import, Lookup, Ref

_MODULE_BY_NAME = frozenset({"importlib.import_module", "__import__", "builtins.__import__", "runpy.run_module"})
_BY_NAME = _MODULE_BY_NAME | {"caselaw.resolve", "pkgutil.resolve_name"}
_OPAQUE = frozenset({
    "exec", "eval", "builtins.exec", "builtins.eval", "runpy.run_path", "pkgutil.iter_modules",
    "pkgutil.walk_packages", "pkgutil.extend_path", "importlib.util.spec_from_file_location",
    "importlib.machinery.SourceFileLoader", "importlib.metadata.entry_points", "importlib_metadata.entry_points",
    "pkg_resources.iter_entry_points", "imp.load_source", "law.util.import_file",
    "sys.path.append", "sys.path.insert", "sys.path.extend", "site.addsitedir",
    # compiled code, by its path
    "ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll.LoadLibrary", "numpy.ctypeslib.load_library", "torch.ops.load_library",
    "ROOT.gROOT.LoadMacro", "ROOT.gROOT.ProcessLine", "ROOT.gSystem.Load", "ROOT.gSystem.CompileMacro",
    "ROOT.gInterpreter.ProcessLine", "ROOT.gInterpreter.Declare", "ROOT.gInterpreter.LoadMacro",
    # objects whose classes are found by name
    "pickle.load", "pickle.loads", "pickle.Unpickler", "cloudpickle.load", "cloudpickle.loads", "dill.load",
    "dill.loads", "joblib.load", "torch.load", "shelve.open", "pandas.read_pickle", "coffea.util.load",
    "copyreg.pickle", "pydoc.locate", "yaml.unsafe_load", "yaml.unsafe_load_all", "yaml.UnsafeLoader",
    "logging.config.dictConfig", "logging.config.fileConfig",
})  # fmt: skip
SEARCH_CALLS = frozenset({"sys.path.append", "sys.path.insert", "sys.path.extend", "site.addsitedir"})
_PYTHON_BY_PATH = frozenset({
    "imp.load_source", "importlib.machinery.SourceFileLoader", "importlib.util.spec_from_file_location",
    "law.util.import_file", "runpy.run_path",
})  # fmt: skip
BY_PATH = _PYTHON_BY_PATH | frozenset({
    "ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll.LoadLibrary", "numpy.ctypeslib.load_library", "torch.ops.load_library",
    "ROOT.gROOT.LoadMacro", "ROOT.gSystem.Load",
})  # fmt: skip
"""Of these, what a path beside the module names is followed."""
FUNCTIONS_BY_NAME = _BY_NAME | {"exec", "eval", "builtins.exec", "builtins.eval", "importlib.util.find_spec"}
HANDED_ON = frozenset(name.rpartition(".")[2] for name in FUNCTIONS_BY_NAME)

ATTRIBUTE_BY_NAME = frozenset({"getattr", "builtins.getattr", "hasattr", "setattr", "delattr"})
ONLY_ASK_WHAT_IT_IS = frozenset({"hash", "id", "isinstance", "print", "repr", "str", "super", "type"})
"""Functions that take no attribute of an object but those with two underscores."""

WHOLE = "*"
"""In a chain: everything that the module holds."""


def in_call(call: ast.Call, origins: set[str]) -> Iterator[Ref | Lookup | Import]:
    """What a call looks up, given the dotted origins of what is called."""
    if any(_is_name(node, "__path__") for node in call.args) and _called(call) != "extend_path":
        yield Import(call.lineno, 1, "", "**")  # the modules of this package are looked for
    for origin in sorted(origins):
        if origin in _OPAQUE:
            if not _is_harmless(call, origin):
                yield Lookup(call.lineno, text_of(call))
            if origin.endswith(("exec", "eval")):
                yield Ref(call.lineno, OWN, "", (WHOLE,))  # the text sees all names of the module
        elif origin in _BY_NAME and call.args:
            named = by_constant_name(call, {origin})
            yield from named
            if not named:
                yield Lookup(call.lineno, text_of(call))
                yield from _prefix(call)
        elif origin in ("globals", "builtins.globals"):
            yield Ref(call.lineno, OWN, "", (WHOLE,))
        elif _is_by_name(call, origin):
            yield Lookup(call.lineno, text_of(call))


def _is_by_name(call: ast.Call, origin: str) -> bool:
    """Whether the arguments of a call make it a look-up."""
    if origin == "numpy.load":
        allowed = [keyword.value for keyword in call.keywords if keyword.arg == "allow_pickle"]
        return any(getattr(value, "value", True) for value in allowed)
    if origin in ("yaml.load", "yaml.load_all"):
        loaders = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "Loader")]
        return any("Unsafe" in text_of(loader) for loader in loaders)
    return origin == "importlib.util.find_spec" and bool(call.args) and constant_text(call.args[0]) is None


def _is_harmless(call: ast.Call, origin: str) -> bool:
    """Whether the text of a call shows that it reaches no code of ours: a library of the system, C++ without files."""
    if not call.args or (origin not in BY_PATH and not origin.startswith("ROOT.")):
        return False
    if origin == "ctypes.CDLL" and isinstance(call.args[0], ast.Constant) and call.args[0].value is None:
        return True
    text = constant_text(call.args[0])
    if text is None or origin in _PYTHON_BY_PATH:
        return False
    if origin in BY_PATH:
        return "/" not in text
    return not any(mark in text for mark in ('#include "', ".L ", ".x ", ".X "))


def by_constant_name(node: ast.expr, origins: set[str]) -> list[Ref]:
    """The module, or its attribute, of `import_module("m")`, `resolve("m:f")`, `sys.modules["m"]`."""
    if isinstance(node, ast.Subscript):
        if "sys.modules" not in origins:
            return []
        if isinstance(node.slice, ast.Name) and node.slice.id == "__name__":
            return [Ref(node.lineno, OWN, "", (WHOLE,))]
        name = constant_text(node.slice)
        return [_resolved(node.lineno, name)] if name else []
    if not isinstance(node, ast.Call) or not node.args or not origins & _BY_NAME:
        return []
    name = constant_text(node.args[0])
    if name is None or not name.strip("."):
        return []
    package = constant_text(node.args[1]) if len(node.args) > 1 else None
    if package and name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        kept = package.split(".")[: len(package.split(".")) - level + 1]
        name = ".".join([*kept, name.lstrip(".")])
    return [_resolved(node.lineno, name)]


def _resolved(line: int, name: str) -> Ref:
    """`module`, `module:name` or `.module` as a string."""
    module, _, attribute = name.partition(":")
    chain = tuple(attribute.split(".")) if attribute else ()
    level = len(module) - len(module.lstrip("."))
    if level:
        return Ref(line, level, "", (*module.lstrip(".").split("."), *chain))
    return Ref(line, 0, module, chain)


def _prefix(call: ast.Call) -> Iterator[Import]:
    """The package in `f"analysis.plugins.{name}"`, `"analysis.plugins." + name`, `f"{__name__}.{name}"`."""
    text, level = "", 0
    for part in _beginning(call.args[0]):
        constant = constant_text(part)
        if constant is not None:
            text += constant
        elif not text and (_is_name(part, "__name__") or _is_name(part, "__package__")):
            level = 1
        else:
            break
    if "." in text:
        level = level or len(text) - len(text.lstrip("."))
        yield Import(call.lineno, level, text.rpartition(".")[0].lstrip("."), "**")


def _beginning(node: ast.expr) -> Iterator[ast.expr]:
    """The parts of a text that is put together, from its first to one that may be anything."""
    if isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield part.value if isinstance(part, ast.FormattedValue) and part.format_spec is None else part
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _beginning(node.left)
        yield node.right
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        filled = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        yield from _filled(constant_text(node.left), r"%s", filled)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        pattern = constant_text(node.func.value)
        if node.func.attr == "format":
            yield from _filled(pattern, r"\{0?\}", node.args)
        elif node.func.attr == "join" and pattern and isinstance(node.args[0], (ast.List, ast.Tuple)):
            for part in node.args[0].elts:
                yield from (part, ast.Constant(pattern))
    else:
        yield node


def _filled(pattern: str | None, place: str, values: list[ast.expr]) -> Iterator[ast.expr]:
    """The parts of a pattern up to its second place, with the first value in the first one."""
    pieces = re.split(place, pattern or "")
    yield ast.Constant(re.split("[%{]", pieces[0])[0])
    if len(pieces) > 1 and values:
        yield values[0]
        yield ast.Constant(re.split("[%{]", pieces[1])[0])


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def constant_text(node: ast.expr) -> str | None:
    """The text of a string constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def text_of(node: ast.expr | ast.stmt) -> str:
    """Source of an expression, for a message."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        text = "..."
    return text if len(text) <= 80 else f"{text[:77]}..."

"""Where the source of a module is, found without importing anything, and which modules are first-party."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from caselaw.errors import FingerprintError

ENGINE = frozenset({"caselaw", "griddav", "law", "luigi"})
"""Where and how a task runs never changes what it makes: the engine is no part of any fingerprint."""

# The standard library is the same list on every Python, so that a guarded import of a module that came or
# went between 3.11 and 3.14 counts the same everywhere.
STANDARD_LIBRARY = sys.stdlib_module_names | frozenset({
    "_android_support", "_apple_support", "_ast_unparse", "_bootsubprocess", "_colorize",
    "_compression", "_crypt", "_hmac", "_interpchannels", "_interpqueues", "_interpreters",
    "_ios_support", "_msi", "_opcode_metadata", "_py_warnings", "_pydatetime", "_pylong", "_pyrepl",
    "_remote_debugging", "_sha2", "_sha256", "_sha512", "_suggestions", "_sysconfig", "_types",
    "_wmi", "_zstd", "aifc", "annotationlib", "asynchat", "asyncore", "audioop", "cgi", "cgitb",
    "chunk", "compression", "crypt", "distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib",
    "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu",
    "xdrlib",
})  # fmt: skip

_SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages"})
_EXTENSIONS = tuple(importlib.machinery.EXTENSION_SUFFIXES)


@dataclass(frozen=True)
class Module:
    """A module on disk. A namespace package has no files; an extension built beside a source has two."""

    name: str
    files: tuple[Path, ...]
    search: tuple[Path, ...] = ()
    """Folders with its submodules; empty for a module that is no package."""

    @property
    def package(self) -> str:
        """The package that relative imports in this module start from."""
        return self.name if self.search else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class FirstParty:
    """Which modules' code counts by its syntax; everything else counts as distribution and version."""

    root: Path
    names: frozenset[str] | None = None
    """Top-level names; None: all under `root`."""

    def owns(self, name: str) -> bool:
        """Whether the module's top-level name is first-party."""
        return Finder(self).find(name.partition(".")[0]) is not None

    def find(self, name: str) -> Module | None:
        """The first-party module of that dotted name, or None."""
        return Finder(self).find(name)


class Finder:
    """Finds first-party modules, and remembers where: a snapshot for one evaluation of a DAG."""

    def __init__(self, first_party: FirstParty) -> None:
        self.first_party = first_party
        self._search_path = _search_path(first_party.root)
        self._found: dict[str, Module | None] = {}

    def find(self, name: str) -> Module | None:
        """The first-party module of that dotted name, or None."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def adopting(self, top: str) -> Finder:
        """A finder to which this top-level module, too, is first-party, wherever its source is."""
        finder = Finder(self.first_party)
        finder._found = {**self._found, top: _installed(top)}
        return finder

    def searching(self, folders: Iterable[Path]) -> Finder:
        """A finder that searches these folders, too."""
        more = [folder for folder in sorted(folders) if folder not in self._search_path]
        if not more:
            return self
        finder = Finder(self.first_party)
        finder._search_path = (*self._search_path, *more)
        finder._found = {name: found for name, found in self._found.items() if found is not None}
        return finder

    def installed_folders(self) -> list[Path]:
        """Folders that hold first-party packages outside the root."""
        tops = [found for name, found in self._found.items() if found is not None and "." not in name]
        folders = {(found.search or found.files)[0].parent for found in tops}
        return sorted(folder for folder in folders if not folder.is_relative_to(self.first_party.root))

    def may_search(self, folder: Path) -> bool:
        """Whether modules in a folder are the project's own."""
        root = self.first_party.root
        return folder in self._search_path or (folder.is_relative_to(root) and not _skipped(folder, root))

    def submodules(self, package: Module) -> list[str]:
        """Names of the modules directly in a package."""
        names = {name for folder in package.search for name in _module_names(folder)}
        return [f"{package.name}.{name}" for name in sorted(names)]

    def _find(self, name: str) -> Module | None:
        parent, _, leaf = name.rpartition(".")
        if parent:
            package = self.find(parent)
            return _in_folders(name, leaf, package.search) if package is not None else None
        chosen = self.first_party.names
        if name in ENGINE or (chosen is not None and name not in chosen):
            return None
        found = _in_folders(name, leaf, self._search_path)
        if chosen is not None:
            return found or _installed(name)
        if found is not None and not found.files and not _is_namespace(found):
            return None
        return found


def first_party(root: str | os.PathLike[str], names: Iterable[str] | None = None) -> FirstParty:
    """First-party modules: those under `root`, or exactly the given top-level `names`.

    Without names: every module and package that `root`, or an entry of sys.path below it, holds; not in virtual
    environments, hidden folders, `build` and `dist`. Names may also be installed elsewhere. Raises `FingerprintError`
    for a name that is not found.
    """
    if names is None:
        return FirstParty(Path(root).resolve())
    chosen = FirstParty(Path(root).resolve(), frozenset(names))
    for name in sorted(chosen.names or ()):
        if not name.isidentifier() or (name not in ENGINE and chosen.find(name) is None):
            raise FingerprintError(
                f"the first-party module '{name}' cannot be found",
                f"[caselaw] first_party, searched under {chosen.root} and on the module search path",
                "name top-level packages or modules, without dots or .py",
            )
    return chosen


def standard_library(name: str) -> bool:
    """Whether a top-level name belongs to the standard library of any supported Python."""
    return name in STANDARD_LIBRARY


def _search_path(root: Path) -> tuple[Path, ...]:
    """`root`, and the entries of sys.path below it (`src/` layouts), in their order."""
    below = []
    for entry in sys.path:
        path = Path(entry or ".").resolve()
        if path != root and path.is_relative_to(root) and not _skipped(path, root):
            below.append(path)
    return (root, *below)


def _skipped(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    if any(part.startswith(".") or part in _SKIPPED for part in parts):
        return True
    return any((root.joinpath(*parts[: n + 1]) / "pyvenv.cfg").is_file() for n in range(len(parts)))


def _in_folders(name: str, leaf: str, folders: Iterable[Path]) -> Module | None:
    """As Python searches: in each folder a package, an extension, a source; at last namespace portions."""
    portions = []
    for folder in folders:
        path = folder / leaf
        if (path / "__init__.py").is_file():
            return Module(name, (path / "__init__.py",), (path,))
        files = tuple(folder / (leaf + suffix) for suffix in (*_EXTENSIONS, ".py"))
        existing = tuple(file for file in files if file.is_file())
        if existing:
            return Module(name, existing)
        if path.is_dir() and not (path / "pyvenv.cfg").is_file():
            portions.append(path)
    return Module(name, (), tuple(portions)) if portions else None


def _is_namespace(module: Module) -> bool:
    """Whether a top-level folder without `__init__.py` is code: it holds modules, and nobody else's name."""
    if standard_library(module.name) or module.name in _SKIPPED:
        return False
    if not any(next(_sources_below(folder), None) for folder in module.search):
        return False
    spec = _spec(module.name)
    return spec is None or spec.origin is None


def _sources_below(folder: Path) -> Iterator[Path]:
    for base, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name.isidentifier() and name not in _SKIPPED]
        yield from (Path(base, name) for name in files if name.endswith((".py", *_EXTENSIONS)))


def _module_names(folder: Path) -> Iterator[str]:
    for entry in sorted(folder.iterdir()):
        leaf = entry.name.partition(".")[0]
        is_source = entry.name == f"{leaf}.py" or entry.name in {leaf + suffix for suffix in _EXTENSIONS}
        if leaf.isidentifier() and leaf not in ("__init__", "__pycache__") and (is_source or entry.is_dir()):
            yield leaf


def _spec(top: str) -> importlib.machinery.ModuleSpec | None:
    """Where Python would find a top-level module; for a top-level name this executes no module."""
    try:
        return importlib.util.find_spec(top)
    except (ImportError, ValueError):  # a module in sys.modules may be without a spec
        return None


def _installed(top: str) -> Module | None:
    spec = _spec(top)
    file = spec.origin if spec is not None else getattr(sys.modules.get(top), "__file__", None)
    folders = tuple(Path(folder) for folder in (spec.submodule_search_locations or ())) if spec else ()
    if file is None or not Path(file).is_file():
        return Module(top, (), folders) if folders else None
    return Module(top, (Path(file),), folders)

"""Where a reference leads: through imports, re-exports and star imports to what defines the name."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.reading.calls_and_changes import no_deeds
from caselaw.fingerprint.code.reading.facts import OWN, Import, Ref
from caselaw.fingerprint.code.reading.lookups import WHOLE
from caselaw.fingerprint.code.reading.modules import ENGINE, Finder, Module
from caselaw.fingerprint.code.reading.names import NameOrigin
from caselaw.fingerprint.code.reading.reads import ANNOTATIONS, DOCSTRINGS, EVERYWHERE
from caselaw.fingerprint.code.reading.sources import Source, Sources
from caselaw.fingerprint.code.reading.table import MAYBE, Table

NAME = "name"
MODULE = "module"  # everything that a module of ours holds
BELOW = "below"  # everything in a package and in all modules below it
EXTERNAL = "external"  # not first-party
MISSING = "missing"  # first-party by its name, but not there

# The same names on every Python.
_BUILTINS = frozenset(dir(builtins)) | {"PythonFinalizationError", "WindowsError", "_IncompleteInputError"}
_OFTEN_REPLACED = frozenset({"abs", "all", "any", "divmod", "max", "min", "pow", "round", "sum"})
"""Builtins that `from numpy import *` and its like replace."""


class Target(NamedTuple):
    """What a reference leads to."""

    kind: str
    module: str
    name: str = ""
    rest: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        if self.kind == NAME:
            return f"{self.module}.{self.name}"
        return f"{self.module}.*" if self.kind in (MODULE, BELOW) else self.module

    @property
    def dotted(self) -> str:
        """Of something external: its name with the attributes that are taken from it."""
        return ".".join((self.module, *self.rest))


_Seen = frozenset[tuple[str, str]]


class Resolver:
    """Resolves references between the modules that one finder finds; remembers what it resolved."""

    def __init__(self, finder: Finder, sources: Sources, readings: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.finder = finder
        self.readings = readings
        self.has_places = False
        """Whether a name of a module that was read stands for a path."""
        self.sources = sources
        self.ancestors: dict[tuple[str, str], list[tuple[str, str]]] = {}
        """Of classes: see `classes`."""
        self._tables: dict[str, Table] = {}
        self._deeds: dict[str, dict[str, Any]] = {}
        self._compiled: dict[str, bool] = {}
        self._resolved: dict[tuple[str, int, str, tuple[str, ...]], tuple[Target, ...]] = {}

    def files(self, name: str) -> list[Source]:
        """The files of a module, read."""
        module = self.finder.find(name)
        if module is None:
            return []
        if not self.readings:
            return [self.sources.read(file) for file in module.files]
        docstrings, annotations = (self._is_read(what, name) for what in (DOCSTRINGS, ANNOTATIONS))
        return [self.sources.read(file, docstrings, annotations) for file in module.files]

    def _is_read(self, what: str, module: str) -> bool:
        return (what, module) in self.readings or (what, EVERYWHERE) in self.readings

    def module_at(self, path: Path) -> str | None:
        """The first-party module whose source a file is."""
        if path.suffix != ".py" or not path.is_file():
            return None
        parts = path.with_suffix("").parts
        for start in range(len(parts) - 1, 0, -1):
            names = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
            name = ".".join(names)
            found = self.finder.find(name) if name and all(map(str.isidentifier, names)) else None
            if found is not None and path in found.files:
                return name
        return None

    def path(self, name: str) -> Path | None:
        module = self.finder.find(name)
        return module.files[-1] if module is not None and module.files else None

    def table(self, name: str) -> Table:
        """The table of a module; empty for a namespace and for a compiled extension."""
        if name not in self._tables:
            tables = [source.table for source in self.files(name) if source.table is not None]
            table = self._tables[name] = tables[0] if tables else Table()
            self.has_places = self.has_places or table.has_places
        return self._tables[name]

    def deeds(self, name: str) -> dict[str, Any]:
        """What the code of a module does; nothing of a namespace and of a compiled extension."""
        if name not in self._deeds:
            found = [source for source in self.files(name) if source.table is not None]
            self._deeds[name] = self.sources.deeds(found[0]) if found else no_deeds()
        return self._deeds[name]

    def parses(self, name: str) -> bool:
        """Whether the source of a module can be read as code by this Python."""
        try:
            self.table(name)
        except FingerprintError:
            return False
        return True

    def compiled(self, name: str) -> bool:
        """Whether a module is a compiled extension, maybe beside its source."""
        if name not in self._compiled:
            self._compiled[name] = any(source.table is None for source in self.files(name))
        return self._compiled[name]

    def ours(self, name: str) -> bool:
        """Whether a module's top-level name is first-party."""
        top = name.partition(".")[0]
        return top not in ENGINE and self.finder.find(top) is not None

    def absolute(self, module: str, level: int, name: str) -> str | None:
        """The absolute name of what an import in `module` starts from; None beyond the top-level package."""
        if not level:
            return name
        found = self.finder.find(module)
        package = (found or Module(module, ())).package
        parts = package.split(".") if package else []
        if len(parts) < level:
            return None
        return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])

    def resolve(self, module: str, ref: Ref) -> tuple[Target, ...]:
        """Everything that a reference in `module` may lead to; empty for what Python brings itself."""
        key = (module, *ref[1:])
        if key not in self._resolved:
            if ref.level == OWN:
                found = self._own(module, ref.chain)
            else:
                found = self._from(module, NameOrigin(*ref[1:]), (), frozenset())
            self._resolved[key] = tuple(dict.fromkeys(found))
        return self._resolved[key]

    def attribute(self, module: str, chain: tuple[str, ...]) -> tuple[Target, ...]:
        """What `module.a.b` leads to."""
        return tuple(dict.fromkeys(self._attribute(module, chain, frozenset())))

    def _own(self, module: str, chain: tuple[str, ...]) -> list[Target]:
        """A name as code in the module sees it."""
        if not chain or chain[0] == WHOLE:
            return [Target(MODULE, module)] if chain else []
        head = chain[0]
        found = self._name(module, chain, frozenset())
        if found:
            return found
        if head not in _BUILTINS or head in _OFTEN_REPLACED:
            found = list(self._foreign_stars(module, chain))
        if found or head in _BUILTINS or _dunder(head):
            return found
        if self.finder.find(f"{module}.{head}") is not None:
            return self._attribute(module, chain, frozenset())
        return [Target(MODULE, module)]

    def _foreign_stars(self, module: str, chain: tuple[str, ...]) -> Iterator[Target]:
        """`from numpy import *`: whatever nobody else binds may come from there."""
        for star in self.table(module).stars:
            base = self.absolute(module, star.level, star.module)
            if base is not None and not self.ours(base):
                yield Target(EXTERNAL, f"{base}.*")

    def _from(self, module: str, origin: NameOrigin, rest: tuple[str, ...], seen: _Seen) -> list[Target]:
        base = self.absolute(module, origin.level, origin.module)
        if base is None:
            return []
        chain = (*origin.chain, *rest)
        if not base:  # a relative import in a top-level module
            return []
        if not self.ours(base):
            return [Target(EXTERNAL, ".".join((base, *origin.chain)), "", rest)]
        if self.finder.find(base) is None:
            return [Target(MISSING, base)]
        return self._attribute(base, chain, seen)

    def _attribute(self, module: str, chain: tuple[str, ...], seen: _Seen) -> list[Target]:
        if not chain or chain[0] in (WHOLE, "__dict__") or self.compiled(module):
            return [Target(MODULE, module)]
        head, rest = chain[0], chain[1:]
        found = self._name(module, chain, seen)
        below = f"{module}.{head}"
        is_module = self.finder.find(below) is not None
        if found:
            if is_module and rest and all(target.kind == NAME and target.rest == rest for target in found):
                found = [*found, *self._attribute(below, rest, seen)]
            return found
        if is_module:
            return self._attribute(below, rest, seen)
        if _dunder(head) or (module, head) in seen:
            return []
        table = self.table(module)
        if table.lazy:
            return [Target(BELOW, module)]
        foreign = list(self._foreign_stars(module, chain))
        return foreign or [Target(MISSING, below), *([Target(MODULE, module)] if table.dynamic else [])]

    def _name(self, module: str, chain: tuple[str, ...], seen: _Seen) -> list[Target]:
        """What a module binds, or stars bring into it; empty when nobody sees it bound."""
        head, rest = chain[0], chain[1:]
        if (module, head) in seen:
            return []
        seen = seen | {(module, head)}
        table = self.table(module)
        binding = table.bindings.get(head)
        found: list[Target] = []
        for star in reversed(table.stars):
            if binding is not None and star.line < binding.last:
                continue
            base = self.absolute(module, star.level, star.module)
            if base is None or not self.ours(base) or self.finder.find(base) is None:
                continue
            exported = self._exported(base, head, seen)
            if exported is not False:
                found.extend(self._attribute(base, chain, seen))
            if exported and star.name != MAYBE:
                return found
        if binding is not None:
            if binding.parts or binding.definition is not None:
                found.append(Target(NAME, module, head, rest))
            for origin in binding.origins:
                found.extend(self._from(module, origin, rest, seen))
            found.extend(Target(NAME, module, binder) for binder in binding.binders)
        return found

    def _exported(self, module: str, name: str, seen: _Seen) -> bool | None:
        """Whether `from module import *` binds a name; None when only running it would tell."""
        table = self.table(module)
        if table.has_exports and table.exports is not None:
            return name in table.exports
        if table.has_exports or table.lazy:
            return None if self._name(module, (name,), seen) else False
        return not name.startswith("_") and bool(self._name(module, (name,), seen))

    def starred_names(self, module: str, name: str) -> list[Target]:
        """What star imports bring under a name, whatever the module itself binds to it later."""
        found: list[Target] = []
        for star in self.table(module).stars:
            base = self.absolute(module, star.level, star.module)
            if base and self.ours(base) and self.finder.find(base) is not None:
                found += self._name(base, (name,), frozenset())
        return found

    def submodules(self, module: str) -> list[str]:
        found = self.finder.find(module)
        return self.finder.submodules(found) if found is not None else []

    def starred(self, module: str, star: Import) -> list[str]:
        """Submodules that a star import of a package executes."""
        table = self.table(module)
        below = self.submodules(module)
        if table.has_exports and table.exports is None:
            return below
        return [name for name in below if name.rpartition(".")[2] in (table.exports or ())]


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")

"""The code closure: every first-party symbol that a task reaches, from source alone.

Nothing is imported, so that a fingerprint costs milliseconds and needs no physics package. A closure only
ever errs by being too wide; what it cannot see, it says in `warnings`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.counted_files import HashedCode, HashedFile
from caselaw.fingerprint.code.reach.assigned import Assigned, assigned_methods
from caselaw.fingerprint.code.reach.demands import Needs, StartAgainError, needs_of
from caselaw.fingerprint.code.reach.effects import Effects
from caselaw.fingerprint.code.reach.found import ClosureWarning, Found
from caselaw.fingerprint.code.reach.resolution import Resolver
from caselaw.fingerprint.code.reach.search import Search
from caselaw.fingerprint.code.reach.symbols import Symbol, mentions, statuses, symbols
from caselaw.fingerprint.code.reach.values import found_with_values
from caselaw.fingerprint.code.reading.facts import Option
from caselaw.fingerprint.code.reading.modules import ENGINE, Finder, FirstParty, first_party, standard_library
from caselaw.fingerprint.code.reading.sources import Source, Sources, status_of
from caselaw.fingerprint.collector import paused_collector
from caselaw.fingerprint.distributions import MISSING, Distributions
from caselaw.fingerprint.hashing import digest


@dataclass(frozen=True)
class Closure:
    """First-party symbols and third-party distributions that something reaches."""

    symbols: Mapping[str, Symbol]
    """By name: `analysis.selection.good_jets`, `analysis.selection.Cuts.passes`, …"""
    distributions: Mapping[str, str]
    """Distribution → version, of what these symbols import; "missing" for what is not installed."""
    sources: Mapping[Path, tuple[int, int]]
    """File → modification time (ns) and size when it was read, of code and of files that it reads."""
    warnings: tuple[ClosureWarning, ...] = ()
    options: tuple[Option, ...] = ()
    """Options of law.cfg and of luigi's configuration that these symbols read."""
    settings: tuple[str, ...] = ()
    """`module:name` of classes that derive from `luigi.Config`."""
    mentions: frozenset[str] = frozenset()
    """Names, attributes and texts in those members of tasks that count."""
    modules: Mapping[str, tuple[HashedFile, ...]] = field(default_factory=dict)
    """First-party modules that are executed → their files; a namespace package has none, an extension may have two."""
    missing: tuple[str, ...] = ()
    """First-party modules that are imported and not there."""
    first_party: FirstParty = field(default_factory=lambda: FirstParty(Path()))
    looks_up: bool = False
    """Whether these symbols look code up in a way that cannot be followed."""
    named: frozenset[str] = frozenset()
    """What was reached because parameters or options name it, or hold objects of it."""

    @cached_property
    def code_digest(self) -> str:
        """One digest of the first-party code alone."""
        return digest("code", {name: symbol.digest for name, symbol in self.symbols.items()})

    @cached_property
    def hashed(self) -> HashedCode:
        """What must be known where this code runs."""
        chosen = self.first_party
        return HashedCode(self.modules, self.missing, self.code_digest, chosen.root, chosen.names, self.named)

    @cached_property
    def digest(self) -> str:
        """One digest of code and versions; warnings and file times are no part of it."""
        return digest("closure", self.code_digest, dict(self.distributions))

    @cached_property
    def whole(self) -> frozenset[str]:
        """Files and folders of which every byte counts: data that code reads, and sources that are read as text."""
        found = (symbol for symbol in self.symbols.values() if symbol.path and not symbol.lines)
        # The order in which a module of Python defines things, or others register with it, has no lines either.
        return frozenset(each.path for each in found if not each.name.endswith(".<module>") or each.path[-3:] != ".py")

    def changed(self) -> list[Path]:
        """Source files that were edited or removed since the closure was computed."""
        return [path for path, status in self.sources.items() if status_of(path) != status]

    def source(self, name: str) -> str:
        """The lines of a symbol; KeyError when it is not in the closure."""
        symbol = self.symbols[name]
        if not symbol.lines:
            return ""
        if symbol.path not in self._texts:
            text = Path(symbol.path).read_text(encoding="utf-8", errors="replace")
            self._texts[symbol.path] = io.StringIO(text).readlines()  # splitlines() splits at form feeds, too
        lines = self._texts[symbol.path]
        return "".join("".join(lines[first - 1 : last]) for first, last in symbol.lines)

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        return {}


def symbol_closure(
    entries: Iterable[str], first_party: FirstParty, *, folder: str | os.PathLike[str] | None = None
) -> Closure:
    """The closure of `module:name` entries, or of whole modules; see `Closures` for many of them.

    `folder` is where the memo is, `.caselaw` under the first-party root by default. Raises
    FingerprintError when a module has no source or a source cannot be parsed.
    """
    return Closures(first_party, folder=folder).of(entries)


def code_closure(
    task_class: type, root: str | os.PathLike[str], names: Iterable[str] | None = None, named: Iterable[str] = ()
) -> Closure:
    """What a task class reaches: its members, those of its first-party base classes, and what they use.

    `root` and `names` are those of `first_party`; `named` are modules that it may look up besides, and
    `module:name` of classes of objects that it holds. The sources read
    for one class serve the next one, until one of them is edited.
    """
    closures = _shared(Path(root).resolve(), tuple(sorted(names)) if names else None)
    if closures.sources.edited():
        _shared.cache_clear()
        return code_closure(task_class, root, names, named)
    return closures.of_class(task_class, named)


def code_closure_of_texts(
    task_class: type, root: str | os.PathLike[str], names: Iterable[str] | None, texts: Mapping[Path, bytes],
    named: Iterable[str] = (),
) -> Closure:  # fmt: skip
    """What `code_closure` gives if files (path → content) hold these texts."""
    return Closures(first_party(root, names), texts=texts).of_class(task_class, named)


@cache
def _shared(root: Path, names: tuple[str, ...] | None) -> Closures:
    return Closures(first_party(root, names))


class Closures:
    """Closures of one state of the source tree: each file is read once; `texts` stand for what is in some of them."""

    def __init__(
        self, first_party: FirstParty, *, folder: str | os.PathLike[str] | None = None,
        texts: Mapping[Path, bytes] | None = None,
    ) -> None:  # fmt: skip
        place = first_party.root / ".caselaw" if folder is None else Path(folder)
        self.first_party = first_party
        self.finder = Finder(first_party)
        with paused_collector():
            self.sources = Sources(place, texts)
        self.distributions = Distributions(place)
        self._resolvers: dict[frozenset[tuple[str, str]], tuple[Resolver, Effects]] = {}
        self._known: dict[Any, Closure] = {}

    def of(self, entries: Iterable[str]) -> Closure:
        """The closure of `module:name` entries, or of whole modules."""
        wanted = frozenset(entries)
        if wanted not in self._known:

            def start(search: Search) -> None:
                for entry in sorted(wanted):
                    search.start(entry)

            self._known[wanted] = self._closure([entry.partition(":")[0] for entry in wanted], start)
        return self._known[wanted]

    def of_class(self, task_class: type, named: Iterable[str] = ()) -> Closure:
        """The closure of a task class, together with modules that it may look up."""
        declared, assigned = _declared(task_class), assigned_methods(task_class, lambda module: not _not_ours(module))
        key = (task_class, declared, assigned, named := frozenset(named))
        if key not in self._known:
            classes = [(_module_name(cls, self.first_party), cls.__qualname__) for cls in task_class.__mro__]
            ours = [cls for cls in classes if not _not_ours(cls[0])]

            def start(search: Search) -> None:
                search.start_class(ours, declared)
                for entry in sorted(named):
                    search.start_named(entry)

            found = self._closure([classes[0][0]], start)
            found = self._with_assigned(found, [classes[0][0]], start, assigned)
            self._known[key] = replace(found, named=named)
        return self._known[key]

    def _with_assigned(
        self, found: Closure, modules: Sequence[str], start: Callable[[Search], None], assigned: Iterable[Assigned]
    ) -> Closure:
        """The closure with methods that the class was given from elsewhere.

        What a function made inside another one holds is not in its code: it counts with all of its module, unless
        that is reached anyway.
        """
        assigned = [
            each
            for each in assigned
            if self.finder.find(each.module) is not None and f"{each.module}.{each.name}" not in found.symbols
        ]
        if not assigned:
            return found
        reached = {str(path) for path in found.sources}

        def start_with(search: Search) -> None:
            start(search)
            for each in assigned:
                unseen = each.is_local and str(sys.modules[each.module].__file__) not in reached
                search.start(each.module if unseen else each.entry, each.makes)

        return self._closure(modules, start_with)

    def _search(self, modules: Iterable[str], needs: Needs) -> Search:
        """A search to which the modules that start it are first-party, wherever their source is."""
        finder = self.finder.searching(needs.folders)
        for top in sorted({name.partition(".")[0] for name in modules}):
            if top not in ENGINE and finder.find(top) is None and not standard_library(top):
                found = self.distributions.of(top)
                if all(d.version.startswith(("file:", "unversioned")) for d in found):
                    finder = finder.adopting(top)  # for this closure only: others must not depend on it
        if finder is not self.finder:
            return Search(Resolver(finder, self.sources, needs.readings), self._is_installed)
        if needs.readings not in self._resolvers:
            resolver = Resolver(finder, self.sources, needs.readings)
            self._resolvers[needs.readings] = resolver, Effects(resolver)
        resolver, effects = self._resolvers[needs.readings]
        return Search(resolver, self._is_installed, effects)

    def _is_installed(self, top: str) -> bool:
        return all(found.version != MISSING for found in self.distributions.of(top))

    @paused_collector()
    def _closure(self, modules: Sequence[str], start: Callable[[Search], None]) -> Closure:
        needs = Needs()
        while True:
            search = self._search(modules, needs)
            try:
                start(search)
                found = found_with_values(search)
            except StartAgainError:
                needs = needs_of(search.resolver, search.found, needs)
                continue
            if needs == (needs := needs_of(search.resolver, found, needs)):
                break
        self.sources.save()
        versions, caveats = self._versions(found)
        return Closure(
            symbols=symbols(search.resolver, found),
            distributions=versions,
            sources={source.path: source.status for source in search.sources()} | statuses(search.resolver, found),
            warnings=tuple(sorted({*found.warnings, *caveats})),
            options=tuple(sorted(found.options)),
            settings=tuple(sorted(f"{module}:{name}" for module, name in found.settings)),
            mentions=mentions(search.resolver, found),
            modules={name: _files(search.resolver.files(name)) for name in sorted(search.found.imported)},
            missing=tuple(sorted(search.found.missing)),
            first_party=self.first_party,
            looks_up=found.looks_up,
        )

    def _versions(self, found: Found) -> tuple[dict[str, str], list[ClosureWarning]]:
        versions: dict[str, str] = {}
        caveats = []
        for top, (path, line) in sorted(found.third_party.items()):
            for distribution in self.distributions.of(top):
                if distribution.name in ENGINE:
                    continue
                versions[distribution.name] = distribution.version
                if distribution.caveat:
                    text = f"'{top}' ({distribution.name}): {distribution.caveat}; name it in first_party"
                    caveats.append(ClosureWarning(path, line, text))
        return dict(sorted(versions.items())), caveats


def _files(files: Iterable[Source]) -> tuple[HashedFile, ...]:
    return tuple(HashedFile(str(source.path), source.digest, source.status) for source in files)


def _not_ours(module: str) -> bool:
    top = module.partition(".")[0]
    return top in ENGINE or standard_library(top)


def _declared(task_class: type) -> tuple[str, ...] | None:
    """`code_dependencies` of a task class; None when neither it nor a base class of ours has any."""
    for cls in task_class.__mro__:
        if "code_dependencies" in vars(cls) and not _not_ours(cls.__module__):
            declared = vars(cls)["code_dependencies"]
            if isinstance(declared, str) or not all(isinstance(entry, str) for entry in declared):
                raise FingerprintError(
                    "code_dependencies must be a sequence of strings",
                    f"{cls.__module__}.{cls.__qualname__}",
                    'write code_dependencies = ("module:name", …)',
                )
            return tuple(declared)
    return None


def _module_name(cls: type, first_party: FirstParty) -> str:
    """The module that defines a class; under its import name also when it is run as a script."""
    if cls.__module__ not in ("__main__", "__mp_main__"):
        return cls.__module__
    module = sys.modules.get(cls.__module__)
    spec, file = getattr(module, "__spec__", None), getattr(module, "__file__", None)
    if spec is not None:
        return str(spec.name).removesuffix(".__main__")
    path = Path(file).resolve() if file else None
    if path is None or not path.is_relative_to(first_party.root):
        return cls.__module__
    return ".".join(path.relative_to(first_party.root).with_suffix("").parts)

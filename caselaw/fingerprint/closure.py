"""The code closure: every first-party module that a module reaches, from source alone.

Nothing is imported, so that a fingerprint costs milliseconds and needs no physics package. A closure only
ever errs by being too wide; what it cannot see, it says in `warnings`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from caselaw.errors import FingerprintError
from caselaw.fingerprint.distributions import MISSING, Distributions
from caselaw.fingerprint.hashing import digest
from caselaw.fingerprint.imports import Import, Survey
from caselaw.fingerprint.modules import ENGINE, Finder, FirstParty, Module, first_party, standard_library
from caselaw.fingerprint.sources import Source, Sources, status_of


@dataclass(frozen=True, order=True)
class ClosureWarning:
    """Something in the code that the closure cannot see or follow."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Closure:
    """First-party code and third-party distributions that some modules reach."""

    modules: Mapping[str, str]
    """Module → digest of its syntax."""
    distributions: Mapping[str, str]
    """Distribution → version, of what these modules import; "missing" for what is not installed."""
    sources: Mapping[Path, tuple[int, int]]
    """File → modification time (ns) and size when it was read."""
    warnings: tuple[ClosureWarning, ...] = ()

    @cached_property
    def code_digest(self) -> str:
        """One digest of the first-party code alone."""
        return digest("code", dict(self.modules))

    @cached_property
    def digest(self) -> str:
        """One digest of code and versions; warnings and file times are no part of it."""
        return digest("closure", self.code_digest, dict(self.distributions))

    def changed(self) -> list[Path]:
        """Source files that were edited or removed since the closure was computed."""
        return [path for path, status in self.sources.items() if status_of(path) != status]


def module_closure(
    module_names: Iterable[str], first_party: FirstParty, *, folder: str | os.PathLike[str] | None = None
) -> Closure:
    """The closure of modules under all their imports; see `Closures` for many of them.

    `folder` is where the memo is, `.caselaw` under the first-party root by default. Raises
    FingerprintError when a module has no source or a source cannot be parsed.
    """
    return Closures(first_party, folder=folder).of(module_names)


def code_closure(task_class: type, root: str | os.PathLike[str], names: Iterable[str] | None = None) -> Closure:
    """What a task class reaches: its module and those of its first-party base classes, and their imports.

    `root` and `names` are those of `first_party`. The sources read for one class serve the next one, until
    one of them is edited.
    """
    closures = _shared(Path(root).resolve(), tuple(sorted(names)) if names else None)
    if closures.sources.edited():
        _shared.cache_clear()
        return code_closure(task_class, root, names)
    modules = {_module_name(cls, closures.finder.first_party) for cls in task_class.__mro__}
    known = {name for name in modules if closures.finder.find(name) is not None}
    return closures.of(known | {_module_name(task_class, closures.finder.first_party)})


@cache
def _shared(root: Path, names: tuple[str, ...] | None) -> Closures:
    return Closures(first_party(root, names))


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


class Closures:
    """Closures of one state of the source tree: each file is read once."""

    def __init__(self, first_party: FirstParty, *, folder: str | os.PathLike[str] | None = None) -> None:
        place = first_party.root / ".caselaw" if folder is None else Path(folder)
        self.finder = Finder(first_party)
        self.sources = Sources(place)
        self.distributions = Distributions(place)
        self._known: dict[frozenset[str], Closure] = {}

    def of(self, module_names: Iterable[str]) -> Closure:
        """The closure of these modules."""
        names = frozenset(module_names)
        if names not in self._known:
            search = _Search(self)
            for name in sorted(names):
                search.start(name)
            search.run()
            self.sources.save()
            self._known[names] = search.closure()
        return self._known[names]


class _Search:
    """One walk along imports, from some modules to a fixed point."""

    def __init__(self, closures: Closures) -> None:
        self.closures = closures
        self.finder = closures.finder
        self.queue: list[str] = []
        self.queued: set[str] = set()
        self.digests: dict[str, str] = {}
        self.files: dict[Path, Source] = {}
        self.third_party: dict[str, tuple[str, int]] = {}
        self.warnings: set[ClosureWarning] = set()

    def start(self, name: str) -> None:
        top = name.partition(".")[0]
        if top in ENGINE:
            return
        if self.finder.find(top) is None and not standard_library(top) and self._undistributed(top):
            self.finder = self.finder.adopting(top)  # for this closure only: others must not depend on it
        if self.follow(name):
            return
        if self.finder.find(top) is not None or self._version_missing(top):
            raise FingerprintError(
                f"no source of module '{name}'",
                f"first-party root {self.finder.first_party.root}",
                "define the task in a module under this folder, or name its top-level package in [caselaw] first_party",
            )
        if not standard_library(top):
            self.third_party.setdefault(top, (name, 0))

    def _undistributed(self, top: str) -> bool:
        found = self.closures.distributions.of(top)
        return all(d.version.startswith(("file:", "unversioned")) for d in found)

    def _version_missing(self, top: str) -> bool:
        if standard_library(top):
            return False
        return any(d.version == MISSING for d in self.closures.distributions.of(top))

    def follow(self, name: str) -> bool:
        """Put a first-party module and its parent packages into the closure; False if there is none."""
        if name in self.queued:
            return True
        if self.finder.find(name) is None:
            return False
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            parent = ".".join(parts[:length])
            if parent not in self.queued:
                self.queued.add(parent)
                self.queue.append(parent)
        return True

    def run(self) -> None:
        while self.queue:
            module = self.finder.find(self.queue.pop())
            assert module is not None
            sources = [self.closures.sources.read(file) for file in module.files]
            if sources:
                self.digests[module.name] = (
                    sources[0].digest if len(sources) == 1 else digest(*(source.digest for source in sources))
                )
            for source in sources:
                self.files[source.path] = source
                if source.survey is not None:
                    self._read(module, source.path, source.survey)

    def _read(self, module: Module, path: Path, survey: Survey) -> None:
        for lookup in survey.lookups:
            self._warn(path, lookup.line, f"look-up that cannot be followed: {lookup.text}")
        if survey.lazy and module.search:
            self._follow_below(module.name)
        for reference in survey.imports:
            base = _absolute(module, reference)
            if base is None:
                self._warn(path, reference.line, "relative import beyond the top-level package")
            else:
                self._import(base, reference, path)

    def _import(self, base: str, reference: Import, path: Path) -> None:
        top = base.partition(".")[0]
        if top in ENGINE:
            return
        if self.finder.find(top) is None:
            if not standard_library(top):
                self.third_party.setdefault(top, (str(path), reference.line))
            return
        if not self.follow(base):
            self.follow(base.rpartition(".")[0])
            self.digests[base] = MISSING
            self._warn(path, reference.line, f"first-party module '{base}' cannot be found")
        elif reference.name == "**":
            self._follow_below(base)
        elif reference.name == "*":
            self._follow_exports(base)
        else:
            for part in reference.name.split(".") if reference.name else ():
                base = f"{base}.{part}"
                if not self.follow(base):
                    break

    def _follow_exports(self, name: str) -> None:
        """`from package import *` imports the submodules that `__all__` names."""
        module = self.finder.find(name)
        for file in module.files if module is not None and module.search else ():
            survey = self.closures.sources.read(file).survey
            if module is None or survey is None:
                continue
            if survey.exports is None:
                names = self.finder.submodules(module)
            else:
                names = [f"{name}.{export}" for export in survey.exports]
            for submodule in names:
                self.follow(submodule)

    def _follow_below(self, name: str) -> None:
        """All modules of a package, at any depth."""
        module = self.finder.find(name)
        for submodule in self.finder.submodules(module) if module is not None else ():
            if self.follow(submodule):
                self._follow_below(submodule)

    def _warn(self, path: Path, line: int, what: str) -> None:
        self.warnings.add(ClosureWarning(str(path), line, what))

    def closure(self) -> Closure:
        versions: dict[str, str] = {}
        for top, (path, line) in sorted(self.third_party.items()):
            for distribution in self.closures.distributions.of(top):
                if distribution.name in ENGINE:
                    continue
                versions[distribution.name] = distribution.version
                if distribution.caveat:
                    text = f"'{top}' ({distribution.name}): {distribution.caveat}; name it in first_party"
                    self.warnings.add(ClosureWarning(path, line, text))
        return Closure(
            modules=dict(sorted(self.digests.items())),
            distributions=dict(sorted(versions.items())),
            sources={path: source.status for path, source in sorted(self.files.items())},
            warnings=tuple(sorted(self.warnings)),
        )


def _absolute(module: Module, reference: Import) -> str | None:
    """The absolute name of what an import starts from."""
    if not reference.level:
        return reference.module
    parts = module.package.split(".") if module.package else []
    if len(parts) < reference.level:
        return None
    kept = parts[: len(parts) - reference.level + 1]
    return ".".join([*kept, reference.module] if reference.module else kept)

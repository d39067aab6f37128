"""Modules by their names, those of the project and those of installed packages, and what an expression stands for."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from caselaw.plan.survey.files import SourceFile, read
from caselaw.plan.survey.names import AssignedName, Binding, ClassSource, Imported, SurveyedModule, module_of

DEPTH = 40
"""As many names are followed; what goes on is a circle."""

ENGINES = frozenset({"law", "luigi", "b2luigi", "caselaw", "six"})
"""Packages that are taken as they are installed, also where a project holds a copy."""
SAME = {"b2luigi": "luigi"}
"""Packages that hand on all of another one, read as that one: their own methods are a matter of the rules."""
LAZY = {"caselaw.Task": "caselaw.task.single", "caselaw.Workflow": "caselaw.task.workflow"}
"""Where caselaw's own bases live, which its package imports when they are asked for."""


@dataclass(frozen=True)
class Elsewhere:
    """Something whose source was not found, by its dotted name."""

    name: str


Meaning = SurveyedModule | ClassSource | Elsewhere


@dataclass
class Library:
    """Modules of the project by every end of their dotted names, and those of packages as they are asked for."""

    modules: list[SurveyedModule]
    by_ending: dict[str, list[SurveyedModule]] = field(default_factory=dict)
    packages: dict[str, SurveyedModule | None] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, sources: Iterable[SourceFile]) -> Library:
        folder = root if root.is_dir() else root.parent
        sources = list(sources)
        copies = [path for source in sources for path in copies_of_law(source.path, folder)]
        modules = [
            module_of(dotted(source.path, folder), source, of_project=True)
            for source in sources
            if not any(source.path.is_relative_to(copy) for copy in copies)
        ]
        library = cls(modules)
        for module in modules:
            parts = module.name.split(".")
            for start in range(len(parts)):
                library.by_ending.setdefault(".".join(parts[start:]), []).append(module)
        return library

    def module(self, name: str, asking: SurveyedModule) -> SurveyedModule | None:
        """The module that an import means: of the project the nearest to who asks, else that of a package.

        A project may put any of its folders on the path; so a module is known by any end of its name.
        """
        is_engine = name.partition(".")[0] in ENGINES
        if asking.of_project and not is_engine and (found := self.by_ending.get(name)):
            return max(found, key=lambda module: nearness(module.name, asking.name))
        name = SAME.get(name, name)
        if name not in self.packages:
            self.packages[name] = installed(name)
        return self.packages[name]

    # what names and expressions stand for

    def meaning(self, expression: ast.expr | None, module: SurveyedModule, depth: int = 0) -> Meaning | None:
        """What an expression stands for: a module, a class, or the name of something that was not found."""
        if depth > DEPTH:
            return None
        match expression:
            case ast.Name(id=name):
                return self.named(name, module, depth + 1)
            case ast.Attribute(value=value, attr=name):
                return self.attribute(self.meaning(value, module, depth + 1), name, module, depth + 1)
            case ast.Subscript(value=value):  # Base[T]
                return self.meaning(value, module, depth + 1)
            case ast.Call(func=function, args=arguments):
                return self.made(function, arguments, module, depth + 1)
        return None

    def named(self, name: str, module: SurveyedModule, depth: int = 0) -> Meaning | None:
        fallback: Meaning | None = None
        for binding in reversed(module.names.get(name, [])):
            found = self.bound(binding, module, depth + 1)
            if isinstance(found, SurveyedModule | ClassSource):
                return found
            fallback = fallback or found
        for star in module.stars:
            if depth <= DEPTH and (source := self.module(star, module)) not in (None, module):
                found = self.named(name, source, depth + 1)
                if found is not None:
                    return found
        return fallback

    def bound(self, binding: Binding, module: SurveyedModule, depth: int) -> Meaning | None:
        match binding:
            case ClassSource():
                return binding
            case AssignedName(value):
                return self.meaning(value, module, depth)
            case Imported(name, None):
                return self.module(name, module) or Elsewhere(name)
            case Imported(name, str(attribute)):
                source = self.module(name, module)
                if source is None or source is module:
                    return self.module(f"{name}.{attribute}", module) or Elsewhere(f"{name}.{attribute}")
                return self.attribute(source, attribute, module, depth)
        return None

    def attribute(self, owner: Meaning | None, name: str, module: SurveyedModule, depth: int) -> Meaning | None:
        match owner:
            case SurveyedModule():
                if depth > DEPTH:
                    return None
                found = self.named(name, owner, depth + 1)
                asking = module if owner.of_project else owner
                below = found or self.module(LAZY.get(f"{owner.name}.{name}", f"{owner.name}.{name}"), asking)
                if isinstance(below, SurveyedModule) and below.name in LAZY.values():
                    return self.named(name, below, depth + 1)
                if below is None and owner.name == "law":  # law.contrib.load("htcondor") makes law.htcondor
                    below = self.module(f"law.contrib.{name}", owner)
                return below or Elsewhere(f"{owner.name}.{name}")
            case ClassSource():
                inner = f"{owner.name}.{name}"
                return next((found for found in owner.module.classes if found.name == inner), None)
            case Elsewhere(above):
                return Elsewhere(f"{above}.{name}")
        return None

    def made(
        self, function: ast.expr, arguments: Sequence[ast.expr], module: SurveyedModule, depth: int
    ) -> Meaning | None:  # fmt: skip
        """What a call returns, where it is the class that it was given: with_metaclass(…, Base), decorator(…)(Base)."""
        for argument in reversed(arguments):
            found = self.meaning(argument, module, depth)
            if isinstance(found, ClassSource):
                return found
        called = self.meaning(function, module, depth)
        return called if isinstance(called, Elsewhere) else None


def copies_of_law(path: Path, root: Path) -> Iterator[Path]:
    """The folder of a copy of law or luigi that a project holds, by the file of its base class; its repository's."""
    if path.parts[-3:] == ("law", "task", "base.py") or path.parts[-2:] == ("luigi", "task.py"):
        package = path.parents[1] if path.parts[-3] == "law" else path.parent
        repository = package.parent
        yield repository if (repository / ".git").exists() and repository != root else package


def dotted(path: Path, root: Path) -> str:
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def nearness(name: str, asking: str) -> tuple[int, int]:
    """How many leading parts two names share; of two the shorter one."""
    pairs = zip(name.split("."), asking.split("."), strict=False)
    shared = 0
    for one, other in pairs:
        if one != other:
            break
        shared += 1
    return shared, -name.count(".")


def installed(name: str) -> SurveyedModule | None:
    """A module of an installed package, read and not imported."""
    top, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if not rest:
        return read_module(name, Path(spec.origin)) if spec.origin else None
    for folder in spec.submodule_search_locations or ():
        below = Path(folder, *rest)
        for path in (below / "__init__.py", below.with_suffix(".py")):
            if path.is_file():
                return read_module(name, path)
    return None


def read_module(name: str, path: Path) -> SurveyedModule | None:
    source = read(path) if path.suffix == ".py" and path.is_file() else None
    return module_of(name, source, of_project=False) if isinstance(source, SourceFile) else None

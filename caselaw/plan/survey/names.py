"""What names of a module stand for, as far as its text tells."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from caselaw.plan.survey.files import SourceFile


@dataclass(frozen=True)
class Imported:
    """`import module` (no attribute), or `from module import attribute`."""

    module: str
    attribute: str | None = None


@dataclass(frozen=True)
class AssignedName:
    """`name = expression`."""

    value: ast.expr


@dataclass(frozen=True, eq=False)
class ClassSource:
    """A class as it is written. `scope` is the function that defines it, if one does."""

    name: str
    module: SurveyedModule
    node: ast.ClassDef
    scope: str | None = None

    @property
    def qualified(self) -> str:
        return f"{self.module.name}.{self.name}"


Binding = Imported | AssignedName | ClassSource
Names = dict[str, list[Binding]]


@dataclass(eq=False)
class SurveyedModule:
    """A module: its dotted name, its file, what its names are bound to, and its classes."""

    name: str
    source: SourceFile
    of_project: bool
    names: Names = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    classes: list[ClassSource] = field(default_factory=list)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def module_of(name: str, source: SourceFile, *, of_project: bool) -> SurveyedModule:
    module = SurveyedModule(name, source, of_project)
    bind(module, source.tree.body, module.names, "", None)
    return module


def bind(module: SurveyedModule, body: Iterable[ast.stmt], names: Names, prefix: str, scope: str | None) -> None:
    """Note what the statements of one scope bind, and all classes inside."""
    for statement in plain_statements(body):
        match statement:
            case ast.Import():
                for alias in statement.names:
                    bound = Imported(alias.name if alias.asname else alias.name.partition(".")[0])
                    names.setdefault(alias.asname or alias.name.partition(".")[0], []).append(bound)
            case ast.ImportFrom():
                bind_from(module, statement, names)
            case ast.Assign(value=value):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        names.setdefault(target.id, []).append(AssignedName(value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names.setdefault(name, []).append(AssignedName(value))
            case ast.ClassDef():
                found = ClassSource(prefix + statement.name, module, statement, scope)
                names.setdefault(statement.name, []).append(found)
                module.classes.append(found)
                bind(module, statement.body, {}, f"{prefix}{statement.name}.", scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if not prefix and scope is None and isinstance(statement, ast.FunctionDef):
                    module.functions[statement.name] = statement
                inner = {name: list(bound) for name, bound in names.items()}
                bind(module, statement.body, inner, f"{prefix}{statement.name}.", statement.name)


def bind_from(module: SurveyedModule, statement: ast.ImportFrom, names: Names) -> None:
    source = absolute(module, statement)
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append(source)
        else:
            names.setdefault(alias.asname or alias.name, []).append(Imported(source, alias.name))


def absolute(module: SurveyedModule, statement: ast.ImportFrom) -> str:
    """The dotted name of the module that is imported from."""
    if not statement.level:
        return statement.module or ""
    parts = module.package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def plain_statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a scope, also those inside `if`, `try`, `with` and loops."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for name in ("body", "orelse", "finalbody"):
                yield from plain_statements(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                yield from plain_statements(handler.body)

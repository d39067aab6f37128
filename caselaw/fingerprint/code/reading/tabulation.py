"""From the syntax tree of a file to its table of names."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.reading.class_tables import class_table, decorators_of
from caselaw.fingerprint.code.reading.exports import exports, unused_imports
from caselaw.fingerprint.code.reading.facts import OWN, Done, Import, Ref
from caselaw.fingerprint.code.reading.instructions import reading_of
from caselaw.fingerprint.code.reading.names import NameOrigin, imports_of, names_of, origins_of
from caselaw.fingerprint.code.reading.observers import places_of
from caselaw.fingerprint.code.reading.places import local_places
from caselaw.fingerprint.code.reading.reads import ANNOTATIONS, DOCSTRINGS
from caselaw.fingerprint.code.reading.references import Walker
from caselaw.fingerprint.code.reading.scopes import Scope
from caselaw.fingerprint.code.reading.slicing import executed_on_import, simple_statements
from caselaw.fingerprint.code.reading.statements_by_name import Piece, Pieces
from caselaw.fingerprint.code.reading.syntax_digest import EVALUATED, PLAIN, Function, counted_statements
from caselaw.fingerprint.code.reading.table import MAYBE, Binding, ClassTable, Part, Table
from caselaw.fingerprint.code.reading.table_parts import Parts
from caselaw.fingerprint.hashing import digest


@dataclass
class _Draft:
    """A binding in the making."""

    parts: list[Part] = field(default_factory=list)
    origins: list[NameOrigin] = field(default_factory=list)
    definition: ClassTable | None = None
    decorators: list[Done] = field(default_factory=list)
    is_function: bool = False
    binders: tuple[str, ...] = ()
    last: int = 0
    place: Any = None

    def finished(self) -> Binding:
        return Binding(
            tuple(self.parts), tuple(self.origins), self.definition, tuple(self.decorators),
            self.is_function, self.binders, self.last, self.place,
        )  # fmt: skip


def tabulate(tree: ast.Module, docstrings: bool = False, annotations: bool = False) -> Table:
    """The table of a tree made by `parsing.parse`; whether docstrings and annotations are read elsewhere."""
    reading = reading_of(tree, docstrings, annotations)
    scope = EVALUATED if reading.annotations else PLAIN
    counted = [node for node in counted_statements(tree.body, scope, reading) if isinstance(node, ast.stmt)]
    statements = list(executed_on_import(counted))
    make = Parts(Scope(names_of(statements)), reading)
    if reading.seeds:
        make.module.settled.update(local_places(statements, make.module, places_of(Walker(make.module, reading))))
    tabulation = _Tabulation(statements, make)
    tabulation.run()
    if (docstring := ast.get_docstring(tree, clean=False)) is not None:
        tabulation.drafts["__doc__"] = _Draft([make.of_docstring(tree.body[0], docstring)], last=1)
    for name, place in make.module.places.items():
        if name in tabulation.drafts:
            tabulation.drafts[name].place = place
    exported = exports(statements)
    return Table(
        bindings={name: draft.finished() for name, draft in tabulation.drafts.items()},
        effects=tuple(tabulation.effects),
        imports=tuple(tabulation.imports),
        stars=tuple(tabulation.stars),
        unused=() if exported is None else tuple(unused_imports(tree, statements, exported)),
        exports=exported,
        has_exports="__all__" in make.module.names.bound,
        has_places=bool(make.module.places),
        reads_own=(DOCSTRINGS,) * reading.docstrings + (ANNOTATIONS,) * reading.annotations,
    )


class _Tabulation:
    def __init__(self, statements: list[ast.stmt], make: Parts) -> None:
        self.statements = statements
        self.make = make
        self.drafts: dict[str, _Draft] = {}
        self.effects: list[Part] = []
        self.imports: list[Import] = []
        self.stars: list[Import] = []
        self._classes = Counter(s.name for s in statements if isinstance(s, ast.ClassDef))

    def run(self) -> None:
        pieces = Pieces(self.make, self.statements)
        taken_apart = [(statement, list(pieces.of(statement))) for statement in self.statements]
        total = Counter(name for _, found in taken_apart for piece in found for name in piece.names)
        self.make.repeated = frozenset(name for name, count in total.items() if count > 1)
        for statement, found in taken_apart:
            self._imports(statement)
            before = len(self.effects)
            for piece in found:
                self._add(piece, before)
                self.make.done.update(piece.names)
        for name, owners in self.make.binders.items():  # names that only functions bind, under `global`
            if name not in self.drafts:
                self.drafts[name] = _Draft(binders=tuple(dict.fromkeys(owner for owner in owners if owner)))

    def _add(self, piece: Piece, effects_before: int) -> None:
        statement = piece.statement
        if isinstance(statement, ast.ClassDef | Function):
            if piece.names:
                self._define(statement)
            link = self._link(statement)  # its body or defaults mutate something else, too
            for name in piece.names - {statement.name}:
                self._draft(name, statement).parts.append(link)
            self.effects.extend([] if piece.names else [link])
            return
        part = self.make.of_statement(statement, regions=piece.regions)
        if not piece.names:
            self.effects.append(part)
        elif effects_before and any(done.depth == 0 for done in part.calls):
            part = part._replace(digest=digest(part.digest, effects_before))
        for name in piece.names:
            draft = self._draft(name, statement)
            draft.parts.append(part)
            draft.origins.extend(names_of([statement]).imported.get(name, ()))
            for inner in simple_statements(statement):
                if isinstance(inner, ast.ClassDef | Function) and inner.name == name:
                    draft.decorators.extend(decorators_of(inner.decorator_list))

    def _define(self, statement: ast.ClassDef | Function) -> None:
        draft = self._draft(statement.name, statement)
        draft.is_function |= isinstance(statement, Function)
        draft.decorators.extend(decorators_of(statement.decorator_list))
        if isinstance(statement, ast.ClassDef) and self._classes[statement.name] == 1 and not draft.parts:
            draft.definition = class_table(statement, self.make)
        else:
            draft.parts.append(self.make.of_statement(statement, statement.name))

    def _link(self, statement: ast.ClassDef | Function) -> Part:
        """Stands for a definition with another name's parts."""
        lines = (statement.lineno, statement.lineno)
        return Part(digest("link", statement.name), lines, (Ref(statement.lineno, OWN, "", (statement.name,)),))

    def _draft(self, name: str, statement: ast.AST) -> _Draft:
        draft = self.drafts.setdefault(name, _Draft())
        draft.last = getattr(statement, "lineno", 0)
        return draft

    def _imports(self, statement: ast.stmt) -> None:
        """Imports at the top level; under a condition nobody knows whether they are executed."""
        plain = isinstance(statement, ast.Import | ast.ImportFrom)
        for inner in simple_statements(statement):
            if isinstance(inner, ast.Import | ast.ImportFrom):
                for found in imports_of(inner):
                    if found.name == "*":
                        self.stars.append(found if plain else found._replace(name=MAYBE))
                    else:
                        self.imports.append(found)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for name, origin in origins_of(statement):
                self._draft(name, statement).origins.append(origin)

"""From nodes of a syntax tree to parts of a table."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from caselaw.fingerprint.code.reading.facts import MENTIONS, OWN, Done, Facts, Ref
from caselaw.fingerprint.code.reading.references import Walker
from caselaw.fingerprint.code.reading.scopes import Scope
from caselaw.fingerprint.code.reading.slicing import Region
from caselaw.fingerprint.code.reading.syntax_digest import EVALUATED, PLAIN, Reading, cleaned, node_digest
from caselaw.fingerprint.code.reading.table import Part
from caselaw.fingerprint.hashing import digest

_OBJECTS = frozenset({"self", "cls"})


@dataclass
class Parts:
    """Makes the parts of one module."""

    module: Scope
    reading: Reading
    repeated: frozenset[str] = frozenset()
    """Names that several statements bind or mutate: which of them came before counts."""
    done: Counter[str] = field(default_factory=Counter)
    """How many statements for a name came so far."""
    binders: dict[str, list[str]] = field(default_factory=dict)
    """Name that a function binds under `global` → the top-level definitions that do."""
    _known: dict[int, tuple[ast.AST, Facts]] = field(default_factory=dict)

    @property
    def annotations(self) -> str:
        return EVALUATED if self.reading.annotations else PLAIN

    def facts(self, statement: ast.AST) -> Facts:
        """Facts of a statement at the top level; the node is kept so that its id stays its own."""
        known = self._known.get(id(statement))
        if known is None:
            facts = Walker(self.module, self.reading).walk([statement], self.annotations, self.module)
            known = self._known[id(statement)] = (statement, facts)
        return known[1]

    def mutations(self, statement: ast.AST) -> list[Done]:
        """What a statement at the top level mutates; of a class, no more than what is executed on import."""
        if not isinstance(statement, ast.ClassDef):
            return self.facts(statement).mutations
        key = -id(statement)
        if key not in self._known:
            walker = Walker(self.module, self.reading, only_import=True)
            self._known[key] = (statement, walker.walk([statement], self.annotations, self.module))
        return self._known[key][1].mutations

    def of_statement(self, node: ast.AST, owner: str = "", regions: Sequence[Region] = ()) -> Part:
        """The part of a statement at the top level; in `regions`, names are its own."""
        return self._part(node, self.facts(node), self.annotations, owner, regions)

    def of_docstring(self, node: ast.stmt, text: str) -> Part:
        """The part of what a module says about itself."""
        return Part(digest("docstring", cleaned(text)), lines_of(node))

    def of_member(self, node: ast.AST, annotations: str, scope: Scope, owner: str) -> Part:
        """The part of a node in a class, with all that it mentions."""
        walker = Walker(self.module, self.reading, objects=_OBJECTS | first_argument(node))
        facts = walker.walk([node], annotations, scope)
        return self._part(node, facts, annotations, owner)._replace(mentions=frozenset(facts.mentions))

    def _part(self, node: ast.AST, facts: Facts, annotations: str, owner: str, regions: Sequence[Region] = ()) -> Part:
        for name in facts.binds:
            self.binders.setdefault(name, []).append(owner)
        refs = tuple(ref for ref in facts.refs if not is_within(ref, regions))
        syntax = node_digest(node, self.reading, annotations)
        executed = facts.executed & self.repeated
        earlier = {ref.chain[0]: self.done[ref.chain[0]] for ref in refs if ref.chain and ref.chain[0] in executed}
        return Part(
            digest(syntax, earlier) if earlier else syntax,
            lines_of(node), refs, tuple(dict.fromkeys(facts.imports)), tuple(facts.lookups), tuple(facts.below),
            tuple(dict.fromkeys(facts.calls)), tuple(dict.fromkeys(facts.mutations)),
            frozenset(facts.mentions & MENTIONS), options=tuple(sorted(facts.options)),
            reads=tuple(facts.reads),
        )  # fmt: skip


def first_argument(node: ast.AST) -> set[str]:
    """The name that a method gives to its object, as a rule `self`."""
    arguments = getattr(node, "args", None)
    every = [*arguments.posonlyargs, *arguments.args] if isinstance(arguments, ast.arguments) else []
    return {argument.arg for argument in every[:1]}


def is_within(ref: Ref, regions: Sequence[Region]) -> bool:
    """Whether a reference is to what the statement around it binds."""
    if ref.level != OWN or not ref.chain:
        return False
    return any(region.name == ref.chain[0] and region.first <= ref.line <= region.last for region in regions)


def lines_of(node: ast.AST) -> tuple[int, int]:
    """First and last line, decorators included."""
    first = getattr(node, "lineno", 1)
    decorators = [decorator.lineno for decorator in getattr(node, "decorator_list", ())]
    return min([first, *decorators]), getattr(node, "end_lineno", None) or first

"""Definitions that matter although nobody names them: what registers itself when its module is imported."""

from __future__ import annotations

from collections.abc import Iterator

from caselaw.fingerprint.code.reach import libraries
from caselaw.fingerprint.code.reach.classes import ancestors, definition, first_party_bases
from caselaw.fingerprint.code.reach.conduct import Conduct
from caselaw.fingerprint.code.reach.found import Event
from caselaw.fingerprint.code.reach.items import Name
from caselaw.fingerprint.code.reach.resolution import EXTERNAL, NAME, Resolver
from caselaw.fingerprint.code.reading.facts import Ref
from caselaw.fingerprint.code.reading.table import Binding, ClassTable, Part

OF_OTHERS = "!"
"""In place of a module: the name is that of a package of others."""

Registration = tuple[Event, frozenset[Name]]


class Effects:
    """What registers with what, for the modules of one resolver."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._conduct = Conduct(resolver)
        self._known: dict[str, list[Registration]] = {}

    def registrations(self, module: str) -> list[Registration]:
        """Statements of a module that register, or change what others hold, and with what, when it is imported."""
        if module not in self._known:
            self._known[module] = list(self._registrations(module))
        return self._known[module]

    def _registrations(self, module: str) -> Iterator[Registration]:
        bindings = self.resolver.table(module).bindings
        owners: dict[int, set[Name]] = {}
        for name, binding in bindings.items():
            for line in _lines(binding):
                owners.setdefault(line, set()).add((module, name))
        changes: dict[int, frozenset[Name]] = {}
        for name, binding in bindings.items():
            for line in sorted(self._active(module, binding)):
                if line not in changes:
                    changes[line] = self._conduct.changes(module, line) - owners[line]
                if changes[line]:
                    yield Event(module, line, name), changes[line]
        for part in self.resolver.table(module).effects:
            line = part.lines[0]
            if line not in changes:
                changes[line] = self._conduct.changes(module, line) - owners.get(line, set())
            places = changes[line] | self._packages(module, part)
            if places:
                yield Event(module, line), places

    def _packages(self, module: str, part: Part) -> frozenset[Name]:
        """Packages of others whose functions an effect calls: they may remember what they are told."""
        calls = [done.what for done in part.calls if done.depth == 0]
        tops = {
            t.module.partition(".")[0]
            for ref in calls
            for t in self.resolver.resolve(module, ref)
            if t.kind == EXTERNAL
        }
        return frozenset((OF_OTHERS, top) for top in tops - {"logging"})

    def _active(self, module: str, binding: Binding) -> set[int]:
        """Lines of the statements for a name that may do more than to bind it."""
        lines = {part.lines[0] for part in binding.parts if self._may_change(module, part, binding)}
        table = binding.definition
        if table is not None and self._class_may_change(module, table):
            lines.add(table.head.lines[0])
        return lines

    def _may_change(self, module: str, part: Part, binding: Binding) -> bool:
        if any(done.depth == 0 for done in part.mutations):
            return True
        if binding.is_function or binding.decorators:
            return bool(binding.decorators) or any(done.depth == 0 for done in part.calls)
        for done in part.calls:
            for target in self.resolver.resolve(module, done.what) if done.depth == 0 else ():
                dotted = target.dotted if target.kind == EXTERNAL else ""
                if not dotted or libraries.registers(dotted) or libraries.changes_first(dotted):
                    return True
        return any(self._is_made(module, ref) for ref in part.refs)

    def _is_made(self, module: str, ref: Ref) -> bool:
        """Whether a reference is to code of ours, or to what a call made."""
        for target in self.resolver.resolve(module, ref):
            if target.kind == EXTERNAL:
                continue
            binding = self.resolver.table(target.module).bindings.get(target.name) if target.kind == NAME else None
            if binding is None or binding.definition is not None or binding.is_function or binding.origins:
                return True
            if any(part.calls for part in binding.parts):
                return True
        return False

    def _class_may_change(self, module: str, table: ClassTable) -> bool:
        if table.decorators or table.head.refs or table.method_decorators:
            return True
        if any(not part.names or any(self._is_made(module, ref) for ref in part.refs) for part in table.statements):
            return True
        inside = (*table.statements, *(part for parts in table.methods.values() for part in parts))
        if any(done.depth == 0 for part in inside for done in (*part.calls, *part.mutations)):
            return True
        targets = [t for base in table.bases for ref in base.refs for t in self.resolver.resolve(module, ref)]
        return any(
            self._hooks((target.module, target.name))
            if target.kind != EXTERNAL
            else not libraries.is_pure(target.dotted)
            for target in targets
        )

    def _hooks(self, base: Name) -> bool:
        """Whether a base class looks at what is derived from it."""
        tables = [definition(self.resolver, cls) for cls in ancestors(self.resolver, base)]
        return any(table is None or table.head.refs or "__init_subclass__" in table.methods for table in tables)


def _lines(binding: Binding) -> Iterator[int]:
    yield from (part.lines[0] for part in binding.parts)
    if binding.definition is not None:
        yield binding.definition.head.lines[0]


def subclasses(resolver: Resolver, module: str) -> Iterator[tuple[Event, list[Name]]]:
    """Classes of a module with first-party bases, which `Base.__subclasses__()` finds."""
    for name, binding in resolver.table(module).bindings.items():
        if binding.definition is not None:
            line = binding.definition.head.lines[0]
            yield Event(module, line, name), first_party_bases(resolver, (module, name))

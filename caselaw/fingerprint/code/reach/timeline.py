"""In which order the statements of modules run while they are imported."""

from __future__ import annotations

from collections.abc import Iterable

from caselaw.fingerprint.code.reach.resolution import Resolver
from caselaw.fingerprint.code.reading.facts import Import
from caselaw.fingerprint.code.reading.table import MAYBE


class Timeline:
    """The order that import statements give, from the modules that are asked for.

    What only functions import comes last, in the order of its name: when that is, nobody knows.
    """

    def __init__(self, resolver: Resolver, starts: Iterable[str], imported: Iterable[str]) -> None:
        self.resolver = resolver
        self._sections: dict[str, list[tuple[int, int]]] = {}
        """Module → the line after which a part of it runs, and the number of that part."""
        self._count = 0
        for module in (*starts, *sorted(imported)):
            self._import(module)

    def rank(self, module: str, line: int) -> tuple[int, int]:
        """Sorts statements, given by the line in which they start, in the order in which they run."""
        sections = self._sections.get(module, [(0, self._count)])
        return max(number for after, number in sections if after < line or not after), line

    def _import(self, module: str) -> None:
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            name = ".".join(parts[:length])
            if name not in self._sections and self.resolver.finder.find(name) is not None:
                self._run(name)

    def _run(self, module: str) -> None:
        self._sections[module] = [(0, self._next())]
        table = self.resolver.table(module)
        for found in sorted((*table.imports, *table.stars), key=lambda found: found.line):
            before = self._count
            for name in self._executed(module, found):
                self._import(name)
            if self._count > before:
                self._sections[module].append((found.line, self._next()))

    def _executed(self, module: str, found: Import) -> list[str]:
        base = self.resolver.absolute(module, found.level, found.module)
        if not base or not self.resolver.ours(base):
            return []
        if found.name in ("*", MAYBE):
            return [base, *self.resolver.starred(base, found)]
        return [base, f"{base}.{found.name}"] if found.name else [base]

    def _next(self) -> int:
        self._count += 1
        return self._count

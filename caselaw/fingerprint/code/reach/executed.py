"""What runs when a module is imported: imports of its own, and what registers itself with what is reached."""

from __future__ import annotations

from typing import Protocol

from caselaw.fingerprint.code.reach.demands import Seeker
from caselaw.fingerprint.code.reach.effects import Effects, subclasses
from caselaw.fingerprint.code.reach.found import ClosureWarning, Event
from caselaw.fingerprint.code.reach.items import ANYWHERE, Name
from caselaw.fingerprint.code.reading.facts import Import
from caselaw.fingerprint.code.reading.table import MAYBE, Part


class Executing(Seeker, Protocol):
    """The search that imports modules."""

    effects: Effects
    waiting: dict[Name, list[Name]]
    """What is reached together with a name that is not reached yet."""
    subclasses: list[tuple[Event, list[Name]]]

    def import_module(self, module: str) -> None: ...
    def follow(self, module: str, part: Part) -> None: ...
    def reach_name(self, module: str, name: str) -> None: ...
    def third_party(self, module: str, path: str, line: int) -> None: ...


def executed(search: Executing, module: str) -> None:
    table = search.resolver.table(module)
    for part in table.effects:
        search.follow(module, part)
    for found in (*table.imports, *table.stars):
        execute(search, module, found, counts=False)
    package = search.resolver.finder.find(module)
    for found in table.unused if package is not None and not package.search else ():
        execute(search, module, found, counts=True)
    for event, places in search.effects.registrations(module):
        for place in places:
            search.found.register(event, place)
            if not event.name:
                continue
            if place == ANYWHERE or place in search.found.names:
                search.reach_name(module, event.name)
            else:
                search.waiting.setdefault(place, []).append((module, event.name))
    search.subclasses.extend(subclasses(search.resolver, module))


def execute(search: Executing, module: str, found: Import, counts: bool) -> None:
    """An import; `counts` says whether a third-party module counts although nothing names it."""
    path = str(search.resolver.path(module))
    base = search.resolver.absolute(module, found.level, found.module)
    if base is None or not base:
        search.found.warnings.add(ClosureWarning(path, found.line, "relative import beyond the top-level package"))
    elif not search.resolver.ours(base):
        if counts:
            search.third_party(base, path, found.line)
    elif search.resolver.finder.find(base) is None:
        search.found.missing.setdefault(base)
        search.import_module(base.rpartition(".")[0])
        search.found.warnings.add(ClosureWarning(path, found.line, f"first-party module '{base}' cannot be found"))
    else:
        search.import_module(base)
        if found.name in ("*", MAYBE):
            for below in search.resolver.starred(base, found):
                search.import_module(below)
        elif found.name and search.resolver.finder.find(f"{base}.{found.name}") is not None:
            search.import_module(f"{base}.{found.name}")

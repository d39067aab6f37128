"""What code observes beside the values of names, as a search meets it: see `observers`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from caselaw.fingerprint.code.reach.classes import ancestors, definition
from caselaw.fingerprint.code.reach.data import Wanted, countable, standing_for
from caselaw.fingerprint.code.reach.found import Found
from caselaw.fingerprint.code.reach.made import Made
from caselaw.fingerprint.code.reach.resolution import MODULE, NAME, Resolver, Target
from caselaw.fingerprint.code.reading import places
from caselaw.fingerprint.code.reading.facts import Read, Ref
from caselaw.fingerprint.code.reading.places import roots
from caselaw.fingerprint.code.reading.reads import (
    ANNOTATIONS,
    DOCSTRINGS,
    EVERYWHERE,
    FRAMES,
    OPENED,
    PASSED,
    SEARCHED,
    TEXT,
)
from caselaw.fingerprint.code.reading.table import Part


@dataclass(frozen=True)
class Needs:
    """What makes a search start again: how modules are to be read, and where modules are searched, too."""

    readings: frozenset[tuple[str, str]] = frozenset()
    """What is read (docstrings, annotations) of which module."""
    folders: frozenset[Path] = frozenset()


class Seeker(Protocol):
    """The search that meets what code observes."""

    resolver: Resolver
    found: Found
    made: Made
    may_start_again: bool
    """Whether it ends with StartAgainError as soon as all modules are to be read in another way."""

    def reach(self, target: Target, path: str, line: int) -> None: ...
    def warn(self, module: str, line: int, what: str) -> None: ...


class StartAgainError(Exception):
    """All modules are to be read in another way: what a search found so far is of no use."""


def _changes_tables(resolver: Resolver, what: str) -> bool:
    return what in (DOCSTRINGS, ANNOTATIONS) and (what, EVERYWHERE) not in resolver.readings


def meet(search: Seeker, module: str, part: Part) -> None:
    """Reach what a piece of code observes. Raises `StartAgainError` where that changes what was reached before."""
    for read in part.reads:
        if read.place is not None:
            if not (search.made.follows and read.what == PASSED):
                _meet_place(search, module, read)
        elif read.what == FRAMES:
            search.found.frames = True
        else:
            for owner in _modules_of(search.resolver, module, read.owner):
                search.found.readings.add((read.what, owner))
                if owner == EVERYWHERE and search.may_start_again and _changes_tables(search.resolver, read.what):
                    raise StartAgainError
    inside = {root[1:] for read in part.reads if read.place is not None for root in roots(read.place)}
    for ref in part.refs if not search.made.follows else ():
        if tuple(ref) not in inside:
            for place_module, place in _places(search.resolver, module, ref):
                if place_module != module:
                    for found in standing_for(search.resolver, place_module, place):
                        _want(search, module, Read(ref.line, "", None, place, ".".join(ref.chain)), found)


def _places(resolver: Resolver, module: str, ref: Ref) -> Iterator[tuple[str, tuple[object, ...]]]:
    for target in resolver.resolve(module, ref):
        if target.kind == NAME and not target.rest:
            place = resolver.table(target.module).bindings[target.name].place
            if place is not None:
                yield target.module, place


def _modules_of(resolver: Resolver, module: str, owner: Ref | None) -> set[str]:
    """The modules of which something is read."""
    if owner is None:
        return {EVERYWHERE}
    found: set[str] = set()
    for target in resolver.resolve(module, owner):
        if target.kind == MODULE:
            found.add(target.module)
        elif target.kind == NAME and _is_definition(resolver, target):
            found |= {cls[0] for cls in ancestors(resolver, (target.module, target.name))}
        elif target.kind in (NAME, "below"):
            found.add(EVERYWHERE)
    return found


def _is_definition(resolver: Resolver, target: Target) -> bool:
    """Whether a target is a class, a method of one, or a function, of which nothing else can be read."""
    if target.rest:
        return len(target.rest) == 1 and definition(resolver, (target.module, target.name)) is not None
    binding = resolver.table(target.module).bindings[target.name]
    return binding.definition is not None or (binding.is_function and not binding.decorators)


def _meet_place(search: Seeker, module: str, read: Read) -> None:
    for found in standing_for(search.resolver, module, read.place):
        if read.what == SEARCHED:
            _search_below(search, module, read, found)
        else:
            _want(search, module, read, found)


def _search_below(search: Seeker, module: str, read: Read, found: Wanted) -> None:
    folder, finder = found.path, search.resolver.finder
    if found.pattern is None and folder.is_dir() and finder.may_search(folder):
        search.found.folders.add(folder)
    else:
        search.warn(module, read.line, f"look-up that cannot be followed: {read.text}")


def _want(search: Seeker, module: str, read: Read, found: Wanted) -> None:
    """Count a file, or all files in a folder that match; a file of code as code."""
    own = search.resolver.path(module)
    path, pattern, sure = found
    code = search.resolver.module_at(path) if pattern is None else None
    named = bool(read.place) and read.place[0] not in (places.FILE, places.MODULE)  # a script, given to a command
    if code is not None and read.what != OPENED and not named:  # it may take any file beside the module
        code, path, pattern, sure = None, path.parent, "*", False
    if code is not None:
        search.found.readings.add((TEXT, code))
        if code != module:
            search.reach(Target(MODULE, code), str(own), read.line)
        return
    if pattern is not None or path.is_dir():
        root = search.resolver.finder.first_party.root
        if not countable(path, root):
            search.warn(module, read.line, f"files that cannot be followed: {read.text}; nothing in {path} counts")
            return
        if not sure:
            search.warn(module, read.line, f"file that is only known when it runs: {read.text}; all in {path} counts")
    search.found.wanted.setdefault(Wanted(path, pattern, sure))


def needs_of(resolver: Resolver, found: Found, before: Needs) -> Needs:
    """What a search found out about how modules are to be read, beside what was known before."""
    readings = set(before.readings)
    for what, module in found.readings:
        if what in (DOCSTRINGS, ANNOTATIONS) and not _is_read_anyway(resolver, what, module):
            readings.add((what, module))
    return Needs(frozenset(readings), before.folders | found.folders)


def _is_read_anyway(resolver: Resolver, what: str, module: str) -> bool:
    return module != EVERYWHERE and what in resolver.table(module).reads_own

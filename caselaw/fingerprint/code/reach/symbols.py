"""Symbols: named pieces of first-party code with a digest of what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from caselaw.fingerprint.code.reach.classes import ancestors, definition, of_engine
from caselaw.fingerprint.code.reach.data import files_of
from caselaw.fingerprint.code.reach.effects import OF_OTHERS
from caselaw.fingerprint.code.reach.found import Event, Found
from caselaw.fingerprint.code.reach.items import ANYWHERE, Name
from caselaw.fingerprint.code.reach.members import Kept
from caselaw.fingerprint.code.reach.resolution import EXTERNAL, NAME, Resolver, Target
from caselaw.fingerprint.code.reach.timeline import Timeline
from caselaw.fingerprint.code.reading.facts import OWN
from caselaw.fingerprint.code.reading.reads import EVERYWHERE, TEXT
from caselaw.fingerprint.code.reading.table import Binding, ClassTable, Part
from caselaw.fingerprint.distributions import MISSING
from caselaw.fingerprint.hashing import digest

_SINGLE_FILES = 200
"""More files that one line of code may read are one symbol."""


@dataclass(frozen=True)
class Symbol:
    """A function, a class header, a method, a constant, or what importing a module executes."""

    name: str
    digest: str
    path: str
    """Empty for a module that is imported but not there."""
    lines: tuple[tuple[int, int], ...]
    """First and last lines of its statements, from 1, decorators included."""


def symbols(resolver: Resolver, found: Found) -> dict[str, Symbol]:
    """All symbols that a search found, by name."""
    order = _Order(resolver, found)
    made = [*_of_modules(resolver, found, order), *_of_names(resolver, found, order)]
    made += [*_of_texts(resolver, found), *_of_data(resolver, found)]
    made += [Symbol(name, MISSING, "", ()) for name in found.missing]
    return {symbol.name: symbol for symbol in sorted(made, key=lambda symbol: symbol.name)}


def mentions(resolver: Resolver, found: Found) -> frozenset[str]:
    """Names, attributes and texts in those members of tasks that count."""
    names: set[str] = set()
    for cls in found.tasks & found.classes.keys():
        table, kept = definition(resolver, cls), found.classes[cls]
        if table is not None:
            names.update(*(table.statements[number].mentions for number in kept.statements))
            names.update(*(part.mentions for method in kept.methods for part in table.methods[method]))
    return frozenset(names)


def _of_modules(resolver: Resolver, found: Found, order: _Order) -> Iterator[Symbol]:
    for module in found.imported:
        name = f"{module}.<module>"
        if resolver.compiled(module):
            files = resolver.files(module)
            yield Symbol(name, digest(*(source.digest for source in files)), str(files[0].path), ())
            continue
        table = resolver.table(module)
        happened = order.before(module, "")
        if found.reads_order and module in found.whole:
            happened = [*happened, *sorted(table.bindings, key=lambda each: (_first_line(table.bindings[each]), each))]
        if table.effects or happened:
            yield _symbol(resolver, module, name, table.effects, happened)


def _of_texts(resolver: Resolver, found: Found) -> Iterator[Symbol]:
    """Modules whose source is read as text."""
    read = {module for what, module in found.readings if what == TEXT}
    for module in found.imported if EVERYWHERE in read else sorted(read):
        files = resolver.files(module)
        if files:
            yield Symbol(f"{module}.<source>", digest(*(source.digest for source in files)), str(files[0].path), ())


def _of_data(resolver: Resolver, found: Found) -> Iterator[Symbol]:
    """Files that are read. They are named as they lie in the project, so that other checkouts have the same names."""
    for wanted in found.wanted:
        files, _ = files_of(wanted)
        read = [(_name_of(resolver, path), resolver.sources.data(path)) for path in files]
        if len(read) > _SINGLE_FILES:
            name = f"{_name_of(resolver, wanted.path)}/{wanted.pattern or '*'}"
            yield Symbol(name, digest("files", {file: data.digest for file, data in read}), str(wanted.path), ())
            continue
        for name, data in read:
            content = MISSING if data.digest is None else digest("file", data.digest)
            yield Symbol(name, content, str(data.path) if data.digest else "", ())


def _name_of(resolver: Resolver, path: Path) -> str:
    for folder in (resolver.finder.first_party.root, *resolver.finder.installed_folders()):
        if path.is_relative_to(folder):
            return f"./{path.relative_to(folder).as_posix()}"
    return str(path)


def statuses(resolver: Resolver, found: Found) -> dict[Path, tuple[int, int]]:
    """Of the files that are read, and of the folders in which they were looked for."""
    paths = [path for wanted in found.wanted for paths in files_of(wanted) for path in paths]
    known = {path: resolver.sources.data(path).status for path in paths}
    return {path: status for path, status in known.items() if status is not None}


def _of_names(resolver: Resolver, found: Found, order: _Order) -> Iterator[Symbol]:
    for module, name in found.names:
        binding = resolver.table(module).bindings[name]
        full = f"{module}.{name}"
        kept = found.classes.get((module, name))
        happened = [*order.of((module, name)), *order.before(module, name)]
        if binding.definition is not None and kept is not None:
            is_task = (module, name) in found.tasks
            if (found.reads_order and not is_task) or _has_metaclass(resolver, (module, name)):
                happened += _members_in_order(binding.definition, kept)
            yield _header(resolver, module, full, binding.definition, kept, binding.parts, is_task, happened)
            for method in sorted(kept.methods):
                yield _symbol(resolver, module, f"{full}.{method}", binding.definition.methods[method])
        elif binding.parts:
            yield _symbol(resolver, module, full, binding.parts, happened)


def _first_line(binding: Binding) -> int:
    """Where a name is bound first; imports come before everything."""
    lines = [part.lines[0] for part in binding.parts]
    return min([*lines, *([binding.definition.head.lines[0]] if binding.definition is not None else [])], default=0)


def _has_metaclass(resolver: Resolver, cls: Name) -> bool:
    """Whether a metaclass of ours sees the members of a class, in their order."""
    tables = [definition(resolver, each) for each in ancestors(resolver, cls)]
    refs = [(ref, each) for each, t in zip(ancestors(resolver, cls), tables, strict=True) if t for ref in t.head.refs]
    return any(target.kind != EXTERNAL for ref, each in refs for target in resolver.resolve(each[0], ref))


def _members_in_order(table: ClassTable, kept: Kept) -> list[str]:
    parts = [(part, name) for name in kept.methods for part in table.methods[name]]
    parts += [(table.statements[number], name) for number in kept.statements for name in table.statements[number].names]
    return [name for part, name in sorted(parts, key=lambda pair: (pair[0].lines, pair[1]))]


class _Order:
    """In which order things register: a list of them is another one in another order."""

    def __init__(self, resolver: Resolver, found: Found) -> None:
        self.found = found
        self._timeline = Timeline(resolver, found.starts, found.imported)
        self._before: dict[Name, list[str]] = {}
        for place in sorted(found.registered):
            if place == ANYWHERE or place[0] == OF_OTHERS:
                for earlier, later in pairwise(self._sorted(place)):
                    if earlier.name or later.name or earlier.module != later.module:
                        self._before.setdefault((later.module, later.name), []).append(_label(earlier))

    def _sorted(self, place: Name) -> list[Event]:
        counted = [
            event
            for event in {**self.found.registered.get(place, {}), **self.found.registered.get(ANYWHERE, {})}
            if not event.name or (event.module, event.name) in self.found.names
        ]
        return sorted(counted, key=lambda event: (self._timeline.rank(event.module, event.line), event))

    def of(self, place: Name) -> list[str]:
        """What registers with a name, or nobody knows where, if that is more than one thing."""
        if place not in self.found.registered:
            return []
        events = list(dict.fromkeys(_label(event) for event in self._sorted(place)))
        return events if len(events) > 1 else []

    def before(self, module: str, name: str) -> list[str]:
        """What comes just before something that registers nobody knows where."""
        return self._before.get((module, name), [])


def _label(event: Event) -> str:
    return f"{event.module}.{event.name or '<module>'}"


def _header(
    resolver: Resolver,
    module: str,
    name: str,
    table: ClassTable,
    kept: Kept,
    mutations: tuple[Part, ...],
    is_task: bool,
    order: Sequence[str],
) -> Symbol:
    """Bases, decorators, keywords and members without methods; of a task, those of the engine do not count."""
    around = (*table.decorators, *table.bases)
    if is_task:
        around = tuple(part for part in around if not of_engine(resolver, module, part))
    statements = [table.statements[number] for number in sorted(kept.statements)]
    is_plain = not (table.decorators or table.bases or table.head.refs)
    if (is_task or is_plain) and _are_independent(
        resolver, module, statements
    ):  # of a dataclass or an enum the order counts
        statements.sort(key=lambda part: part.digest)
    return _symbol(resolver, module, name, (table.head, *around, *statements, *mutations), order)


def _are_independent(resolver: Resolver, module: str, statements: Sequence[Part]) -> bool:
    """Whether each of these statements in a class binds names of its own that no other one uses."""
    calls = [done.what for part in statements for done in part.calls if done.depth == 0]
    if any(target.kind != EXTERNAL for ref in calls for target in resolver.resolve(module, ref)):
        return False  # objects of ours may note in which order they come
    names = [name for part in statements for name in part.names]
    used = {name for part in statements for name in part.mentions - set(part.names)}
    return len(names) == len(set(names)) and used.isdisjoint(names)


def _symbol(resolver: Resolver, module: str, name: str, parts: Iterable[Part], order: Sequence[str] = ()) -> Symbol:
    parts = tuple(parts)
    origins: dict[str, list[str]] = {}
    for part in parts:
        for ref in part.refs:
            targets = resolver.resolve(module, ref)
            own = len(targets) == 1 and ref.level == OWN and _is_own(targets[0], module, ref.chain[0])
            if targets and not own:
                origins["." * max(ref.level, 0) + ".".join((ref.module, *ref.chain))] = _labels(targets)
    lines = sorted({part.lines for part in parts})
    meaning = ("symbol", [part.digest for part in parts], origins, *([list(order)] if order else []))
    return Symbol(name, digest(*meaning), str(resolver.path(module)), tuple(lines))


def _is_own(target: Target, module: str, name: str) -> bool:
    return target.kind == NAME and target.module == module and target.name == name


def _labels(targets: Iterable[Target]) -> list[str]:
    """Where a reference leads: the same body with another import is another symbol."""
    return [("" if target.kind != EXTERNAL else "!") + target.label for target in targets]

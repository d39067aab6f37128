"""Symbols: named pieces of first-party code with a digest of what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caselaw.fingerprint.code.classes import definition, of_engine
from caselaw.fingerprint.code.effects import Name
from caselaw.fingerprint.code.facts import OWN
from caselaw.fingerprint.code.found import Found
from caselaw.fingerprint.code.members import Kept
from caselaw.fingerprint.code.resolution import EXTERNAL, NAME, Resolver, Target
from caselaw.fingerprint.code.table import ClassTable, Part
from caselaw.fingerprint.distributions import MISSING
from caselaw.fingerprint.hashing import digest


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
    made = [*_of_modules(resolver, found), *_of_names(resolver, found)]
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


def _of_modules(resolver: Resolver, found: Found) -> Iterator[Symbol]:
    for module in found.imported:
        name = f"{module}.<module>"
        if resolver.compiled(module):
            files = resolver.files(module)
            yield Symbol(name, digest(*(source.digest for source in files)), str(files[0].path), ())
        elif effects := resolver.table(module).effects:
            yield _symbol(resolver, module, name, effects)


def _of_names(resolver: Resolver, found: Found) -> Iterator[Symbol]:
    for module, name in found.names:
        binding = resolver.table(module).bindings[name]
        full = f"{module}.{name}"
        kept = found.classes.get((module, name))
        order = _order(found, (module, name))
        if binding.definition is not None and kept is not None:
            is_task = (module, name) in found.tasks
            yield _header(resolver, module, full, binding.definition, kept, binding.parts, is_task, order)
            for method in sorted(kept.methods):
                yield _symbol(resolver, module, f"{full}.{method}", binding.definition.methods[method])
        elif binding.parts:
            yield _symbol(resolver, module, full, binding.parts, order)


def _order(found: Found, place: Name) -> dict[str, list[str]]:
    """In which order modules register things with a name: a list of them is another one in another order."""
    of_module: dict[str, list[str]] = {}
    for module, name in found.registered.get(place, ()):
        if (module, name) in found.names:
            of_module.setdefault(module, []).append(name)
    return {module: names for module, names in of_module.items() if len(names) > 1}


def _header(
    resolver: Resolver,
    module: str,
    name: str,
    table: ClassTable,
    kept: Kept,
    mutations: tuple[Part, ...],
    is_task: bool,
    order: Mapping[str, list[str]],
) -> Symbol:
    """Bases, decorators, keywords and members without methods; of a task, those of the engine do not count."""
    around = (*table.decorators, *table.bases)
    if is_task:
        around = tuple(part for part in around if not of_engine(resolver, module, part))
    statements = [table.statements[number] for number in sorted(kept.statements)]
    is_plain = not (table.decorators or table.bases or table.head.refs)
    if (is_task or is_plain) and _are_independent(statements):  # of a dataclass or an enum the order counts
        statements.sort(key=lambda part: part.digest)
    return _symbol(resolver, module, name, (table.head, *around, *statements, *mutations), order)


def _are_independent(statements: Sequence[Part]) -> bool:
    """Whether each of these statements in a class binds names of its own that no other one uses."""
    names = [name for part in statements for name in part.names]
    used = {name for part in statements for name in part.mentions - set(part.names)}
    return len(names) == len(set(names)) and used.isdisjoint(names)


def _symbol(
    resolver: Resolver, module: str, name: str, parts: Iterable[Part], order: Mapping[str, list[str]] | None = None
) -> Symbol:
    parts = tuple(parts)
    origins: dict[str, list[str]] = {}
    for part in parts:
        for ref in part.refs:
            targets = resolver.resolve(module, ref)
            own = len(targets) == 1 and ref.level == OWN and _is_own(targets[0], module, ref.chain[0])
            if targets and not own:
                origins["." * max(ref.level, 0) + ".".join((ref.module, *ref.chain))] = _labels(targets)
    lines = sorted({part.lines for part in parts})
    meaning = ("symbol", [part.digest for part in parts], origins, *([order] if order else []))
    return Symbol(name, digest(*meaning), str(resolver.path(module)), tuple(lines))


def _is_own(target: Target, module: str, name: str) -> bool:
    return target.kind == NAME and target.module == module and target.name == name


def _labels(targets: Iterable[Target]) -> list[str]:
    """Where a reference leads: the same body with another import is another symbol."""
    return [("" if target.kind != EXTERNAL else "!") + target.label for target in targets]

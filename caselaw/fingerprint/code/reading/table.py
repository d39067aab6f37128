"""What one source file defines, name by name, as the closure needs it and as the memo keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from caselaw.fingerprint.code.reading.facts import OWN, Done, Import, Lookup, Option, Read, Ref
from caselaw.fingerprint.code.reading.names import NameOrigin

MAYBE = "*?"
"""The name in a star import that stands under a condition."""


class Part(NamedTuple):
    """A statement, or as much of it as matters for one name."""

    digest: str
    lines: tuple[int, int]
    refs: tuple[Ref, ...] = ()
    imports: tuple[Import, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    below: tuple[Import, ...] = ()
    calls: tuple[Done, ...] = ()
    mutations: tuple[Done, ...] = ()
    mentions: frozenset[str] = frozenset()
    """Of a member of a class: names, attributes and strings that may be names."""
    names: tuple[str, ...] = ()
    """Of a statement in a class: what it binds."""
    value: Ref | None = None
    """Of an assignment in a class: what is called to get the value."""
    texts: tuple[str, ...] = ()
    """Of an assignment in a class: its string constants."""
    is_field: bool = False
    """Of a statement in a class: whether it may declare a field of a dataclass."""
    options: tuple[Option, ...] = ()
    """Options of law.cfg and of luigi's configuration that are read."""
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True)
class ClassTable:
    """A class at the top level of a module, in pieces."""

    head: Part
    """Name and keywords."""
    decorators: tuple[Part, ...]
    bases: tuple[Part, ...]
    statements: tuple[Part, ...]
    """All of the body but the methods."""
    methods: Mapping[str, tuple[Part, ...]]
    method_decorators: tuple[Done, ...] = ()
    """Each decorator of a method, and how often it is called."""

    def parts_of(self, member: int | str) -> tuple[Part, ...]:
        """Of a method, by name, or of a statement, by number."""
        return self.methods[member] if isinstance(member, str) else (self.statements[member],)


@dataclass(frozen=True)
class Binding:
    """A name of a module."""

    parts: tuple[Part, ...] = ()
    """The statements that bind or mutate it, without imports at the top level."""
    origins: tuple[NameOrigin, ...] = ()
    """What imports bind it to."""
    definition: ClassTable | None = None
    decorators: tuple[Done, ...] = ()
    """Of a function or class: each decorator, and how often it is called."""
    is_function: bool = False
    binders: tuple[str, ...] = ()
    """Functions that bind it under `global`, when nothing else does."""
    last: int = 0
    """The last line that binds it."""
    place: Any = None
    """The path that it stands for: see `places`."""


@dataclass(frozen=True)
class Table:
    """One source file."""

    bindings: Mapping[str, Binding] = field(default_factory=dict)
    effects: tuple[Part, ...] = ()
    """What importing the module executes beyond binding its names."""
    imports: tuple[Import, ...] = ()
    """What importing the module imports."""
    stars: tuple[Import, ...] = ()
    unused: tuple[Import, ...] = ()
    """Imports whose names nothing mentions: they are there for their effects."""
    exports: tuple[str, ...] | None = ()
    """Names in `__all__`; None when it is computed."""
    has_exports: bool = False
    has_places: bool = False
    """Whether one of the names stands for a path."""
    reads_own: tuple[str, ...] = ()
    """Whether the module itself reads its docstrings and annotations."""

    @cached_property
    def dynamic(self) -> bool:
        """Whether the module may bind names that nobody can see in its source."""
        parts = [*self.effects, *(part for binding in self.bindings.values() for part in binding.parts)]
        own = any(ref.level == OWN and ref.chain[:1] == ("*",) for part in parts for ref in part.refs)
        return own or any(lookup.text.startswith("exec") for part in parts for lookup in part.lookups)

    @property
    def lazy(self) -> bool:
        """Whether nobody knows what can be imported from the module."""
        return "__getattr__" in self.bindings


def stored(table: Table) -> list[Any]:
    """The table as plain JSON data."""
    bindings = {
        name: [
            _plain(b.parts), b.origins, _stored_class(b.definition), b.decorators, b.is_function, b.binders, b.last,
            b.place,
        ]
        for name, b in table.bindings.items()
    }  # fmt: skip
    effects = _plain(table.effects)
    imports = (table.imports, table.stars, table.unused)
    return [bindings, effects, *imports, table.exports, table.has_exports, table.has_places, table.reads_own]


def restored(entry: list[Any]) -> Table:
    """The table from what `stored` gives."""
    bindings, effects, imports, stars, unused, exports, has_exports, has_places, reads_own = entry
    return Table(
        {name: _binding(values) for name, values in bindings.items()},
        _parts(effects),
        _imports(imports),
        _imports(stars),
        _imports(unused),
        None if exports is None else tuple(exports),
        has_exports,
        has_places,
        tuple(reads_own),
    )


def _plain(parts: tuple[Part, ...]) -> list[Any]:
    return [part._replace(mentions=sorted(part.mentions)) for part in parts]  # type: ignore[arg-type]


def _stored_class(definition: ClassTable | None) -> list[Any] | None:
    if definition is None:
        return None
    methods = {name: _plain(parts) for name, parts in definition.methods.items()}
    pieces = ((definition.head,), definition.decorators, definition.bases, definition.statements)
    return [*map(_plain, pieces), methods, definition.method_decorators]


def _binding(values: list[Any]) -> Binding:
    parts, origins, definition, decorators, is_function, binders, last, place = values
    return Binding(
        _parts(parts),
        tuple(NameOrigin(level, module, tuple(chain)) for level, module, chain in origins),
        None if definition is None else _class(*definition),
        _done(decorators),
        is_function,
        tuple(binders),
        last,
        place and nested_tuple(place),
    )


def _class(head: Any, decorators: Any, bases: Any, statements: Any, methods: dict[str, Any], done: Any) -> ClassTable:
    of_methods = {name: _parts(parts) for name, parts in methods.items()}
    return ClassTable(
        _parts(head)[0], _parts(decorators), _parts(bases), _parts(statements), of_methods, _done(done)
    )  # fmt: skip


def _parts(values: list[Any]) -> tuple[Part, ...]:
    return tuple([_part(*part) for part in values])


def _part(
    digest: str,
    lines: Any,
    refs: Any,
    imports: Any,
    lookups: Any,
    below: Any,
    calls: Any,
    mutations: Any,
    mentions: Any,
    names: Any,
    value: Any,
    texts: Any,
    is_field: bool,
    options: Any,
    reads: Any,
) -> Part:
    return Part(
        digest,
        (lines[0], lines[1]),
        tuple([_ref(ref) for ref in refs]),
        _imports(imports) if imports else (),
        tuple([Lookup(line, text, owner and _ref(owner)) for line, text, owner in lookups]) if lookups else (),
        _imports(below) if below else (),
        _done(calls) if calls else (),
        _done(mutations) if mutations else (),
        frozenset(mentions),
        tuple(names),
        value and _ref(value),
        tuple(texts),
        is_field,
        tuple([Option(*option) for option in options]) if options else (),
        tuple([_read(*read) for read in reads]) if reads else (),
    )


def _read(line: int, what: str, owner: Any, place: Any, text: str) -> Read:
    return Read(line, what, owner and _ref(owner), nested_tuple(place), text)


def nested_tuple(value: Any) -> Any:
    """A place as `places` makes it."""
    return tuple([nested_tuple(part) for part in value]) if isinstance(value, list) else value


def _ref(values: Any) -> Ref:
    line, level, module, chain = values
    return Ref(line, level, module, tuple(chain))


def _imports(values: Any) -> tuple[Import, ...]:
    return tuple([Import(*found) for found in values])


def _done(values: Any) -> tuple[Done, ...]:
    return tuple([Done(_ref(what), depth) for what, depth in values])

"""What the closure must know about a piece of code besides its digest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

OWN = -1
"""The level of a name that is looked up in the module itself."""

MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "connect", "discard", "extend", "insert", "pop", "popitem", "register",
    "remove", "setdefault", "subscribe", "update", "__setitem__", "__delitem__", "__setattr__",
})  # fmt: skip
"""Methods that change what they are called on."""


READS_ORDER = frozenset({"__dict__", "globals", "locals", "vars"})
"""Names that give the members of a class or a module in the order in which they are defined."""
MENTIONS = READS_ORDER | {"__subclasses__"}
"""What matters of the mentions of a statement of the module."""

PASSED_ON = "self as a whole"
"""Among the mentions of code that hands its object to somebody who may take any attribute of it."""


class Import(NamedTuple):
    """A module that is imported; `name` of it may be a submodule, `*` stands for all public names."""

    line: int
    level: int
    module: str
    name: str = ""


class Ref(NamedTuple):
    """A reference to `chain` of a module; at level OWN to names of the module that the code is in."""

    line: int
    level: int
    module: str
    chain: tuple[str, ...] = ()


class Lookup(NamedTuple):
    """A look-up that cannot be followed; with `owner`, only when that is a module of ours."""

    line: int
    text: str
    owner: Ref | None = None


class Read(NamedTuple):
    """Something beside the values of names that code reads: see `reads` and `places`."""

    line: int
    what: str
    owner: Ref | None = None
    """Of what; None when that is only known when it runs."""
    place: Any = None
    """Of a file: where it is."""
    text: str = ""
    """Of a file: the source of the expression, for a message."""


class Done(NamedTuple):
    """Something that is called or mutated once so many calls have entered the code: at 0, on import."""

    what: Ref
    depth: int


ANY = ""
"""In place of a section or an option: which one is only known when the code runs."""


class Option(NamedTuple):
    """An option that is read; `parser` is `law` or `luigi`, `expanded` says whether `$VARIABLES` are filled in."""

    parser: str
    section: str = ANY
    option: str = ANY
    expanded: bool = False

    @property
    def name(self) -> str:
        """For records and messages, without white space."""
        where = {"law": "law.cfg", "luigi": "luigi.cfg"}[self.parser]
        place = ".".join(part or "*" for part in (self.section, self.option)) if self.section else "*"
        return f"{where}:{place}".replace(" ", "_")


@dataclass
class Facts:
    """References and look-ups of one piece of code."""

    refs: dict[Ref, None] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    below: list[Import] = field(default_factory=list)
    """Packages of which any module may be imported."""
    mentions: set[str] = field(default_factory=set)
    """Names, attributes, and strings that may be names of attributes."""
    executed: set[str] = field(default_factory=set)
    """Names of the module that are looked up on import."""
    calls: list[Done] = field(default_factory=list)
    mutations: list[Done] = field(default_factory=list)
    reads: dict[Read, None] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    """Names of the module that a function binds, under `global`."""
    options: set[Option] = field(default_factory=set)
    """Options of law.cfg and of luigi's configuration that are read."""

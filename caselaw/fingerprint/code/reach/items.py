"""What a value may be when code is followed: the items of values, and the frame of a body that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Name = tuple[str, str]
"""Module and name."""

ANYWHERE: Name = ("", "")
"""Something that the source does not show."""

Item = tuple[Any, ...]
"""What a value may be:

    ("place", module, name)          what a name of a module of ours stands for
    ("module", name)
    ("function", module, body, frame)
    ("class", module, number, frame) a class that is no name of a module
    ("object", class, arguments)     a new object of a class of ours
    ("made", bases)                  a new class
    ("partial", item, arguments)
    ("super", class, object)
    ("attribute", item, name)
    ("holds", item)                  something new that holds it
    ("external", dotted)
    ("given", dotted)                what something external gave
    ("through", item)                it, or what something external made of it
    ("code",)                        a function that is decorated
    ("unknown",)
"""
Items = frozenset[Item]

NOTHING: Items = frozenset()
UNKNOWN: Item = ("unknown",)
CODE: Item = ("code",)
"""A function that is decorated: for the decorator, one is like the other."""
CALLED = frozenset({"class", "code", "function", "made", "object", "partial"})
"""Kinds of items that are code."""
TYPES = frozenset({"builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType", "typing.NamedTupleMeta"})
"""Metaclasses of the standard library."""


class AnywhereError(Exception):
    """What is changed cannot be seen: nothing more need be followed."""


@dataclass(eq=False, repr=False)
class Frame:
    """A body that runs, with what it was given."""

    module: str
    number: int
    plain: list[Any]
    outer: Frame | None = None
    given: dict[str, Items] = field(default_factory=dict)
    results: dict[int, Items] = field(default_factory=dict)
    variables: dict[str, Items] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.module} {self.number}>"

    def of(self, number: int) -> Frame | None:
        frame: Frame | None = self
        while frame is not None and frame.number != number:
            frame = frame.outer
        return frame


def bound(plain: list[Any], given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> dict[str, Items]:
    """What a call gives to each parameter."""
    parameters, positional, (many, others), *_ = plain
    found: dict[str, Items] = {}
    extra: Items = NOTHING
    for place, items in enumerate(given):
        if place < positional:
            found[parameters[place]] = items
        else:
            extra |= items
    if many:
        found[many] = holding(extra | rest)
    by_name: Items = NOTHING
    for name, items in named.items():
        if name in parameters:
            found[name] = found.get(name, NOTHING) | items
        else:
            by_name |= items
    if others:
        found[others] = holding(by_name | rest)
    for parameter in parameters if rest else ():
        found[parameter] = found.get(parameter, NOTHING) | rest
    return found


def ordered(items: Iterable[Item]) -> list[Item]:
    """The same order in every process: how far calls are followed must not depend on it."""
    found = list(items)
    return found if len(found) < 2 else sorted(found, key=_key)


def _key(part: Any) -> str:
    if isinstance(part, tuple):
        return f"({','.join(map(_key, part))})"
    return f"{{{','.join(sorted(map(_key, part)))}}}" if isinstance(part, frozenset) else repr(part)


def frames(frame: Frame | None) -> Iterator[Frame]:
    while frame is not None:
        yield frame
        frame = frame.outer


def holding(items: Iterable[Item]) -> Items:
    return frozenset(item if item[0] == "holds" else ("holds", item) for item in items)


def shallow(item: Item) -> Item:
    """An object without what it was made of, so that objects of objects come to an end."""
    if item[0] == "object":
        return ("object", item[1], NOTHING)
    return ("holds", shallow(item[1])) if item[0] == "holds" else item

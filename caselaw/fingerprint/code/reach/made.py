"""What only says what tasks make: `output()`, and all that nothing else reaches. Paths that it names are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from caselaw.fingerprint.code.reach.classes import Class, definition
from caselaw.fingerprint.code.reach.found import Found
from caselaw.fingerprint.code.reach.members import SAYS_WHAT_IS_MADE, Kept
from caselaw.fingerprint.code.reach.resolution import Resolver
from caselaw.fingerprint.code.reading.table import Part


class Made:
    """What of a search only such code has reached so far."""

    def __init__(self) -> None:
        self.follows = False
        """Whether what is followed now was reached by such code."""
        self._only: set[tuple[Any, int | str]] = set()
        """Names, and members of classes."""

    def __bool__(self) -> bool:
        return bool(self._only)

    def note(self, reached: tuple[Any, int | str]) -> None:
        """Something is reached for the first time."""
        if self.follows:
            self._only.add(reached)

    def is_news(self, reached: tuple[Any, int | str]) -> bool:
        """Whether something that was reached like that is now reached by other code, and is to be followed again."""
        if self.follows or reached not in self._only:
            return False
        self._only.discard(reached)
        return True

    def named_by_others(self, resolver: Resolver, found: Found) -> Iterator[tuple[Class, Part]]:
        """Helpers of outputs that any code takes of another object: `Other.req(self).local_path("x")`."""
        helpers: dict[tuple[Class, int | str], tuple[tuple[Part, ...], Sequence[str]]] = {}
        for cls, member in self._only:
            table = definition(resolver, cls) if cls in found.tasks and member not in SAYS_WHAT_IS_MADE else None
            if table is not None:
                parts = table.parts_of(member)
                helpers[cls, member] = parts, [member] if isinstance(member, str) else parts[0].names
        every = sorted({name for _, names in helpers.values() for name in names})
        if not every:
            return
        mentioned = _taken(resolver, found, every)
        for reached, (parts, names) in sorted(helpers.items(), key=str):
            if not mentioned.isdisjoint(names) and self.is_news(reached):
                yield from ((reached[0], part) for part in parts)


def _taken(resolver: Resolver, found: Found, names: Sequence[str]) -> set[str]:
    """Which of these names code takes of an object, be it by a text; members of tasks take their own of `self`."""
    name = f"({'|'.join(names)})"
    of_others = re.compile(rf"(?<!\bself)(?<!\bsuper\(\))\.{name}(?!\w)|[\"']{name}[\"']".encode())
    of_any = re.compile(rf"\.{name}(?!\w)".encode())
    taken: set[bytes] = set()
    for module in found.imported:
        for text in map(resolver.sources.text, resolver.files(module)):
            taken.update(*of_others.findall(text))
            if of_any.search(text):
                taken.update(of_any.findall(_outside(resolver, found, module, text)))
    return {each.decode() for each in taken}


def _outside(resolver: Resolver, found: Found, module: str, text: bytes) -> bytes:
    """The lines of a module that are not in members of its tasks, nor of classes that nothing reaches."""
    lines = text.splitlines(keepends=True)
    for name in resolver.table(module).bindings:
        cls = (module, name)
        table = definition(resolver, cls) if cls in found.tasks or cls not in found.names else None
        for parts in table.methods.values() if table is not None else ():
            for first, last in (part.lines for part in parts):
                lines[first - 1 : last] = [b""] * (last - first + 1)
    return b"".join(lines)


def members_of(kept: Kept) -> tuple[int | str, ...]:
    return (*kept.statements, *kept.methods)


def assigns_outputs(part: Part) -> bool:
    """Whether a statement gives a class its outputs: `Task.output = …`."""
    return bool(part.mutations) and all(done.what.chain[1:2] in _ASSIGNED for done in part.mutations)


_ASSIGNED = frozenset((name,) for name in SAYS_WHAT_IS_MADE)

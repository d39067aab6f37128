"""How bodies of code run when they are followed: steps, variables, names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

from caselaw.fingerprint.code.reach import libraries
from caselaw.fingerprint.code.reach.items import (
    ANYWHERE,
    CODE,
    NOTHING,
    UNKNOWN,
    AnywhereError,
    Frame,
    Item,
    Items,
    holding,
    ordered,
)
from caselaw.fingerprint.code.reach.resolution import BELOW, EXTERNAL, MODULE, NAME, Resolver
from caselaw.fingerprint.code.reading.expressions import ANY
from caselaw.fingerprint.code.reading.facts import OWN, Ref


class Running(ABC):
    """Runs bodies, in the modules of one resolver; remembers what it found."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._frames: dict[tuple[str, int], Frame] = {}
        self._binders: dict[str, dict[str, list[int]]] = {}
        self._held: dict[Item, Items] = {}
        self._calls: dict[Any, tuple[Items, frozenset[Any]]] = {}
        self._running: set[Any] = set()
        self._changed: set[Any] = set()
        self._depth = self._count = self._quiet = 0
        self._cut = False

    @abstractmethod
    def _call(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        """What a call gives."""

    @abstractmethod
    def _change(self, item: Item, name: str) -> None:
        """Something, or what it holds under a name, is changed."""

    @abstractmethod
    def _class_step(self, frame: Frame, number: int, named: bool) -> Items:
        """A class statement."""

    @abstractmethod
    def _class_of(self, item: Item) -> Items:
        """The classes of something."""

    def _frame(self, module: str, number: int) -> Frame:
        """The frame of a statement at the top level."""
        key = (module, number)
        if key not in self._frames:
            self._frames[key] = Frame(module, number, self.resolver.deeds(module)["bodies"][number])
        return self._frames[key]

    def _run(self, frame: Frame) -> None:
        for number in range(len(frame.plain[4])):
            self._step(frame, number, again=True)

    def _step(self, frame: Frame, number: int, again: bool = False) -> Items:
        if number in frame.results and not (again and frame.outer is None):
            return frame.results[number]
        if (frame, number) in self._running:
            self._cut = True
            return NOTHING
        self._running.add((frame, number))
        was_cut, self._cut = self._cut, False
        kind, *rest = frame.plain[4][number]
        if kind == "call":
            found = self._call_step(frame, *rest)
        elif kind == "change":
            changed, name, _ = rest
            for item in ordered(self._items(frame, changed)):
                self._change(item, name)
            self._note_kept(frame, changed)
            found = NOTHING
        else:
            found = self._class_step(frame, *rest)
        self._running.discard((frame, number))
        if not self._cut:
            frame.results[number] = found
        self._cut |= was_cut
        return found

    def _call_step(self, frame: Frame, callee: Any, arguments: Any, keywords: Any, rest: Any) -> Items:
        if any(root[0] == "a" and not libraries.only_reads(root[2]) for root in callee):
            self._note_kept(frame, [root[1] for root in callee if root[0] == "a"])
        given = tuple(self._argument(frame, argument) for argument in arguments)
        named = {name: self._items(frame, value) for name, value in keywords.items()}
        others = self._items(frame, rest)
        found: set[Item] = set()
        for item in ordered(self._items(frame, callee)):
            found |= self._call(item, given, named, others)
        return frozenset(found)

    def _argument(self, frame: Frame, roots: Any) -> Items:
        if frame.outer is None and len(roots) == 1 and roots[0][0] == "f":
            functions = self.resolver.deeds(frame.module)["functions"]
            if any(roots[0][1] in bodies for bodies in functions.values()):
                return frozenset({CODE})
        return self._items(frame, roots)

    def _anywhere(self) -> None:
        """Something is changed, and nobody sees what."""
        self._changed.add(ANYWHERE)
        if not self._quiet:
            raise AnywhereError

    def _note_kept(self, frame: Frame, roots: Any) -> None:
        """Note that a function changes what the function around it made."""
        for root in roots:
            while root[0] == "a":
                root = root[1]
            owner = frame.of(root[1]) if root[0] == "v" else None
            if owner is not None and owner is not frame and owner.outer is not None:
                self._changed.add(("cell", owner))

    def _items(self, frame: Frame, roots: Iterable[Any]) -> Items:
        found: set[Item] = set()
        for root in roots:
            found |= self._root(frame, root)
        return frozenset(found)

    def _root(self, frame: Frame, root: Any) -> Items:
        kind = root[0]
        if kind == "n":
            return self._named(frame.module, root[1], root[2], tuple(root[3]))
        if kind == "a":
            return self._attributes(self._root(frame, root[1]), root[2])
        if kind == "h":
            return frozenset(holding(self._root(frame, root[1])))
        if kind == "f":
            return frozenset({("function", frame.module, root[1], frame)})
        if kind == "d":
            return frozenset({("default", frame.module, root[1])})
        if kind == "s":
            owner = frame.of(root[2])
            objects = self._variable(owner, root[3]) if owner is not None else NOTHING
            return frozenset({("super", ("place", frame.module, root[1]), item) for item in objects})
        owner = frame.of(root[1])
        if owner is None:
            return frozenset({UNKNOWN})
        return self._variable(owner, root[2]) if kind == "v" else self._step(owner, root[2])

    def _named(self, module: str, level: int, base: str, chain: tuple[str, ...]) -> Items:
        targets = self.resolver.resolve(module, Ref(0, level, base, chain))
        if not targets and level == OWN:
            return frozenset({("external", ".".join(("builtins", *chain)))})
        found: set[Item] = set()
        for target in targets:
            if target.kind == NAME:
                items: Items = frozenset({("place", target.module, target.name)})
                for name in target.rest:
                    items = self._attributes(items, name)
                found |= items
            elif target.kind == EXTERNAL:
                found.add(("external", target.dotted))
            elif target.kind == MODULE:
                found.add(("module", target.module))
            elif target.kind == BELOW:
                found.add(UNKNOWN)
        return frozenset(found)

    def _variable(self, frame: Frame, name: str) -> Items:
        if name in frame.variables:
            return frame.variables[name]
        values = frame.plain[3].get(name, ())
        found = frame.given.get(name, NOTHING)
        was_cut, self._cut = self._cut, False
        try:
            for _ in range(3):
                frame.variables[name] = found  # what it is by now, for values that are made of itself
                more = found | self._items(frame, values)
                if more == found:
                    break
                found = more
        except (AnywhereError, RecursionError):
            frame.variables.pop(name, None)
            raise
        frame.variables[name] = found
        if self._cut:
            del frame.variables[name]
        self._cut |= was_cut
        return found

    def _attributes(self, items: Iterable[Item], name: str) -> Items:
        return frozenset(found for item in items for found in self._attribute(item, name))

    def _attribute(self, item: Item, name: str) -> Iterable[Item]:
        kind = item[0]
        if kind == "holds" and name == ANY:
            return (item[1],)
        if kind == "external":
            return (("external", f"{item[1]}.{name}"),) if name != ANY else (("given", item[1]),)
        if kind == "module":
            if name in (ANY, "__dict__"):
                return (item,)
            return self._named(item[1], OWN, "", (name,))
        if kind == "given" and name == ANY:
            return (item,)
        if kind == "through":
            return frozenset(("through", each) for each in self._attribute(item[1], name))
        if name == "__class__":
            return self._class_of(item)
        depth, inner = 0, item
        while inner[0] == "attribute":
            depth, inner = depth + 1, inner[1]
        return (("attribute", ("attribute", inner, ANY) if depth >= 3 else item, name),)

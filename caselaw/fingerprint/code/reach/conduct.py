"""What executing a statement of a module changes beyond itself, followed through calls and across modules.

Each call is followed with what it is given. Conditions and the order of statements do not count: whatever may
happen, happens. Where nothing more can be seen, the answer is ANYWHERE.
"""

from __future__ import annotations

from caselaw.fingerprint.code.reach import libraries
from caselaw.fingerprint.code.reach.calls import Calls
from caselaw.fingerprint.code.reach.items import ANYWHERE, AnywhereError, Item, Name, ordered
from caselaw.fingerprint.code.reading.expressions import ANY


class Conduct(Calls):
    """Answers for the modules of one resolver; remembers what it found."""

    def changes(self, module: str, line: int) -> frozenset[Name]:
        """What the statement that starts in a line changes when the module is imported."""
        self._changed, self._running, self._cut = set(), set(), False
        self._count = self._depth = self._quiet = 0
        try:
            for number in self.resolver.deeds(module)["statements"].get(str(line), ()):
                frame = self._frame(module, number)
                self._run(frame)
                for name in frame.plain[3]:
                    self._variable(frame, name)
        except (AnywhereError, RecursionError):
            self._changed.add(ANYWHERE)
        if ANYWHERE in self._changed:  # what else was found by then depends on where it began
            return frozenset({ANYWHERE})
        return frozenset(name for name in self._changed if name[0] != "cell")

    def _change(self, item: Item, name: str) -> None:
        """Something, or what it holds under a name, is changed."""
        kind = item[0]
        if kind in ("external", "unknown") or (kind == "given" and not libraries.gives_new(item[1])):
            self._anywhere()
        elif kind == "module":
            bound = name in self.resolver.table(item[1]).bindings
            if bound:
                self._changed.add((item[1], name))
            else:
                self._anywhere()
        elif kind == "place":
            self._change_place(item)
        elif kind == "attribute":
            self._change_part(item)
        elif kind == "through":
            self._change(item[1], name)
        elif kind == "default":
            self._changed |= self._named_body(item[1], item[2])

    def _named_body(self, module: str, number: int) -> set[Name]:
        """The names of the module, or the class, that a function is."""
        plain = self.resolver.deeds(module)
        names = {name for name, bodies in plain["functions"].items() if number in bodies}
        for table in plain["classes"]:
            if any(number == body for bodies in table["methods"].values() for body, _ in bodies):
                names.add(table["name"])
        return {(module, name) for name in names if name in self.resolver.table(module).bindings}

    def _change_place(self, place: Item) -> None:
        if (place[1], place[2]) in self._changed and ("change", place) in self._running:
            return
        self._changed.add((place[1], place[2]))
        self._running.add(("change", place))
        for each in ordered(self.held(place)):
            if each[0] in ("place", "external", "given", "attribute", "module", "unknown") and each != place:
                self._change(each, ANY)
        self._running.discard(("change", place))

    def _change_part(self, item: Item) -> None:
        """What an attribute of something stands for is changed."""
        _, owner, name = item
        if ("part", item) in self._running:
            return
        self._running.add(("part", item))
        if self._is_class(owner):
            self._change_class(owner)
        elif owner[0] == "super":
            self._change(("attribute", owner[2], name), ANY)
        elif owner[0] == "place":
            self._change_place(owner)
        elif owner[0] in ("external", "unknown", "module", "given", "attribute"):
            self._change(owner, ANY)
        elif owner[0] == "holds":
            self._change(owner[1], ANY)
        for each in self._objects(owner):
            if name == ANY or self._member(self._order(each[1]), name):
                self._change_class(each[1])
        for value in ordered(self._within(item)):
            if value != item:
                self._change(value, ANY)
        self._running.discard(("part", item))

    def _change_class(self, cls: Item) -> None:
        """Something that a class holds is changed: a base class may hold it."""
        for each in self._order(cls):
            if each[0] == "place":
                self._changed.add((each[1], each[2]))

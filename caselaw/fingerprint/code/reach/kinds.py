"""What names and attributes stand for when code is followed: objects, classes, and where a class defines what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from caselaw.fingerprint.code.reach.items import CALLED, CODE, NOTHING, TYPES, UNKNOWN, Frame, Item, Items, ordered
from caselaw.fingerprint.code.reach.resolution import NAME
from caselaw.fingerprint.code.reach.running import Running
from caselaw.fingerprint.code.reading.expressions import ANY


class Kinds(Running):
    """Knows the kinds of things."""

    def _class_of(self, item: Item) -> Items:
        if item == CODE:
            return frozenset({("external", "builtins.type")})
        if item[0] == "object":
            return frozenset({item[1]})
        if self._is_class(item):
            return self._metaclasses([item]) or frozenset({("external", "builtins.type")})
        if item[0] == "place":
            held = self._objects(item)
            return frozenset(each[1] for each in held) or frozenset({UNKNOWN})
        return frozenset({UNKNOWN})

    def held(self, place: Item) -> Items:
        """What a name of a module of ours may stand for, as its assignments say."""
        if place in self._held:
            return self._held[place]
        if ("held", place) in self._running:
            self._cut = True
            return NOTHING
        self._running.add(("held", place))
        self._quiet += 1
        outer, self._changed = self._changed, set()
        was_cut, self._cut = self._cut, False
        _, module, name = place
        found: set[Item] = set()
        for number in self._binding_bodies(module).get(name, ()):
            found |= self._variable(self._frame(module, number), name)
        self._changed = outer
        self._running.discard(("held", place))
        self._quiet -= 1
        for target in self.resolver.starred_names(module, name) if found else ():
            if target.kind == NAME and not target.rest:
                found.add(("place", target.module, target.name))
        answer = frozenset(item for item in found if not _of_code(item))  # the function itself is among them
        if not self._cut:
            self._held[place] = answer
        self._cut |= was_cut
        return answer

    def _binding_bodies(self, module: str) -> dict[str, list[int]]:
        if module not in self._binders:
            known: dict[str, list[int]] = {}
            plain = self.resolver.deeds(module)
            for numbers in plain["statements"].values():
                for number in numbers:
                    for name in plain["bodies"][number][3]:
                        known.setdefault(name, []).append(number)
            self._binders[module] = known
        return self._binders[module]

    def _objects(self, item: Item) -> list[Item]:
        """The objects of classes of ours that something is, a name followed."""
        if item[0] == "object":
            return [item]
        if item[0] == "through":
            return self._objects(item[1])
        if item[0] == "place" and not self._is_class(item):
            return [each for each in ordered(self.held(item)) if each[0] == "object"]
        if item[0] == "attribute":
            return [each for each in ordered(self._within(item)) if each[0] == "object"]
        return []

    # Classes

    def _is_class(self, item: Item) -> bool:
        return item[0] in ("class", "made") or (item[0] == "place" and bool(self._class_numbers(item)))

    def _class_numbers(self, place: Item) -> list[int]:
        found: list[int] = self.resolver.deeds(place[1])["named"].get(place[2], [])
        return found

    def _tables(self, item: Item) -> Iterator[tuple[str, Frame, dict[str, Any]]]:
        """The statements of a class: module, frame and table."""
        if item[0] == "class":
            yield item[1], item[3], self.resolver.deeds(item[1])["classes"][item[2]]
        elif item[0] == "place":
            for number in self._class_numbers(item):
                table = self.resolver.deeds(item[1])["classes"][number]
                yield item[1], self._frame(item[1], table["body"]), table

    def _order(self, item: Item, seen: tuple[Item, ...] = ()) -> list[Item]:
        """A class and its bases of ours, nearest first; at the end external ones."""
        found = [item]
        bases: list[Item] = list(item[1]) if item[0] == "made" else []
        if item[0] == "place" and not self._is_class(item):
            bases += ordered(self.held(item) - {item})
        for _, frame, table in self._tables(item):
            bases += [base for value in table["bases"] for base in ordered(self._items(frame, value))]
        for base in bases:
            if base not in seen:
                found += self._order(base, (*seen, item))
        return list(dict.fromkeys(reversed(found)))[::-1]  # a common base comes after all that derive from it

    def _metaclasses(self, classes: Iterable[Item]) -> Items:
        """The metaclasses of ours of some classes."""
        found: set[Item] = set()
        for cls in classes:
            for each in self._order(cls):
                for _, frame, table in self._tables(each):
                    found |= self._items(frame, table["keywords"].get("metaclass", ()))
        return frozenset(item for item in found if self._is_class(item))

    def _is_metaclass(self, item: Item) -> bool:
        return any(each[0] == "external" and each[1] in TYPES for each in self._order(item))

    def _member(self, classes: Iterable[Item], name: str) -> list[tuple[str, Frame, int | None, str]]:
        """Where the first of some classes that has a name defines it: its methods, or the values of the attribute."""
        for each in classes:
            for module, frame, table in self._tables(each):
                if name in table["methods"]:
                    return [(module, frame, body, kind) for body, kind in table["methods"][name]]
                if name in table["names"]:
                    return [(module, frame, None, f"{name} of class")]
        return []

    def _is_imported(self, item: Item) -> bool:
        """Whether a name stands for a module or something else that is imported under conditions."""
        binding = self.resolver.table(item[1]).bindings.get(item[2]) if item[0] == "place" else None
        return binding is not None and bool(binding.origins)

    def _definers(self, owner: Item) -> Iterator[tuple[list[Item], Item, bool]]:
        """Classes in which an attribute of something is looked up, its object, and whether methods get that."""
        if owner[0] == "object":
            yield self._order(owner[1]), owner, True
        elif owner[0] == "super":
            for classes in self._after(owner[1], owner[2]):
                yield classes, owner[2], True
        elif self._is_class(owner):
            yield self._order(owner), owner, False
            for metaclass in ordered(self._metaclasses([owner])):
                yield self._order(metaclass), owner, True
        else:
            for each in self._objects(owner):
                yield self._order(each[1]), owner, True

    def _after(self, cls: Item, this: Item) -> list[list[Item]]:
        """Where `super()` in a method of `cls` goes on: after it in the order of the object's own classes."""
        if this[0] == "object":
            classes = [this[1]]
        elif self._is_class(this):
            classes = [this, *ordered(self._metaclasses([this]))]
        else:
            classes = [each[1] for each in self._objects(this)]
        orders = [order for order in map(self._order, classes) if cls in order]
        return [order[order.index(cls) + 1 :] for order in orders or [self._order(cls)]]

    def _is_code(self, item: Item) -> bool:
        """Whether something is code of ours, or holds some."""
        kind = item[0]
        if kind in CALLED:
            return True
        if kind in ("holds", "through"):
            return self._is_code(item[1])
        if kind == "attribute":
            return self._is_class(item[1]) or any(each != item and self._is_code(each) for each in self._within(item))
        if kind != "place" or ("code", item) in self._running:
            return False
        self._running.add(("code", item))
        found = self._is_class(item) or any(each != item and self._is_code(each) for each in self.held(item))
        self._running.discard(("code", item))
        return found

    # Attributes

    def _within(self, item: Item) -> list[Item]:
        """What an attribute may stand for, as assignments say."""
        _, owner, name = item
        key = ("within", item)
        if key in self._running:
            return []
        self._running.add(key)
        found: list[Item] = []
        for classes, _, _ in self._definers(owner):
            for _, frame, body, variable in self._member(classes, name):
                found += self._variable(frame, variable) if body is None else ()
        for each in self._objects(owner):
            found += self._stored(each, name)
        if owner[0] == "attribute":
            for value in ordered(self._within(owner)):
                found += self._attribute(value, name)
        if owner[0] == "place" and not self._is_class(owner):
            for value in ordered(self.held(owner)):
                if value[0] == "holds":
                    found += self._attribute(value, name) if name == ANY else ()
                elif value != owner and value[0] in ("place", "external", "module"):
                    found += self._attribute(value, name)
        self._running.discard(key)
        return [each for each in dict.fromkeys(found) if each != item]

    def _stored(self, item: Item, name: str) -> Iterator[Item]:
        """What methods of a class of ours put into an attribute of their object."""
        _, cls, given = item
        seen = False
        for each in self._order(cls):
            for module, frame, table in self._tables(each):
                for method, bodies in table["methods"].items():
                    for body, _ in bodies:
                        plain = self.resolver.deeds(module)["bodies"][body]
                        for step in plain[4]:
                            if step[0] == "change" and step[2] == name and _is_object(step[1], plain, body):
                                seen = True
                                inner = Frame(module, body, plain, frame)
                                rest = given if method in ("__init__", "__new__") else frozenset({UNKNOWN})
                                inner.given = dict.fromkeys(plain[0][1:], rest)
                                inner.given[plain[0][0]] = frozenset({item})
                                yield from self._items(inner, step[3])
        if not seen:
            yield from given


def _of_code(item: Item) -> bool:
    while item[0] in ("attribute", "holds", "partial", "through"):
        item = item[1]
    return item == CODE


def _is_object(roots: Any, plain: list[Any], body: int) -> bool:
    """Whether a value is the first argument of a method."""
    return bool(plain[0]) and any(tuple(root) == ("v", body, plain[0][0]) for root in roots)

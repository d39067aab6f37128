"""What executing a statement of a module changes beyond itself, followed through calls and across modules.

Each call is followed with what it is given. Conditions and the order of statements do not count: whatever may
happen, happens. Where nothing more can be seen, the answer is ANYWHERE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code import libraries
from caselaw.fingerprint.code.deeds import ANY
from caselaw.fingerprint.code.facts import OWN, Ref
from caselaw.fingerprint.code.resolution import BELOW, EXTERNAL, MODULE, NAME, Resolver

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
    ("unknown",)
"""
Items = frozenset[Item]

NOTHING: Items = frozenset()
UNKNOWN: Item = ("unknown",)
_LONGEST = 24
"""Calls within calls that are followed."""
_MOST = 800
"""Calls that are followed for one statement."""
_WITH_PARTS = frozenset({"attribute", "external", "holds", "module", "place", "unknown"})
_CALLED = frozenset({"class", "function", "made", "object", "partial"})
_TYPES = frozenset({"builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType", "typing.NamedTupleMeta"})


class _TooMuchError(Exception):
    """More calls than are followed."""


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

    def of(self, number: int) -> Frame | None:
        frame: Frame | None = self
        while frame is not None and frame.number != number:
            frame = frame.outer
        return frame


class Conduct:
    """Answers for the modules of one resolver; remembers what it found."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._frames: dict[tuple[str, int], Frame] = {}
        self._binders: dict[str, dict[str, list[int]]] = {}
        self._held: dict[Item, Items] = {}
        self._calls: dict[Any, tuple[Items, frozenset[Any]]] = {}
        self._running: set[Any] = set()
        self._changed: set[Any] = set()
        self._depth = self._count = 0
        self._cut = False

    def changes(self, module: str, line: int) -> frozenset[Name]:
        """What the statement that starts in a line changes when the module is imported."""
        self._changed, self._running, self._cut = set(), set(), False
        self._count = self._depth = 0
        try:
            for number in self.resolver.deeds(module)["statements"].get(str(line), ()):
                frame = self._frame(module, number)
                self._run(frame)
                for name in frame.plain[3]:
                    self._variable(frame, name)
        except (_TooMuchError, RecursionError):
            for frame in self._frames.values():
                frame.results.clear()
                frame.variables.clear()
            self._changed.add(ANYWHERE)
        return frozenset(name for name in self._changed if name[0] != "cell")

    # Running

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
            for item in self._items(frame, changed):
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
        given = tuple(self._items(frame, argument) for argument in arguments)
        named = {name: self._items(frame, value) for name, value in keywords.items()}
        others = self._items(frame, rest)
        found: set[Item] = set()
        for item in self._items(frame, callee):
            found |= self._call(item, given, named, others)
        return frozenset(found)

    def _note_kept(self, frame: Frame, roots: Any) -> None:
        """Note that a function changes what the function around it made."""
        for root in roots:
            while root[0] == "a":
                root = root[1]
            owner = frame.of(root[1]) if root[0] == "v" else None
            if owner is not None and owner is not frame and owner.outer is not None:
                self._changed.add(("cell", owner))

    def _class_step(self, frame: Frame, number: int, named: bool) -> Items:
        plain = self.resolver.deeds(frame.module)["classes"][number]
        item: Item = ("class", frame.module, number, frame)
        if named and number in self.resolver.deeds(frame.module)["named"].get(plain["name"], ()):
            item = ("place", frame.module, plain["name"])
        bases = [base for value in plain["bases"] for base in self._items(frame, value)]
        metaclass = self._items(frame, plain["keywords"].get("metaclass", ()))
        keywords = {k: self._items(frame, v) for k, v in plain["keywords"].items() if k != "metaclass"}
        self._create(item, bases, metaclass, keywords)
        for name in plain["names"]:
            self._set_name(item, self._variable(frame, f"{name} of class"))
        return frozenset({item})

    def _set_name(self, cls: Item, members: Items) -> None:
        """Tell the members of a class that they are."""
        for value in members:
            inner = value[1] if value[0] == "holds" else value
            if inner[0] == "object":
                self._method(inner, "__set_name__", (frozenset({cls}), NOTHING), {}, NOTHING)

    # Values

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
            return frozenset(_holding(self._root(frame, root[1])))
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
        for _ in range(3):
            frame.variables[name] = found  # what it is by now, for values that are made of itself
            more = found | self._items(frame, values)
            if more == found:
                break
            found = more
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

    def _class_of(self, item: Item) -> Items:
        if item[0] == "object":
            return frozenset({item[1]})
        if self._is_class(item):
            return self._metaclasses([item]) or frozenset({("external", "builtins.type")})
        if item[0] == "place":
            held = self._objects(item)
            return frozenset(each[1] for each in held) or frozenset({UNKNOWN})
        return frozenset({UNKNOWN})

    # What names hold

    def held(self, place: Item) -> Items:
        """What a name of a module of ours may stand for, as its assignments say."""
        if place in self._held:
            return self._held[place]
        if ("held", place) in self._running:
            self._cut = True
            return NOTHING
        self._running.add(("held", place))
        outer, self._changed = self._changed, set()
        was_cut, self._cut = self._cut, False
        _, module, name = place
        found: set[Item] = set()
        for number in self._binding_bodies(module).get(name, ()):
            found |= self._variable(self._frame(module, number), name)
        self._changed = outer
        self._running.discard(("held", place))
        for target in self.resolver.starred_names(module, name) if found else ():
            if target.kind == NAME and not target.rest:
                found.add(("place", target.module, target.name))
        answer = frozenset(found)
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
            return [each for each in self.held(item) if each[0] == "object"]
        if item[0] == "attribute":
            return [each for each in self._within(item) if each[0] == "object"]
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
            bases += sorted(self.held(item) - {item}, key=str)
        for _, frame, table in self._tables(item):
            bases += [base for value in table["bases"] for base in sorted(self._items(frame, value), key=str)]
        for base in bases:
            if base not in seen and base not in found:
                found += [each for each in self._order(base, (*seen, item)) if each not in found]
        return found

    def _metaclasses(self, classes: Iterable[Item]) -> Items:
        """The metaclasses of ours of some classes."""
        found: set[Item] = set()
        for cls in classes:
            for each in self._order(cls):
                for _, frame, table in self._tables(each):
                    found |= self._items(frame, table["keywords"].get("metaclass", ()))
        return frozenset(item for item in found if self._is_class(item))

    def _is_metaclass(self, item: Item) -> bool:
        return any(each[0] == "external" and each[1] in _TYPES for each in self._order(item))

    def _create(self, item: Item, bases: Iterable[Item], metaclass: Items, keywords: dict[str, Items]) -> None:
        """What the creation of a class runs of its base classes and metaclass."""
        bases = list(bases)
        new = frozenset({item})
        for base in bases:
            if keywords and base[0] in ("external", "given") and not libraries.is_pure(base[1]):
                self._changed.add(ANYWHERE)
        self._method(("super", item, item), "__init_subclass__", (), keywords, NOTHING)
        held = frozenset(("holds", base) for base in bases)
        code = frozenset({("holds", item)})
        for each in self._metaclasses(bases) | metaclass:
            if self._is_class(each):
                self._method(each, "__new__", (frozenset({each}), NOTHING, held, code), keywords, NOTHING, bare=True)
                self._method(each, "__init__", (new, NOTHING, held, code), keywords, NOTHING, bare=True)
            else:
                self._call(each, (NOTHING, held, code), keywords, NOTHING)

    def _instance(self, cls: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        if self._is_metaclass(cls):
            bases = [item[1] if item[0] == "holds" else item for item in (given[1] if len(given) > 1 else ())]
            item: Item = ("made", tuple(sorted(bases, key=str)))
            self._create(item, bases, frozenset({cls}), named)
            self._set_name(item, given[2] if len(given) > 2 else rest)
            return frozenset({item})
        everything = tuple(dict.fromkeys((*given, *named.values(), rest)))
        shallow = tuple(frozenset(_shallow(item) for item in items) for items in everything)
        made = frozenset({("object", cls, frozenset().union(*shallow))})
        for metaclass in self._metaclasses([cls]):
            self._method(metaclass, "__call__", (frozenset({cls}), *given), named, rest, bare=True)
        self._method(cls, "__new__", (frozenset({cls}), *given), named, rest, bare=True)
        for name in ("__init__", "__post_init__", "__attrs_post_init__"):
            self._method(cls, name, (made, *(given if name == "__init__" else ())), named, rest, bare=True)
        return made

    def _member(self, classes: Iterable[Item], name: str) -> list[tuple[str, Frame, int | None, str]]:
        """Where the first of some classes that has a name defines it: its methods, or the values of the attribute."""
        for each in classes:
            for module, frame, table in self._tables(each):
                if name in table["methods"]:
                    return [(module, frame, body, kind) for body, kind in table["methods"][name]]
                if name in table["names"]:
                    return [(module, frame, None, f"{name} of class")]
        return []

    # Calls

    def _call(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        """What a call gives."""
        self._count += 1
        if self._count > _MOST:
            raise _TooMuchError
        kind = item[0]
        if kind == "function":
            return self._function(item, given, named, rest)
        if kind == "place":
            if self._is_class(item):
                return self._instance(item, given, named, rest)
            return self._call_place(item, given, named, rest)
        if kind in ("class", "made"):
            return self._instance(item, given, named, rest)
        if kind == "partial":
            return self._call(item[1], (*item[2], *given), named, rest)
        if kind == "object":
            return self._method(item, "__call__", given, named, rest) or NOTHING
        if kind in ("external", "given"):
            return self._external(item, given, named, rest)
        if kind == "attribute":
            return self._method(item[1], item[2], given, named, rest, item=item) or NOTHING
        if kind == "through":
            inner = item[1]
            is_call = inner[0] in _CALLED or (inner[0] == "place" and self._is_code(inner))
            is_method = inner[0] == "attribute" and inner[2] != ANY
            return self._call(inner, given, named, rest) if is_call or is_method else NOTHING
        if kind == "holds":
            return NOTHING
        self._changed.add(ANYWHERE)
        return frozenset({UNKNOWN})

    def _call_place(self, place: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        found: set[Item] = set()
        for each in self.held(place):
            if each[0] == "object":
                found |= self._method(place, "__call__", given, named, rest) or NOTHING
            elif each[0] != "holds" and each != place:
                outer, self._changed = self._changed, set()
                found |= self._call(each, given, named, rest)
                if each[0] == "function" and any(("cell", frame) in self._changed for frame in _frames(each[3])):
                    self._change_together(place)  # what a function keeps to itself belongs to its name
                self._changed |= outer
        return frozenset(found)

    def _change_together(self, place: Item) -> None:
        """Change all names of the statements that bind a name."""
        for number in self._binding_bodies(place[1]).get(place[2], ()):
            self._changed.update((place[1], name) for name in self._frame(place[1], number).plain[3])

    def _method(
        self,
        owner: Item,
        name: str,
        given: tuple[Items, ...],
        named: dict[str, Items],
        rest: Items,
        bare: bool = False,
        item: Item | None = None,
    ) -> Items | None:
        """A call of an attribute; `bare` gives no object to it. Without `item`, only if it is defined by ours."""
        found: set[Item] = set()
        seen = False
        for classes, this, is_bound in self._definers(owner):
            for module, frame, body, kind in self._member(classes, name):
                seen = True
                if body is None:
                    for value in self._variable(frame, kind):
                        found |= self._call(value, given, named, rest)
                    continue
                start: tuple[Items, ...] = ()
                if kind == "class":
                    start = (frozenset({this}) if self._is_class(this) else self._class_of(this),)
                elif not bare and is_bound and kind != "static" and name != "__new__":
                    start = (frozenset({this}),)
                found |= self._call(("function", module, body, frame), (*start, *given), named, rest)
        if seen or item is None:
            return frozenset(found) if seen else None
        values = [value for value in self._within(item) if value != item]
        if values:
            for value in values:
                found |= self._call(value, given, named, rest)
            if not libraries.only_reads(name) and not self._is_imported(owner):
                self._change(owner, ANY)
            return frozenset(found)
        return self._method_of_others(owner, name, given, named, rest)

    def _is_imported(self, item: Item) -> bool:
        """Whether a name stands for a module or something else that is imported under conditions."""
        binding = self.resolver.table(item[1]).bindings.get(item[2]) if item[0] == "place" else None
        return binding is not None and bool(binding.origins)

    def _definers(self, owner: Item) -> Iterator[tuple[list[Item], Item, bool]]:
        """Classes in which an attribute of something is looked up, its object, and whether methods get that."""
        if owner[0] == "object":
            yield self._order(owner[1]), owner, True
        elif owner[0] == "super":
            yield self._order(owner[1])[1:], owner[2], True
        elif self._is_class(owner):
            yield self._order(owner), owner, False
            for metaclass in self._metaclasses([owner]):
                yield self._order(metaclass), owner, True
        else:
            for each in self._objects(owner):
                yield self._order(each[1]), owner, True

    def _method_of_others(
        self, owner: Item, name: str, given: tuple[Items, ...], named: dict[str, Items], rest: Items
    ) -> Items:
        """A method that no class of ours defines."""
        everything = frozenset().union(*given, *named.values(), rest)
        kind = owner[0]
        if kind == "super":
            bases = [each[1] for items in given[2:3] for each in items if each[0] == "holds"]
            if name == "__new__":
                return frozenset({("made", tuple(sorted(bases, key=str))) if bases else _new(owner)})
            return NOTHING if name.startswith("__") else frozenset({("attribute", owner[2], ANY)})
        if kind == "holds":
            whole = name in ("copy", "items", "keys", "values")
            return everything | {owner} if whole else everything | {owner, owner[1]}
        if kind in ("function", "object", "class"):
            return everything
        if name == "__new__" and self._is_class(owner):
            return frozenset({_new(owner)})
        if kind == "given":
            code = any(map(self._is_code, everything)) and not libraries.is_pure(f"{owner[1]}.{name}")
            if not libraries.only_reads(name) and (code or not libraries.gives_new(owner[1])):
                self._changed.add(ANYWHERE)
            return everything | {owner}
        if name == ANY:
            self._changed.add(ANYWHERE)
        if not libraries.only_reads(name):
            if not (kind == "place" and name in ("__enter__", "__exit__")):
                self._change(owner, ANY)
        elif kind == "unknown" and any(map(self._is_code, everything)):
            self._changed.add(ANYWHERE)
        return frozenset({("attribute", owner, ANY)}) if kind != "unknown" else frozenset({owner})

    def _function(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        _, module, number, outer = item
        key = (item, given, tuple(sorted(named.items(), key=lambda pair: pair[0])), rest)
        if key in self._calls:
            found, changed = self._calls[key]
            self._changed |= changed
            return found
        if key in self._running:
            self._cut = True
            return NOTHING
        if self._depth >= _LONGEST:
            raise _TooMuchError
        before, self._changed = self._changed, set()
        was_cut, self._cut = self._cut, False
        self._running.add(key)
        self._depth += 1
        frame = Frame(module, number, self.resolver.deeds(module)["bodies"][number], outer)
        frame.given = _bound(frame.plain, given, named, rest)
        self._run(frame)
        found = self._items(frame, frame.plain[5])
        self._depth -= 1
        self._running.discard(key)
        if not self._cut:
            self._calls[key] = (found, frozenset(self._changed))
        self._cut |= was_cut
        self._changed |= before
        return found

    def _external(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        """A call of a function of others, or of what it gave."""
        dotted = item[1].removesuffix(".__call__")
        everything: Items = frozenset().union(*given, *named.values(), rest)
        if dotted == "builtins.type" and len(given) == 1:
            return frozenset().union(*(self._class_of(each) for each in given[0]))
        if dotted in _TYPES | {"types.new_class"} and len(given) > 1:
            bases = [each[1] if each[0] == "holds" else each for each in given[1]]
            made: Item = ("made", tuple(sorted(bases, key=str)))
            self._create(made, bases, NOTHING, named)
            self._set_name(made, given[2] if len(given) > 2 else rest)
            return frozenset({made})
        if dotted in ("functools.partial", "functools.partialmethod") and given:
            return frozenset(("partial", each, given[1:]) for each in given[0]) | _holding(rest)
        if dotted == "copy.deepcopy":
            return frozenset({("given", dotted)})
        if item == ("given", "operator.attrgetter"):
            return self._attributes(everything, ANY)
        if item == ("given", "operator.methodcaller"):
            for each in everything:
                self._change(each, ANY)
            return everything
        if libraries.changes_first(dotted):
            for each in given[0] if given else everything:
                self._change(each, ANY)
        if libraries.calls_first(dotted):
            self._call_back(given, named)
        if libraries.registers(dotted) or (not libraries.is_pure(dotted) and any(map(self._is_code, everything))):
            self._changed.add(ANYWHERE)
        parts = self._attributes((each for each in everything if each[0] in _WITH_PARTS), ANY)
        through = frozenset(
            each if each[0] in ("holds", "through") else ("through", each) for each in parts | everything
        )
        held = _holding(everything)
        if dotted.rpartition(".")[2][:1].isupper():
            return held | {("given", dotted)}
        return held | through | {("given", dotted)}

    def _call_back(self, given: tuple[Items, ...], named: dict[str, Items]) -> None:
        """`map(f, items)`, `sorted(items, key=f)`: everything callable is called with parts of the others."""
        everything = frozenset().union(*given, *named.values())
        parts = self._attributes(everything, ANY)
        for each in everything:
            if each[0] in ("function", "partial", "place", "object") and self._is_code(each):
                self._call(each, (parts, parts), {}, parts)

    def _is_code(self, item: Item) -> bool:
        """Whether something is code of ours, or holds some."""
        kind = item[0]
        if kind in _CALLED:
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

    # Changes

    def _change(self, item: Item, name: str) -> None:
        """Something, or what it holds under a name, is changed."""
        kind = item[0]
        if kind in ("external", "unknown") or (kind == "given" and not libraries.gives_new(item[1])):
            self._changed.add(ANYWHERE)
        elif kind == "module":
            bound = name in self.resolver.table(item[1]).bindings
            self._changed.add((item[1], name) if bound else ANYWHERE)
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
        for each in self.held(place):
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
        for value in self._within(item):
            if value != item:
                self._change(value, ANY)
        self._running.discard(("part", item))

    def _change_class(self, cls: Item) -> None:
        """Something that a class holds is changed: a base class may hold it."""
        for each in self._order(cls):
            if each[0] == "place":
                self._changed.add((each[1], each[2]))

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
            for value in self._within(owner):
                found += self._attribute(value, name)
        if owner[0] == "place" and not self._is_class(owner):
            for value in self.held(owner):
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


def _is_object(roots: Any, plain: list[Any], body: int) -> bool:
    """Whether a value is the first argument of a method."""
    return bool(plain[0]) and any(tuple(root) == ("v", body, plain[0][0]) for root in roots)


def _bound(plain: list[Any], given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> dict[str, Items]:
    """What a call gives to each parameter."""
    parameters, positional, (many, others), *_ = plain
    bound: dict[str, Items] = {}
    extra: Items = NOTHING
    for place, items in enumerate(given):
        if place < positional:
            bound[parameters[place]] = items
        else:
            extra |= items
    if many:
        bound[many] = _holding(extra | rest)
    by_name: Items = NOTHING
    for name, items in named.items():
        if name in parameters:
            bound[name] = bound.get(name, NOTHING) | items
        else:
            by_name |= items
    if others:
        bound[others] = _holding(by_name | rest)
    for parameter in parameters if rest else ():
        bound[parameter] = bound.get(parameter, NOTHING) | rest
    return bound


def _frames(frame: Frame | None) -> Iterator[Frame]:
    while frame is not None:
        yield frame
        frame = frame.outer


def _holding(items: Iterable[Item]) -> Items:
    return frozenset(item if item[0] == "holds" else ("holds", item) for item in items)


def _shallow(item: Item) -> Item:
    """An object without what it was made of, so that objects of objects come to an end."""
    if item[0] == "object":
        return ("object", item[1], NOTHING)
    return ("holds", _shallow(item[1])) if item[0] == "holds" else item


def _new(owner: Item) -> Item:
    cls = owner[1] if owner[0] == "super" else owner
    return ("object", cls, NOTHING)

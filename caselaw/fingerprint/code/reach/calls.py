"""What calls do when code is followed: of functions, of classes, of methods, of what others provide."""

from __future__ import annotations

from collections.abc import Iterable

from caselaw.fingerprint.code.reach import libraries
from caselaw.fingerprint.code.reach.items import (
    ANYWHERE,
    CALLED,
    CODE,
    NOTHING,
    TYPES,
    UNKNOWN,
    AnywhereError,
    Frame,
    Item,
    Items,
    bound,
    frames,
    holding,
    ordered,
    shallow,
)  # fmt: skip
from caselaw.fingerprint.code.reach.kinds import Kinds
from caselaw.fingerprint.code.reading.expressions import ANY

_LONGEST = 24
"""Calls within calls that are followed."""
_MOST = 800
"""Calls that are followed for one statement."""
_WITH_PARTS = frozenset({"attribute", "external", "holds", "module", "place", "unknown"})


class Calls(Kinds):
    """Follows calls, each with what it is given."""

    def _call(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        """What a call gives."""
        self._count += 1
        if self._count > _MOST:
            raise AnywhereError
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
            is_call = inner[0] in CALLED or (inner[0] == "place" and self._is_code(inner))
            is_method = inner[0] == "attribute" and inner[2] != ANY
            return self._call(inner, given, named, rest) if is_call or is_method else NOTHING
        if kind == "holds":
            return NOTHING
        self._anywhere()
        return frozenset({UNKNOWN})

    def _call_place(self, place: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        found: set[Item] = set()
        for each in ordered(self.held(place)):
            if each[0] == "object":
                found |= self._method(place, "__call__", given, named, rest) or NOTHING
            elif each[0] != "holds" and each != place:
                outer, self._changed = self._changed, set()
                found |= self._call(each, given, named, rest)
                if each[0] == "function" and any(("cell", frame) in self._changed for frame in frames(each[3])):
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
                    for value in ordered(self._variable(frame, kind)):
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
        values = [value for value in ordered(self._within(item)) if value != item]
        if values:
            for value in ordered(values):
                found |= self._call(value, given, named, rest)
            if not libraries.only_reads(name) and not self._is_imported(owner):
                self._change(owner, ANY)
            return frozenset(found)
        return self._method_of_others(owner, name, given, named, rest)

    def _method_of_others(
        self, owner: Item, name: str, given: tuple[Items, ...], named: dict[str, Items], rest: Items
    ) -> Items:
        """A method that no class of ours defines."""
        everything = frozenset().union(*given, *named.values(), rest)
        kind = owner[0]
        if kind == "super":
            bases = [each[1] for items in given[2:3] for each in items if each[0] == "holds"]
            if name == "__new__":
                return frozenset({("made", tuple(ordered(bases))) if bases else _new(owner)})
            return NOTHING if name.startswith("__") else frozenset({("attribute", owner[2], ANY)})
        if kind == "holds":
            whole = name in ("copy", "items", "keys", "values")
            return everything | {owner} if whole else everything | {owner, owner[1]}
        if kind in ("function", "object", "class"):
            return everything
        if kind == "code":
            return everything | {owner}
        if name == "__new__" and self._is_class(owner):
            return frozenset({_new(owner)})
        if kind == "given":
            code = any(map(self._is_code, everything)) and not libraries.is_pure(f"{owner[1]}.{name}")
            if not libraries.only_reads(name) and (code or not libraries.gives_new(owner[1])):
                self._anywhere()
            return everything | {owner}
        if name == ANY:
            self._anywhere()
        if not libraries.only_reads(name):
            if not (kind == "place" and name in ("__enter__", "__exit__")):
                self._change(owner, ANY)
        elif kind == "unknown" and any(map(self._is_code, everything)):
            self._anywhere()
        if kind == "unknown":
            return frozenset({owner})
        part: Item = ("attribute", owner, ANY)
        return frozenset({part if libraries.only_reads(name) else ("through", part)})

    def _function(self, item: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        _, module, number, outer = item
        key = (item, given, tuple(sorted(named.items(), key=lambda pair: pair[0])), rest)
        if key in self._calls:
            found, changed = self._calls[key]
            self._changed |= changed
            if ANYWHERE in changed:
                self._anywhere()
            return found
        if key in self._running:
            self._cut = True
            return NOTHING
        if self._depth >= _LONGEST:
            raise AnywhereError
        before, self._changed = self._changed, set()
        was_cut, self._cut = self._cut, False
        self._running.add(key)
        self._depth += 1
        frame = Frame(module, number, self.resolver.deeds(module)["bodies"][number], outer)
        frame.given = bound(frame.plain, given, named, rest)
        try:
            self._run(frame)
            found = self._items(frame, frame.plain[5])
        except AnywhereError:
            if self._count <= _MOST:
                self._calls[key] = (NOTHING, frozenset({ANYWHERE}))
            raise
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
        if dotted in TYPES | {"types.new_class"} and len(given) > 1:
            bases = [each[1] if each[0] == "holds" else each for each in given[1]]
            made: Item = ("made", tuple(ordered(bases)))
            self._create(made, bases, NOTHING, named)
            self._set_name(made, given[2] if len(given) > 2 else rest)
            return frozenset({made})
        if dotted in ("functools.partial", "functools.partialmethod") and given:
            return frozenset(("partial", each, given[1:]) for each in given[0]) | holding(rest)
        if dotted == "copy.deepcopy":
            return frozenset({("given", dotted)})
        if item == ("given", "operator.attrgetter"):
            return self._attributes(everything, ANY)
        if item == ("given", "operator.methodcaller"):
            for each in ordered(everything):
                self._change(each, ANY)
            return everything
        if libraries.changes_first(dotted):
            for each in ordered(given[0] if given else everything):
                self._change(each, ANY)
        if libraries.calls_first(dotted):
            self._call_back(given, named)
        if libraries.registers(dotted) or (not libraries.is_pure(dotted) and any(map(self._is_code, everything))):
            self._anywhere()
        parts = self._attributes((each for each in ordered(everything) if each[0] in _WITH_PARTS), ANY)
        through = frozenset(
            each if each[0] in ("holds", "through") else ("through", each) for each in parts | everything
        )
        held = holding(everything)
        if dotted.rpartition(".")[2][:1].isupper():
            return held | {("given", dotted)}
        return held | through | {("given", dotted)}

    def _call_back(self, given: tuple[Items, ...], named: dict[str, Items]) -> None:
        """`map(f, items)`, `sorted(items, key=f)`: everything callable is called with parts of the others."""
        everything = frozenset().union(*given, *named.values())
        parts = self._attributes(everything, ANY)
        for each in ordered(everything):
            if each[0] in ("function", "partial", "place", "object") and self._is_code(each):
                self._call(each, (parts, parts), {}, parts)

    # Classes and objects

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
        for value in ordered(members):
            inner = value[1] if value[0] == "holds" else value
            if inner[0] == "object":
                self._method(inner, "__set_name__", (frozenset({cls}), NOTHING), {}, NOTHING)

    def _create(self, item: Item, bases: Iterable[Item], metaclass: Items, keywords: dict[str, Items]) -> None:
        """What the creation of a class runs of its base classes and metaclass."""
        bases = list(bases)
        new = frozenset({item})
        for base in bases:
            if base == CODE:
                self._anywhere()
            if keywords and base[0] in ("external", "given") and not libraries.is_pure(base[1]):
                self._anywhere()
        self._method(("super", item, item), "__init_subclass__", (), keywords, NOTHING)
        held = frozenset(("holds", base) for base in bases)
        code = frozenset({("holds", item)})
        for each in ordered(self._metaclasses(bases) | metaclass):
            if self._is_class(each):
                self._method(each, "__new__", (frozenset({each}), NOTHING, held, code), keywords, NOTHING, bare=True)
                self._method(each, "__init__", (new, NOTHING, held, code), keywords, NOTHING, bare=True)
            else:
                self._call(each, (NOTHING, held, code), keywords, NOTHING)

    def _instance(self, cls: Item, given: tuple[Items, ...], named: dict[str, Items], rest: Items) -> Items:
        if self._is_metaclass(cls):
            bases = [item[1] if item[0] == "holds" else item for item in (given[1] if len(given) > 1 else ())]
            item: Item = ("made", tuple(ordered(bases)))
            self._create(item, bases, frozenset({cls}), named)
            self._set_name(item, given[2] if len(given) > 2 else rest)
            return frozenset({item})
        everything = tuple(dict.fromkeys((*given, *named.values(), rest)))
        kept = tuple(frozenset(shallow(item) for item in items) for items in everything)
        made = frozenset({("object", cls, frozenset().union(*kept))})
        for metaclass in ordered(self._metaclasses([cls])):
            self._method(metaclass, "__call__", (frozenset({cls}), *given), named, rest, bare=True)
        self._method(cls, "__new__", (frozenset({cls}), *given), named, rest, bare=True)
        for name in ("__init__", "__post_init__", "__attrs_post_init__"):
            self._method(cls, name, (made, *(given if name == "__init__" else ())), named, rest, bare=True)
        return made


def _new(owner: Item) -> Item:
    cls = owner[1] if owner[0] == "super" else owner
    return ("object", cls, NOTHING)

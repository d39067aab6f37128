"""The walk along references, from some symbols to all that they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from caselaw.errors import FingerprintError
from caselaw.fingerprint.code.caches import caveat
from caselaw.fingerprint.code.reach.classes import (
    Class,
    ancestors,
    definition,
    dependencies,
    is_settings,
    is_task,
    leads_to,
    makes_parameter,
    of_engine,
    only_plain_tasks,
)
from caselaw.fingerprint.code.reach.data import Wanted
from caselaw.fingerprint.code.reach.demands import meet
from caselaw.fingerprint.code.reach.effects import Effects
from caselaw.fingerprint.code.reach.executed import execute, executed
from caselaw.fingerprint.code.reach.found import ClosureWarning, Event, Found
from caselaw.fingerprint.code.reach.items import Name
from caselaw.fingerprint.code.reach.made import Made, assigns_outputs, members_of
from caselaw.fingerprint.code.reach.members import Kept, kept_members, left_out
from caselaw.fingerprint.code.reach.resolution import BELOW, EXTERNAL, MISSING, MODULE, NAME, Resolver, Target
from caselaw.fingerprint.code.reading.facts import READS_ORDER, Ref
from caselaw.fingerprint.code.reading.modules import ENGINE, standard_library
from caselaw.fingerprint.code.reading.sources import Source
from caselaw.fingerprint.code.reading.table import Binding, ClassTable, Part


class Search:
    """One search: `start` and `start_class` say from where, `run` walks to the fixed point."""

    def __init__(self, resolver: Resolver, is_installed: Callable[[str], bool], effects: Effects | None = None) -> None:
        self.resolver = resolver
        self.effects = effects or Effects(resolver)
        self._is_installed = is_installed
        self.found = Found()
        self.declared = False
        """A task says what its look-ups reach: they give no warnings."""
        self.left_out: list[tuple[str, Part]] = []
        """What decides about parameters and branches of the tasks alone, with the module that it is in."""
        self.may_start_again = True
        """Whether it ends with StartAgainError as soon as all modules are to be read in another way."""
        self._queue: list[Callable[[], None]] = []
        self.waiting: dict[Name, list[Name]] = {}
        self.subclasses: list[tuple[Event, list[Name]]] = []
        self._asks_subclasses = False
        self._named: set[Class] = set()
        """Names that code refers to."""
        self._without_unused: dict[Class, tuple[Class, ...]] = {}
        """Classes of tasks that are asked for, with the order of look-up."""
        self.made = Made()

    # Where it starts

    def start(self, entry: str, makes: bool = False) -> None:
        """Reach `module:name`, or a whole `module`; `makes` says that it is asked only for what a task makes.

        Raises `FingerprintError` where there is no such thing.
        """
        module, _, name = entry.partition(":")
        self.found.starts.setdefault(module)
        self.made.follows = makes
        if not self._has_module(module):
            return
        chain = tuple(name.split(".")) if name else ()
        targets = self.resolver.attribute(module, chain)
        if not targets or any(target.kind == MISSING for target in targets):
            raise FingerprintError(
                f"there is no '{name}' in module '{module}'", entry, "name it as it is defined: module:name"
            )
        for target in targets:
            if target.kind == NAME and not target.rest and is_task(self.resolver, (target.module, target.name)):
                self._start_task((target.module, target.name))
            else:
                self.reach(target, entry, 0)
            if target.kind == NAME and (target.module, target.name) in self.found.tasks:
                lookup = ancestors(self.resolver, (target.module, target.name))
                self.declared |= dependencies(self.resolver, lookup) is not None

    def start_named(self, entry: str) -> None:
        """Reach `module:name` as far as it is ours; the whole module where its source does not tell of the name."""
        module, _, name = entry.partition(":")
        if self.resolver.finder.find(module) is None:
            return
        targets = self.resolver.attribute(module, tuple(name.split("."))) if name else ()
        known = targets and all(target.kind != MISSING for target in targets)
        self.start(entry if known else module)

    def start_class(self, classes: Sequence[Class], declared: tuple[str, ...] | None) -> None:
        """Reach a task class, given with its base classes in the order in which attributes are looked up.

        A class that no statement at the top level of its module defines counts with the whole module.
        """
        known = []
        self.found.starts.update(dict.fromkeys(cls[0] for cls in classes[:1]))
        for number, cls in enumerate(classes):
            if self.resolver.finder.find(cls[0]) is None:
                if number == 0:
                    self._has_module(cls[0])
                self.third_party(cls[0], cls[0], 0)
            elif definition(self.resolver, cls) is not None:
                known.append(cls)
            else:
                self.reach(Target(MODULE, cls[0]), cls[0], 0)
        self._reach_task(known, unused=False)
        self.declared = declared is not None
        for entry in declared or ():
            self.start(entry)

    def _start_task(self, cls: Class) -> None:
        lookup = ancestors(self.resolver, cls)
        if not self._named.isdisjoint(lookup):
            self.reach_name(*cls)
            return
        self._reach_task(lookup, unused=False)
        for entry in dependencies(self.resolver, lookup) or ():
            self._queue.append(lambda entry=entry: self.start(entry))  # type: ignore[misc]

    def _has_module(self, module: str) -> bool:
        """Whether a module is first-party; FingerprintError when it is to be, and has no source."""
        top = module.partition(".")[0]
        if self.resolver.ours(module):
            if self.resolver.finder.find(module) is not None:
                return True
        elif top in ENGINE or standard_library(top) or self._is_installed(top):
            self.third_party(module, module, 0)
            return False
        raise FingerprintError(
            f"no source of module '{module}'",
            f"first-party root {self.resolver.finder.first_party.root}",
            "define the task in a module under this folder, or name its top-level package in [caselaw] first_party",
        )

    def third_party(self, module: str, path: str, line: int) -> None:
        top = module.partition(".")[0]
        if top not in ENGINE and not standard_library(top):
            self.found.third_party.setdefault(top, (path, line))

    def run(self) -> Found:
        while self._queue:
            self._queue.pop()()
            self.made.follows = False
            if not self._queue and self.found.frames:
                for module in list(self.found.imported):
                    self._reach_module(module)
            if not self._queue and self.made:
                for cls, part in self.made.named_by_others(self.resolver, self.found):
                    self.follow(cls[0], part)
            if not self._queue and self._asks_subclasses:
                for event, bases in self.subclasses:
                    for base in bases:
                        if base in self.found.names:
                            self.found.register(event, base)
                            self.reach_name(event.module, event.name)
        return self.found

    def sources(self) -> Iterator[Source]:
        """The files of all modules that are executed."""
        for module in sorted(self.found.imported):
            yield from self.resolver.files(module)

    # What is reached

    def reach(self, target: Target, path: str, line: int) -> None:
        if target.kind == NAME:
            self.reach_name(target.module, target.name)
        elif target.kind == MODULE:
            self._reach_module(target.module)
        elif target.kind == BELOW:
            self._reach_below(target.module)
        elif target.kind == EXTERNAL:
            self.third_party(target.module, path, line)
            if (found := caveat(target.dotted)) is not None:
                self._warn(path, line, found)
        elif target.kind == MISSING:
            self.found.missing.setdefault(target.module)
            self.import_module(target.module.rpartition(".")[0])

    def reach_name(self, module: str, name: str) -> None:
        self._named.add((module, name))
        if (module, name) in self.found.names:
            lookup = self._without_unused.get((module, name))
            if lookup is not None:  # somebody may ask for any of its members
                self._without_unused = {cls: of for cls, of in self._without_unused.items() if of != lookup}
                self._reach_task(lookup)
            if not self.made.is_news((module, name)):
                return
        else:
            self.found.names[module, name] = None
            self.made.note((module, name))
        self.import_module(module)
        binding = self.resolver.table(module).bindings[name]
        self._follow_binding((module, name), binding)
        if binding.definition is not None:
            self._reach_class((module, name), binding.definition)
        for waiting in self.waiting.get((module, name), ()):
            self.reach_name(*waiting)

    def _follow_binding(self, name: Name, binding: Binding) -> None:
        making = self.made.follows
        for part in binding.parts:
            self.made.follows = making or (assigns_outputs(part) and is_task(self.resolver, name))
            self.follow(name[0], part)
        self.made.follows = making

    def _reach_class(self, cls: Class, table: ClassTable) -> None:
        if is_task(self.resolver, cls):
            lookup = ancestors(self.resolver, cls)
            self._reach_task(lookup)
            for entry in dependencies(self.resolver, lookup) or ():
                self._queue.append(lambda entry=entry: self.start(entry))  # type: ignore[misc]
            return
        if is_settings(self.resolver, cls):
            self.found.settings.add(cls)
        for part in (*table.decorators, *table.bases):
            self.follow(cls[0], part)
        self.keep(cls, table, Kept(set(range(len(table.statements))), set(table.methods)))

    def _reach_task(self, lookup: Sequence[Class], unused: bool = True) -> None:
        """Classes of a task, in the order of look-up: their members that decide what it makes.

        Methods that nobody uses are left out of a task that is asked for, and that no code names.
        """
        tables = [(cls, table) for cls in lookup if (table := definition(self.resolver, cls)) is not None]
        unused = unused or not only_plain_tasks(self.resolver, lookup)
        if not unused:
            self._without_unused.update(dict.fromkeys(lookup, tuple(lookup)))
        kept_of = kept_members(tables, partial(makes_parameter, self.resolver), unused)
        self.left_out.extend(left_out(tables, kept_of))
        for cls, kept in kept_of.items():
            table = definition(self.resolver, cls)
            assert table is not None
            if cls not in self.found.names or self.made.is_news(cls):
                self.found.names.setdefault(cls)
                self.made.note(cls)
                self.import_module(cls[0])
                self._follow_binding(cls, self.resolver.table(cls[0]).bindings[cls[1]])
                for waiting in self.waiting.get(cls, ()):
                    self.reach_name(*waiting)
            self.found.tasks.add(cls)
            self.keep(cls, table, kept)
            for part in (*table.decorators, *table.bases):
                if not of_engine(self.resolver, cls[0], part):
                    self.follow_except(cls[0], part, lookup)

    def follow_except(self, module: str, part: Part, classes: Sequence[Class]) -> None:
        """Follow a piece of code, but not to these classes."""
        refs = [ref for ref in part.refs if not leads_to(self.resolver, module, ref, classes)]
        self.follow(module, part._replace(refs=tuple(refs)))

    def keep(self, cls: Class, table: ClassTable, kept: Kept) -> None:
        before = self.found.classes.setdefault(cls, Kept())
        making = self.made.follows
        if not (before.statements or before.methods) or (self.made and not making):
            self.follow(cls[0], table.head)
        for member in members_of(kept):
            self.made.follows = making or member in kept.of_outputs
            known = member in before.statements or member in before.methods
            if not known:
                self.made.note((cls, member))
            if not known or self.made.is_news((cls, member)):
                for part in table.parts_of(member):
                    self.follow(cls[0], part)
        self.made.follows = making
        before.statements |= kept.statements
        before.methods |= kept.methods

    def _reach_module(self, module: str) -> None:
        """Everything that a module defines, and what it takes from other modules of ours to pass it on."""
        if module in self.found.whole:
            return
        making, self.made.follows = self.made.follows, False
        self.found.whole.setdefault(module)
        self.import_module(module)
        for name, binding in self.resolver.table(module).bindings.items():
            if name in ("__all__", "__doc__"):
                continue
            if binding.parts or binding.definition is not None:
                self.reach_name(module, name)
            for target in self.resolver.attribute(module, (name,)) if binding.origins else ():
                if target.kind == NAME or (target.kind in (MODULE, BELOW) and target.module.startswith(f"{module}.")):
                    self.reach(target, "", 0)
        found = self.resolver.finder.find(module)
        if found is not None and not found.files:
            self._reach_below(module)
        for imported in list(self.found.imported):
            if imported.rpartition(".")[0] == module:  # attributes of the package, whoever imports them
                self._reach_module(imported)
        self.made.follows = making

    def _reach_below(self, module: str) -> None:
        self._reach_module(module)
        for submodule in self.resolver.submodules(module):
            if submodule not in self.found.whole and self._can_be_imported(submodule):
                self._reach_below(submodule)

    def _can_be_imported(self, module: str) -> bool:
        """Whether a module that somebody may import parses; one that does not counts by its bytes."""
        if self.resolver.parses(module):
            return True
        for path in found.files if (found := self.resolver.finder.find(module)) is not None else ():
            self.found.wanted.setdefault(Wanted(path))
            self._warn(str(path), 1, "cannot be parsed by this Python, and may be imported; its bytes count")
        return False

    # What a piece of code refers to

    def follow(self, module: str, part: Part) -> None:
        self._queue.append(partial(self._read, module, part, self.made.follows))

    def _read(self, module: str, part: Part, making: bool = False) -> None:
        self.made.follows = making
        path = str(self.resolver.path(module))
        for ref in part.refs:
            for target in self.resolver.resolve(module, ref):
                self.reach(target, path, ref.line)
        for found in part.imports:
            execute(self, module, found, counts=True)
        for prefix in part.below:
            base = self.resolver.absolute(module, prefix.level, prefix.module)
            if base and self.resolver.ours(base) and self.resolver.finder.find(base) is not None:
                self._reach_below(base)
        self.found.options.update(part.options)
        for lookup in part.lookups:
            if not self.declared and (lookup.owner is None or self._is_module(module, lookup.owner)):
                self.found.looks_up = True
                self._warn(path, lookup.line, f"look-up that cannot be followed: {lookup.text}")
        self._asks_subclasses |= "__subclasses__" in part.mentions
        self.found.reads_order |= not READS_ORDER.isdisjoint(part.mentions)
        if part.reads or self.resolver.has_places:
            meet(self, module, part)

    def _is_module(self, module: str, ref: Ref) -> bool:
        targets = self.resolver.resolve(module, ref)
        return any(target.kind in (MODULE, BELOW) for target in targets)

    def import_module(self, module: str) -> None:
        """Execute a module and the packages above it."""
        parts = module.split(".")
        for length in range(1, len(parts) + 1):
            name = ".".join(parts[:length])
            if name not in self.found.imported and self.resolver.finder.find(name) is not None:
                self.found.imported[name] = None
                self._queue.append(lambda name=name: executed(self, name))  # type: ignore[misc]
                if name.rpartition(".")[0] in self.found.whole:
                    self._reach_module(name)

    def warn(self, module: str, line: int, what: str) -> None:
        if not self.declared:
            self._warn(str(self.resolver.path(module)), line, what)

    def _warn(self, path: str, line: int, what: str) -> None:
        self.found.warnings.add(ClosureWarning(path, line, what))

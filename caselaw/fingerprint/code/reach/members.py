"""Which members of a task class decide what the task makes.

Parameters, resources and the like never do, and what `upstream()` decides is in the fingerprint as inputs
and branch values: its code does not count, so that a file added to its list runs one branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from caselaw.fingerprint.code.reach.classes import Class
from caselaw.fingerprint.code.reach.hooks import asked_by_engine, asked_by_name
from caselaw.fingerprint.code.reading.facts import PASSED_ON
from caselaw.fingerprint.code.reading.table import ClassTable, Part

_NEVER = frozenset({
    "allow_empty_branch_map", "cache_branch_map_default", "code_dependencies", "config_keys", "environment_variables",
    "exclude_index", "fixed_names",
    "force_contiguous_branches", "job_workers", "max_runtime", "output_collection_cls", "owner_email",
    "poll_interval", "reset_branch_map_before_run", "retry_count", "sandbox", "task_namespace",
    "worker_timeout", "workflow_run_decorators",
})  # fmt: skip
_UNLESS_USED = frozenset({"acceptance", "priority", "resources", "tolerance"})
"""The engine's, but also words of physics: they count when counted code mentions them."""
_NEVER_PREFIXES = ("arc_", "crab_", "disable_", "glite_", "htcondor_", "lsf_", "slurm_")
_UPSTREAM = frozenset({"create_branch_map", "requires", "upstream", "workflow_requires"})
SAYS_WHAT_IS_MADE = frozenset({"complete", "output"})
"""They say what is made, and are asked while a task is: a path that they name is none that is read."""
_CALLED_BY_ENGINE = frozenset({"branch_value", "complete", "input", "output", "products", "run", "seed"})


@dataclass
class Kept:
    """The members of one class that count."""

    statements: set[int] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    of_outputs: set[int | str] = field(default_factory=set)
    """Those of them that no member but `output()` and `complete()` uses."""


@dataclass(eq=False)
class _Member:
    """All of one class that binds a name; a statement that binds several belongs to each of them."""

    cls: Class
    name: str
    parts: tuple[Part, ...]

    @cached_property
    def mentions(self) -> frozenset[str]:
        return frozenset().union(*(part.mentions for part in self.parts))

    @property
    def is_method(self) -> bool:
        return not any(part.names for part in self.parts)


Table = tuple[Class, ClassTable]


def never_counts(name: str) -> bool:
    """Whether a member of that name says how a task runs, not what it makes."""
    return name in _NEVER or name.startswith(_NEVER_PREFIXES)


def says_what_is_made(name: str) -> bool:
    """Whether the code of a member of that name counts: its inputs count by what they are."""
    return not never_counts(name) and name not in _UPSTREAM


def kept_members(
    lookup: Sequence[Table], is_parameter: Callable[[str, Part], bool], unused: bool = True
) -> dict[Class, Kept]:
    """The members that count of a task's classes, given in the order in which attributes are looked up.

    Without `unused`, methods of base classes that neither the engine nor a member that counts asks for are left out.
    """
    members = [member for cls, table in lookup for member in _members(cls, table, is_parameter)]
    helpers = set() if unused else {(cls, name) for cls, table in lookup[1:] for name in table.methods}
    hidden = _overridden(members, lookup)
    counted = _counted(members, hidden, helpers)
    of_outputs = _of_outputs(counted, hidden)
    kept: dict[Class, Kept] = {cls: Kept() for cls, _ in lookup}
    for cls, table in lookup:
        names = {member.name for member in counted if member.cls == cls}
        kept[cls].methods = names & table.methods.keys()
        for number, part in enumerate(table.statements):
            left_out = (part.value is not None and is_parameter(cls[0], part)) or any(map(never_counts, part.names))
            if not left_out and (not part.names or names & set(part.names)):
                kept[cls].statements.add(number)
                if part.names and all((cls, name) in of_outputs for name in part.names):
                    kept[cls].of_outputs.add(number)
        kept[cls].of_outputs |= {name for name in kept[cls].methods if (cls, name) in of_outputs}
    return kept


def left_out(lookup: Sequence[Table], kept: Mapping[Class, Kept]) -> Iterator[tuple[str, Part]]:
    """What decides about parameters and branches alone, with the module that it is in."""
    for cls, table in lookup:
        for number, part in enumerate(table.statements):
            if number not in kept[cls].statements and not any(map(never_counts, part.names)):
                yield cls[0], part
        for name, parts in table.methods.items():
            if name not in kept[cls].methods and not never_counts(name):
                yield from ((cls[0], part) for part in parts)


def _members(cls: Class, table: ClassTable, is_parameter: Callable[[str, Part], bool]) -> list[_Member]:
    parts: dict[str, list[Part]] = {name: list(found) for name, found in table.methods.items()}
    for part in table.statements:
        if part.value is None or not is_parameter(cls[0], part):
            for name in part.names or ("",):
                parts.setdefault(name, []).append(part)
    return [_Member(cls, name, tuple(found)) for name, found in parts.items() if not never_counts(name)]


def _counted(members: Sequence[_Member], hidden: set[_Member], helpers: set[tuple[Class, str]]) -> list[_Member]:
    """The members that remain when what only upstream-like code uses, and what is overridden, is left out."""
    unless_used = _used_by_upstream(members) | _UNLESS_USED
    counted = [
        m for m in members if not (m.name in unless_used or m in hidden or _is_helper(m, (m.cls, m.name) in helpers))
    ]
    return [*counted, *_used(_without(members, counted), counted, hidden)]


def _of_outputs(counted: Sequence[_Member], hidden: set[_Member]) -> set[tuple[Class, str]]:
    """Members that only say what is made: those of outputs, and what no other member uses."""
    left = [m for m in counted if m.name in SAYS_WHAT_IS_MADE]
    if not left:
        return set()
    others = [m for m in counted if not (m.name in SAYS_WHAT_IS_MADE or _dunder(m.name) or asked_by_name(m.name))]
    left += [m for m in others if m.is_method and not asked_by_engine(m.name)]
    left += _used(_without(others, left), left, hidden)
    may_be_read = [m for m in left if m.name not in SAYS_WHAT_IS_MADE]
    read = set(_used(may_be_read, _without(counted, left), hidden))
    return {(m.cls, m.name) for m in left if m not in read}


def _without(members: Iterable[_Member], others: Iterable[_Member]) -> list[_Member]:
    left_out = set(others)
    return [member for member in members if member not in left_out]


def _used(members: Iterable[_Member], users: Iterable[_Member], hidden: set[_Member]) -> list[_Member]:
    """Those of some members that users use, directly or by others of them."""
    found: list[_Member] = []
    left, mentioned = list(members), _Mentioned(users)
    while more := [m for m in left if mentioned.uses(m, m in hidden)]:
        found += more
        left = _without(left, more)
        mentioned.add(more)
    return found


class _Mentioned:
    """What the code of some members mentions, all of it together."""

    def __init__(self, users: Iterable[_Member]) -> None:
        self._names: set[str] = set()
        self._beside: dict[str, set[str]] = {}
        """What is mentioned together with a name, by the same member."""
        self._users: list[_Member] = []
        self.add(users)

    def add(self, users: Iterable[_Member]) -> None:
        for user in users:
            self._users.append(user)
            self._names |= user.mentions
        self._beside.clear()

    def uses(self, member: _Member, hidden: bool) -> bool:
        """Whether code may use a member: by its name; when it is overridden, by `super()` or its class."""
        if not hidden:
            anything = PASSED_ON in self._names and member.name not in _UPSTREAM
            return anything or member.name in self._names
        return any(not self._with(name).isdisjoint({member.name, "*"}) for name in ("super", member.cls[1]))

    def _with(self, name: str) -> set[str]:
        if name not in self._beside:
            self._beside[name] = set().union(*(user.mentions for user in self._users if name in user.mentions))
        return self._beside[name]


def _is_helper(member: _Member, of_base: bool) -> bool:
    """Whether a method of a base class runs only if other code calls it."""
    return of_base and not (_dunder(member.name) or asked_by_engine(member.name))


def _used_by_upstream(members: Sequence[_Member]) -> set[str]:
    """Names of upstream-like members, and of those that they use, directly or not."""
    names = {member.name for member in members}
    found = names & _UPSTREAM
    while True:
        mentioned = set().union(*(m.mentions for m in members if m.name in found))
        more = {name for name in (names & mentioned) - found - _CALLED_BY_ENGINE if not _dunder(name)}
        if not more:
            return found
        found |= more


def _overridden(members: Sequence[_Member], lookup: Sequence[Table]) -> set[_Member]:
    """Members that a class nearer to the task replaces, be it by a parameter."""
    names: set[str] = set()
    replaced: set[_Member] = set()
    by_class: dict[Class, list[_Member]] = {}
    for member in members:
        by_class.setdefault(member.cls, []).append(member)
    for cls, table in lookup:
        replaced.update(member for member in by_class.get(cls, ()) if member.name in names)
        names.update(table.methods, *(part.names for part in table.statements))
    return replaced


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")

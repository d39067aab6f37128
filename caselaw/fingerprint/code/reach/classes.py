"""Classes as their source shows them: bases, order of look-up, and whether they are tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from caselaw.fingerprint.code.reach.hooks import PLAIN_TASKS
from caselaw.fingerprint.code.reach.resolution import EXTERNAL, NAME, Resolver, Target
from caselaw.fingerprint.code.reading.facts import Ref
from caselaw.fingerprint.code.reading.modules import ENGINE
from caselaw.fingerprint.code.reading.table import ClassTable, Part

Class = tuple[str, str]
"""Module and name of a first-party class at the top level of a module."""

_TASK_ENDINGS = ("Task", "Workflow", "Mixin", "ForestMerge")


def definition(resolver: Resolver, cls: Class) -> ClassTable | None:
    """The table of a class; None when no class statement at the top level defines that name."""
    binding = resolver.table(cls[0]).bindings.get(cls[1])
    return binding.definition if binding is not None else None


def bases(resolver: Resolver, cls: Class) -> Iterator[Target]:
    """What the bases of a class lead to."""
    table = definition(resolver, cls)
    for base in table.bases if table is not None else ():
        for ref in base.refs:
            yield from resolver.resolve(cls[0], ref)


def first_party_bases(resolver: Resolver, cls: Class) -> list[Class]:
    """Bases whose definition is known."""
    found = [(target.module, target.name) for target in bases(resolver, cls) if target.kind == NAME]
    return [base for base in dict.fromkeys(found) if base != cls and definition(resolver, base) is not None]


def ancestors(resolver: Resolver, cls: Class) -> list[Class]:
    """A class and all its first-party ancestors in the order in which attributes are looked up.

    Where the source does not give a consistent order (bases made at run time), depth first.
    """
    return _linear(resolver, cls, ())


def _linear(resolver: Resolver, cls: Class, below: tuple[Class, ...]) -> list[Class]:
    known = resolver.ancestors.get(cls)
    if known is not None and not any(other in below for other in known):
        return known
    every = first_party_bases(resolver, cls)
    parents = [base for base in every if base not in below]
    lines = [_linear(resolver, parent, (*below, cls)) for parent in parents]
    found = [cls, *_merged([*lines, parents])]
    if len(parents) == len(every) and (not below or all(ancestor in resolver.ancestors for ancestor in found[1:])):
        resolver.ancestors[cls] = found  # without a circle, it is the same whoever asks
    return found


def _merged(lines: Sequence[Sequence[Class]]) -> list[Class]:
    """The C3 merge."""
    left = [list(line) for line in lines if line]
    merged: list[Class] = []
    while left:
        heads = [line[0] for line in left]
        free = [head for head in heads if not any(head in line[1:] for line in left)]
        chosen = (free or heads)[0]
        merged.append(chosen)
        left = [rest for line in left if (rest := [cls for cls in line if cls != chosen])]
    return merged


def is_task(resolver: Resolver, cls: Class) -> bool:
    """Whether the bases of a class lead to a task class of caselaw, law or luigi."""
    return any(
        _is_engine(target) and target.dotted.endswith(_TASK_ENDINGS)
        for ancestor in ancestors(resolver, cls)
        for target in bases(resolver, ancestor)
    )


def is_settings(resolver: Resolver, cls: Class) -> bool:
    """Whether a class derives from `luigi.Config`: its parameters are options of a section that is called like it."""
    return any(
        target.kind == EXTERNAL and target.dotted in ("luigi.Config", "luigi.task.Config")
        for ancestor in ancestors(resolver, cls)
        for target in bases(resolver, ancestor)
    )


def only_plain_tasks(resolver: Resolver, lookup: Sequence[Class]) -> bool:
    """Whether classes of a task derive from nothing of others that may ask for members of their own."""
    of_others = [
        t
        for cls in lookup
        for t in bases(resolver, cls)
        if t.kind != NAME or definition(resolver, (t.module, t.name)) is None
    ]
    for cls in lookup:
        table = definition(resolver, cls)
        around = (*table.decorators, table.head) if table is not None else ()
        if any(part.refs and not of_engine(resolver, cls[0], part) for part in around):
            return False  # a decorator or a metaclass that may call any method
    return all(target.kind == EXTERNAL and target.dotted in PLAIN_TASKS for target in of_others)


def dependencies(resolver: Resolver, lookup: Sequence[Class]) -> tuple[str, ...] | None:
    """`code_dependencies` of a task, given with its base classes; None when it has none."""
    for cls in lookup:
        table = definition(resolver, cls)
        for part in table.statements if table is not None else ():
            if "code_dependencies" in part.names:
                return part.texts
    return None


def is_parameter(resolver: Resolver, target: Target) -> bool:
    """Whether a target is a parameter class of luigi or law, or a class of ours that derives from one."""
    if _is_engine(target):
        return target.dotted.endswith("Parameter")
    if target.kind != NAME or target.rest:
        return False
    return any(
        is_parameter(resolver, base)
        for ancestor in ancestors(resolver, (target.module, target.name))
        for base in bases(resolver, ancestor)
        if base.kind == EXTERNAL
    )


def makes_parameter(resolver: Resolver, module: str, part: Part) -> bool:
    """Whether a statement in a class assigns a parameter."""
    targets = resolver.resolve(module, part.value) if part.value is not None else ()
    return bool(targets) and all(is_parameter(resolver, target) for target in targets)


def leads_to(resolver: Resolver, module: str, ref: Ref, classes: Sequence[Class]) -> bool:
    """Whether a reference leads to some of these classes, and to nothing else."""
    targets = resolver.resolve(module, ref)
    return bool(targets) and all((target.module, target.name) in classes for target in targets)


def _is_engine(target: Target) -> bool:
    return target.kind == EXTERNAL and target.module.partition(".")[0] in ENGINE


def of_engine(resolver: Resolver, module: str, part: Part) -> bool:
    """Whether a base class or decorator belongs to the engine: it says how a task runs."""
    first = part.refs[0] if part.refs else None
    called = [done.what for done in part.calls if done.what.line == part.lines[0]]
    head = called[0] if called else first
    targets = resolver.resolve(module, head) if head is not None else ()
    return bool(targets) and all(_is_engine(target) for target in targets)

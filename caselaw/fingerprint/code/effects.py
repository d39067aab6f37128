"""Definitions that matter although nobody names them: what registers itself when its module is imported."""

from __future__ import annotations

from collections.abc import Iterator

from caselaw.fingerprint.code.classes import ancestors, definition, first_party_bases
from caselaw.fingerprint.code.facts import MUTATORS, Done, Ref
from caselaw.fingerprint.code.resolution import EXTERNAL, NAME, Resolver, Target
from caselaw.fingerprint.code.table import Binding, Part

Name = tuple[str, str]
"""Module and name."""

ANYWHERE: Name = ("", "")
"""Registered with something that the source does not show."""

# Decorators of these packages give back what they decorate, or a wrapper of it, and remember nothing.
_PURE = frozenset({
    "abc", "asyncio", "attr", "attrs", "backoff", "beartype", "cachetools", "caselaw", "click", "collections",
    "contextlib", "dask", "dataclasses", "decorator", "deprecated", "enum", "equinox", "flax", "functools",
    "hypothesis", "jax", "jaxtyping", "joblib", "law", "line_profiler", "luigi", "memory_profiler", "numba",
    "numpy", "operator", "pydantic", "pytest", "reprlib", "retry", "scipy", "tenacity", "tensorflow",
    "torch", "types", "typing", "typing_extensions", "unittest", "warnings", "wrapt",
})  # fmt: skip


def registrations(resolver: Resolver, module: str) -> Iterator[tuple[str, frozenset[Name]]]:
    """Names of a module whose definition registers, and with what, when the module is imported."""
    for name, binding in resolver.table(module).bindings.items():
        found: set[Name] = set()
        for decorator in binding.decorators:
            found |= _registered_by(resolver, module, decorator, (), any_method=True)
        for done in _calls_on_import(binding):
            found |= _registered_by(resolver, module, done, (), any_method=False) - {ANYWHERE}
        if binding.definition is not None:
            for decorator in binding.definition.method_decorators:
                found |= _registered_by(resolver, module, decorator, (), any_method=True)
            found |= _registered_by_bases(resolver, (module, name))
        found.discard((module, name))
        if found:
            yield name, frozenset(found)


def _calls_on_import(binding: Binding) -> Iterator[Done]:
    """Calls in an assignment, or in the body of a class."""
    parts = binding.parts if not binding.is_function else ()
    if binding.definition is not None:
        parts = (*parts, *binding.definition.statements)
    return (done._replace(depth=1) for part in parts for done in part.calls if done.depth == 0)


def _registered_by(
    resolver: Resolver, module: str, done: Done, through: tuple[Name, ...], any_method: bool
) -> set[Name]:
    """What is mutated by a call of something, `done.depth` times in a row."""
    if not done.what.chain:
        return {ANYWHERE}
    found: set[Name] = set()
    for target in resolver.resolve(module, done.what):
        if target.kind == EXTERNAL:
            if target.module.partition(".")[0] not in _PURE:
                found.add(ANYWHERE)
        elif target.kind != NAME:
            found.add(ANYWHERE)
        elif target.rest:
            if any_method or target.rest[-1] in MUTATORS:
                found.add((target.module, target.name))
        elif (target.module, target.name) not in through:
            found |= _mutated_by(resolver, target, done.depth, (*through, (target.module, target.name)))
    return found


def _mutated_by(resolver: Resolver, target: Target, times: int, through: tuple[Name, ...]) -> set[Name]:
    """Names of modules that a call of a function or class of ours mutates."""
    module, binding = target.module, resolver.table(target.module).bindings[target.name]
    found: set[Name] = set()
    if binding.definition is not None:
        for parts in binding.definition.methods.values():
            for part in parts:
                found |= _mutated_in(resolver, module, part, 99)
    for part in binding.parts:
        if not binding.is_function:  # njit = numba.njit(cache=True)
            refs = [Done(ref, times) for ref in part.refs]
        else:
            found |= _mutated_in(resolver, module, part, times)
            refs = [done._replace(depth=1) for done in part.calls if 1 <= done.depth <= times]
        for ref in refs:
            found |= _registered_by(resolver, module, ref, through, any_method=False) - {ANYWHERE}
    return found


def _mutated_in(resolver: Resolver, module: str, part: Part, times: int) -> set[Name]:
    found: set[Name] = set()
    for what, depth in part.mutations:
        if 1 <= depth <= times:
            targets = resolver.resolve(module, what)
            found |= {(t.module, t.name) if t.kind == NAME else ANYWHERE for t in targets}
    return found


def _registered_by_bases(resolver: Resolver, cls: Name) -> set[Name]:
    """A base class of ours with `__init_subclass__`, or a metaclass of ours, may remember the class."""
    found: set[Name] = set()
    for base in ancestors(resolver, cls)[1:]:
        table = definition(resolver, base)
        if table is not None and "__init_subclass__" in table.methods:
            found.add(base)
            for part in table.methods["__init_subclass__"]:
                found |= _mutated_in(resolver, base[0], part, 1)
    for owner in ancestors(resolver, cls):
        table = definition(resolver, owner)
        for ref in table.head.refs if table is not None else ():
            found |= _metaclass(resolver, owner[0], ref)
    return found


def _metaclass(resolver: Resolver, module: str, ref: Ref) -> set[Name]:
    """A metaclass of ours among what the keywords of a class name."""
    found: set[Name] = set()
    for target in resolver.resolve(module, ref):
        cls = (target.module, target.name)
        table = definition(resolver, cls) if target.kind == NAME else None
        for name in ("__new__", "__init__") if table is not None else ():
            for part in table.methods.get(name, ()) if table is not None else ():
                found |= _mutated_in(resolver, target.module, part, 1) | {cls}
    return found


def subclasses(resolver: Resolver, module: str) -> Iterator[tuple[Name, list[Name]]]:
    """Classes of a module with first-party bases, which `Base.__subclasses__()` finds."""
    for name, binding in resolver.table(module).bindings.items():
        if binding.definition is not None:
            yield (module, name), first_party_bases(resolver, (module, name))

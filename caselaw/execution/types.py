"""Which types of workflow a class offers: what `--workflow` may be, and what it is where nobody says."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import law
from law.workflow.base import BaseWorkflow
from luigi.task_register import Register

from caselaw.errors import TaskError
from caselaw.parameters import is_of_engine

POOL = "pool"
"""The type whose branches the pool runs."""

warn_once = functools.cache(logging.getLogger(__name__).warning)


@functools.cache
def types_of(cls: Any) -> Mapping[str, Any]:
    """Type → the class that runs it, as law finds it, in the order in which the bases are written.

    law's own local workflow means the pool, which runs branches on this machine as well.
    """
    offered = offered_by(cls)
    written = [POOL if base is law.LocalWorkflow else base.workflow_proxy_cls.workflow_type for base in as_written(cls)]
    return {name: offered[name] for name in dict.fromkeys([*written, *offered])}


def offered_by(cls: type) -> dict[str, Any]:
    """Type → the class that runs it, as law finds it."""
    found: dict[str, Any] = {}
    for base in filter(defines_type, cls.__mro__):
        found.setdefault(base.workflow_proxy_cls.workflow_type, base)  # type: ignore[attr-defined]
    return found


def as_written(cls: type) -> Iterator[Any]:
    """Bases of a class that define a type of workflow, in the order in which a reader meets them."""
    if defines_type(cls):
        yield cls
    for base in cls.__bases__ if cls is not law.LocalWorkflow else ():
        yield from as_written(base)


def defines_type(cls: Any) -> bool:
    proxy = vars(cls).get("workflow_proxy_cls")
    return getattr(proxy, "workflow_type", None) is not None


def chosen(cls: Any, name: str | None, *, may_pass: bool) -> Any:
    """The class that runs workflows of a type.

    `may_pass`: law passes a type on to what a workflow requires. Raises `TaskError` for a type that no task offers.
    """
    offered = types_of(cls)
    first = next(iter(offered))
    if name in (None, law.NO_STR):
        return offered[first]
    if name in offered:
        return offered[name]
    if may_pass and name in types_of_others(len(Register._reg)):
        warn_once(
            "%s has no workflow type '%s': it runs as '%s'; what it requires gets the type", cls.__name__, name, first
        )
        return offered[first]
    raise TaskError(
        f"there is no workflow type '{name}'", cls.__name__,
        f"give one of {', '.join(offered)}, or derive the class from a workflow of that type as well",
    )  # fmt: skip


@functools.lru_cache(maxsize=1)
def types_of_others(_classes: int) -> frozenset[str]:
    """Types that any task of a project offers, among so many classes."""
    found: set[str] = set()
    for cls in Register._reg:
        if issubclass(cls, BaseWorkflow) and not is_of_engine(cls):
            found.update(offered_by(cls))
    return frozenset(found)

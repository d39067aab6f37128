"""Names that a task class must not use for something of its own."""

from __future__ import annotations

import functools
from typing import Any

from caselaw.errors import TaskError

OPEN = frozenset({
    "config", "config_keys", "environment_variables", "fixed_names", "location", "products", "project", "publish",
    "seed", "store", "trust_unrecorded", "upstream", "verify_inputs",
})  # fmt: skip
"""Members of caselaw's classes that a project may define: what it declares, and what it may take for something else."""


@functools.cache
def reserved_names(engine: Any) -> frozenset[str]:
    """What caselaw itself asks a task for: a parameter of such a name would silently take its place.

    `engine` is a class of caselaw. Names of law's and luigi's members are theirs to guard.
    """
    own, others = set[str](), set[str]()
    for cls in engine.__mro__:
        (own if cls.__module__.startswith("caselaw.") else others).update(vars(cls))
    return frozenset(name for name in own - others - OPEN if not name.startswith("_"))


def refuse_reserved_names(cls: Any) -> None:
    """Raise `TaskError` where a class outside caselaw defines a reserved name."""
    if cls.__module__.startswith("caselaw."):
        return
    taken = sorted(reserved_names(cls.with_branches or cls) & vars(cls).keys())
    if taken:
        names = ", ".join(f"'{name}'" for name in taken)
        raise TaskError(
            f"{names} {'is a name' if len(taken) == 1 else 'are names'} of caselaw itself",
            f"{cls.__module__}.{cls.__qualname__}",
            "call the parameter or member otherwise",
        )

"""What must be known of a closure where its code runs: which files it has counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class HashedFile(NamedTuple):
    """A file as it counts in a closure."""

    path: str
    digest: str
    """Of its bytes."""
    status: tuple[int, int]
    """Modification time (ns) and size when it was read."""


@dataclass(frozen=True, eq=False)
class HashedCode:
    """The modules of one closure and their files, without its symbols."""

    modules: Mapping[str, tuple[HashedFile, ...]]
    missing: tuple[str, ...]
    """First-party modules that count as not there."""
    digest: str
    """Of all symbols of the closure."""
    root: Path
    first_party: frozenset[str] | None
    """`root` and names as `first_party` takes them."""
    named: frozenset[str] = frozenset()
    """What was reached because parameters or options name it, or hold objects of it."""

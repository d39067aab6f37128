"""What a search has reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from caselaw.fingerprint.code.reach.classes import Class
from caselaw.fingerprint.code.reach.data import Wanted
from caselaw.fingerprint.code.reach.items import Name
from caselaw.fingerprint.code.reach.members import Kept
from caselaw.fingerprint.code.reading.facts import Option


@dataclass(frozen=True, order=True)
class ClosureWarning:
    """Something in the code that the closure cannot see or follow."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


class Event(NamedTuple):
    """A statement that registers the name that it binds; without a name, one that binds none."""

    module: str
    line: int
    name: str = ""


@dataclass
class Found:
    """What a search has reached."""

    names: dict[Name, None] = field(default_factory=dict)
    classes: dict[Class, Kept] = field(default_factory=dict)
    tasks: set[Class] = field(default_factory=set)
    imported: dict[str, None] = field(default_factory=dict)
    """Modules that are executed."""
    whole: dict[str, None] = field(default_factory=dict)
    """Modules of which everything is reached."""
    reads_order: bool = False
    """Something looks at definitions in their order."""
    missing: dict[str, None] = field(default_factory=dict)
    third_party: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Top-level name → where it is used."""
    starts: dict[str, None] = field(default_factory=dict)
    """Modules that are asked for."""
    registered: dict[Name, dict[Event, None]] = field(default_factory=dict)
    """What registers with a name, or changes what it stands for."""
    options: set[Option] = field(default_factory=set)
    settings: set[Class] = field(default_factory=set)
    """Classes that derive from `luigi.Config`."""
    readings: set[tuple[str, str]] = field(default_factory=set)
    """What is read of which module beside what it does."""
    looks_up: bool = False
    """Whether code is looked up in a way that cannot be followed, and no task says what is meant."""
    frames: bool = False
    """Whether names of callers are read."""
    wanted: dict[Wanted, None] = field(default_factory=dict)
    """Files that are read."""
    folders: set[Path] = field(default_factory=set)
    """Where modules are searched, too."""
    warnings: set[ClosureWarning] = field(default_factory=set)

    def register(self, event: Event, place: Name) -> None:
        """Note that something registers with a name."""
        self.registered.setdefault(place, {}).setdefault(event)

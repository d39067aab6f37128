"""Modules that texts name: what a look-up may mean whose name comes from a parameter or from a configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable

from caselaw.fingerprint.code.reading.modules import Finder, FirstParty

_APART = re.compile(r"[\s,;|]+")
_NAME = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::[^\W\d][\w.]*)?")


def named_modules(texts: Iterable[str], first_party: FirstParty) -> frozenset[str]:
    """First-party modules that texts name: `physics.cuts`, be it as `physics.cuts.tight` or `physics.cuts:tight`.

    A text may hold several, between commas or spaces.
    """
    finder = Finder(first_party)
    names = (match[1] for text in texts for part in _APART.split(text) if (match := _NAME.fullmatch(part)))
    return frozenset(module for name in names if (module := _module(name, finder)))


def _module(name: str, finder: Finder) -> str | None:
    """The longest beginning of a dotted name that is a module of ours with a source."""
    while name:
        found = finder.find(name)
        if found is not None and found.files:
            return name
        name = name.rpartition(".")[0]
    return None

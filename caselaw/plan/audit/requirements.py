"""Which installed distributions belong to others: those that they require, and what these require."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata

from caselaw.fingerprint.distributions import normalised

NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")


def with_requirements(distributions: Iterable[str]) -> frozenset[str]:
    """These distributions and all that they require, by normalised names.

    What an extra would bring counts only where somebody requires that extra. Other conditions of a
    requirement do not matter here: what is not installed cannot be imported.
    """
    waiting = [(normalised(name), "") for name in distributions]
    found: set[tuple[str, str]] = set()
    while waiting:
        pair = waiting.pop()
        if pair not in found:
            found.add(pair)
            waiting.extend(required_by(*pair))
    return frozenset(name for name, _ in found)


def required_by(name: str, extra: str) -> list[tuple[str, str]]:
    """Pairs of distribution and extra that an installed distribution requires."""
    try:
        requirements = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # a module without distribution, or one that is not installed
        return []
    pairs = []
    for requirement in requirements:
        of_extra = EXTRA.search(requirement)
        match = NAME.match(requirement)
        if match is None or (of_extra is not None and normalised(of_extra[1]) != extra):
            continue
        pairs.append((normalised(match[1]), ""))
        pairs += [
            (normalised(match[1]), normalised(part.strip())) for part in (match[2] or "").split(",") if part.strip()
        ]
    return pairs

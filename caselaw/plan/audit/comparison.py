"""The branch once more, with its code in another form that has the same fingerprint: it must make the same.

This finds what no event tells: an object that another module changes, a registration, anything that importing a
module does besides defining things, a docstring that is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caselaw.plan.audit.variations import Variation, with_dependents

MOST_RUNS = 24
"""So often a branch is run at most, to tell what it is."""
MOST_SECONDS = 600.0

Made = dict[str, str] | None
"""Digest of each product; None where the branch failed."""


@dataclass(frozen=True)
class Comparison:
    """`culprits` change what the branch makes, and not its fingerprint; `reason` says why nothing is known."""

    culprits: tuple[Variation, ...] = ()
    reason: str | None = None


def compare(
    made: Made,
    variations: Sequence[Variation],
    counts: Callable[[Sequence[Variation]], bool],
    run: Callable[[Sequence[Variation]], Made],
) -> Comparison:
    """Run a branch with variations of its code, and where it makes something else than `made`, look for those to blame.

    `counts` says whether variations change the fingerprint, `run` runs the branch with some.
    """
    if made is None:
        return Comparison()
    if counts(variations):
        variations = [variation for variation in variations if not counts([variation])]
    if not variations or run(variations) == made:
        return Comparison()
    if run(()) != made:
        return Comparison(reason="two runs of the branch make different outputs, so it cannot be compared")
    found = matter(variations, lambda part: run(with_dependents(part, variations)) != made)
    others = (with_dependents([each], found)[1:] for each in found)  # a name is not to blame for what is done with it
    return Comparison(tuple(sorted(each for each, other in zip(found, others, strict=True) if not other)))


def matter(variations: Sequence[Variation], changes: Callable[[Sequence[Variation]], bool]) -> list[Variation]:
    """The fewest variations that were found to change what is made, by halving; more when that takes too long."""
    runs, end = 2, time.monotonic() + MOST_SECONDS
    found: list[Variation] = []
    waiting = [list(variations)]
    while waiting:
        part = waiting.pop()
        halves = [part[: len(part) // 2], part[len(part) // 2 :]]
        if len(part) == 1 or runs >= MOST_RUNS or time.monotonic() > end:
            found.extend(part)
            continue
        matters = [half for half in halves if changes(half)]
        runs += 2
        waiting.extend(matters)
        if not matters:  # only both together matter
            found.extend(part)
    return found

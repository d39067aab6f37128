"""The table that is printed at the end of a test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rows import Outcome

OUTCOMES = pytest.StashKey[list[Outcome]]()


def lines(outcomes: list[Outcome]) -> Iterator[str]:
    """Edit, expected and observed fates of Read, Shape and Summary, and whether they agree."""
    rows = [
        (outcome.row.id, outcome.row.fates, fates(outcome), "not ok" if outcome.problems else "ok")
        for outcome in outcomes
    ]
    head = ("edit", "expected of Read Shape Summary", "observed", "")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(3)]
    for row in (head, *rows):
        yield "  ".join([*(text.ljust(width) for text, width in zip(row[:3], widths, strict=True)), row[3]]).rstrip()


def fates(outcome: Outcome) -> str:
    """One word per step, or one per branch with commas where they differ."""
    steps = []
    for branches in outcome.observed:
        steps.append(branches[0] if len(set(branches)) == 1 else ",".join(branches) or "none")
    return " ".join(steps) or "nothing was observed"

"""An edit of what a function uses changes its closure; an edit of a neighbour does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from closure_rows import ROWS

from caselaw.fingerprint import Closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]


def _filled(files: Mapping[str, str], edited: str = "") -> dict[str, str]:
    """The modules with numbers for the marks; the mark `edited` gets another one."""
    marks = [f"{kind}{n}" for kind in ("USED", "FREE") for n in range(9, 0, -1)]
    filled = {}
    for name, text in files.items():
        for mark in marks:
            text = text.replace(mark, "70001" if mark == edited else f"10{mark[-1]}")
        filled[name] = text
    return filled


@pytest.mark.parametrize(
    ("row", "mark"),
    [
        (row, f"{kind}{n}")
        for row, files in ROWS.items()
        for kind in ("USED", "FREE")
        for n in range(1, 10)
        if any(f"{kind}{n}" in text for text in files.values())
    ],
)
def test_exactly_the_edits_of_what_is_used_change_the_closure(row: str, mark: str, write: Write, closure: Of) -> None:
    write(_filled(ROWS[row]))
    before = closure()
    write(_filled(ROWS[row], mark))
    assert (closure().code_digest != before.code_digest) == mark.startswith("USED")

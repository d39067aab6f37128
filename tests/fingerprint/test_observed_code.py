"""What code reads of other code beside what it does: docstrings, annotations, texts, packages, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from observed_rows import ROWS
from test_symbol_closures import _filled as filled

from caselaw.fingerprint import Closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]


@pytest.mark.parametrize("row", ROWS)
def test_exactly_the_edits_of_what_is_observed_change_the_closure(row: str, write: Write, closure: Of) -> None:
    write(filled(ROWS[row]))
    before = closure()
    marks = [f"{kind}{n}" for kind in ("USED", "FREE") for n in range(1, 10)]
    there = [mark for mark in marks if any(mark in text for text in ROWS[row].values())]
    changed = []
    for mark in there:
        write(filled(ROWS[row], mark))
        changed += [mark] if closure().code_digest != before.code_digest else []
    assert changed == [mark for mark in there if mark.startswith("USED")]

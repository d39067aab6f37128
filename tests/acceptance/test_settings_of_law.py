"""Settings of law and luigi stay in force: plain law and caselaw do the same, one row per setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from both_sides import BASES, Setting, both
from setting_rows import ROWS


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
def test_setting_does_what_it_does_in_plain_law(row: Setting, tmp_path: Path):
    found = both(row, tmp_path)
    for side in BASES:
        seen = found[side]
        assert seen.codes == row.expected_codes(side), f"{side}:\n{seen.printed}"
        assert seen.notes == row.expected(side), f"{side}:\n{seen.printed}"
        assert seen.left == row.leaves[1], f"{side}:\n{seen.printed}"
        for pattern in row.shows:
            assert re.search(pattern, seen.printed, re.M), f"{side}: {pattern}\n{seen.printed}"
        for pattern in row.hides:
            assert not re.search(pattern, seen.printed, re.M), f"{side}: {pattern}\n{seen.printed}"


def test_deliberate_differences_have_a_reason():
    assert all(bool(row.because) == (row.ours is not None) for row in ROWS)

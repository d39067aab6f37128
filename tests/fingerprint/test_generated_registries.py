"""Registries put together at random are executed, edited and executed again.

`CASELAW_REGISTRIES=2000 pytest tests/fingerprint/test_generated_registries.py` tries more of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from generated_registries import registry
from test_registering_programs import outcome

COUNT = int(os.environ.get("CASELAW_REGISTRIES", "60"))


def _filled(files: dict[str, str], edited: int = 0) -> dict[str, str]:
    filled = {}
    for name, text in files.items():
        for mark in range(1, 5):
            text = text.replace(f"§{mark}", str(700 + mark if mark == edited else 100 + mark))
        filled[name] = text
    return filled


@pytest.mark.parametrize("start", range(0, COUNT, 20))
def test_exactly_what_a_registry_is_given_counts(start: int, tmp_path: Path) -> None:
    stale, needless, failed = [], [], []
    for seed in range(start, min(start + 20, COUNT)):
        program = registry(seed)
        folder = tmp_path / str(seed)
        try:
            result, digest = outcome(folder, _filled(program.files))
        except Exception as error:  # such parts do not go together
            failed.append(f"{program.parts}: {error!r}")
            continue
        for mark in range(1, 5):
            now, digest_now = outcome(folder, _filled(program.files, mark))
            if now != result and digest_now == digest:
                stale.append(f"{seed}, §{mark}: {program.parts}")
            if now == result and digest_now != digest:
                needless.append(f"{seed}, §{mark}: {program.parts}")
    assert not stale, "\n".join(stale)
    assert not needless, "\n".join(needless)
    assert len(failed) < 10, "\n".join(failed)

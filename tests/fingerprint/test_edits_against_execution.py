"""Programs are executed before and after an edit: what changes the result changes the digest.

`CASELAW_EDITS=500 pytest tests/fingerprint/test_edits_against_execution.py` tries more edits per program, and
every way of using it.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from edited_programs import WAYS, Folder, Program, programs
from program_edits import of_numbers, of_structure, without_meaning

EDITS = int(os.environ.get("CASELAW_EDITS", "12"))
"""Structural edits per program and way of using it."""

PROGRAMS = list(programs())
WIDE = ("exec(", "eval(", "globals()")
"""What stands for the whole module: its unused definitions count, too."""
READ = ("__doc__", "signature(")
"""What reads docstrings or annotations: they count."""


def ways(program: Program) -> list[str]:
    """The ways in which a program is used here: the same two in every run, or all."""
    return list(WAYS) if EDITS > 100 else ["same module", random.Random(program.title).choice(WAYS[1:])]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_an_edit_that_changes_the_result_changes_the_digest(program: Program, tmp_path: Path) -> None:
    folder, stale, changed = Folder(tmp_path / "program"), [], 0
    for way in ways(program):
        files = program.used(way)
        folder.write(files)
        result, digest = folder.result(), folder.closure().code_digest
        assert result is not None
        for name, text in files.items():
            structural = list(of_structure(text))
            chosen = random.Random(name).sample(structural, min(EDITS, len(structural)))
            for what, edited in [*of_numbers(text), *chosen]:
                folder.write({**files, name: edited})
                now = folder.result()
                if now is not None and now != result:  # what fails makes nothing that could be stale
                    changed += 1
                    if folder.closure().code_digest == digest:
                        stale.append(f"{way}, {name}, {what}: {result} became {now}")
    assert changed
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.title)
def test_an_edit_without_meaning_leaves_the_digest(program: Program, tmp_path: Path) -> None:
    folder, needless = Folder(tmp_path / "program"), []
    for way in ways(program):
        files = program.used(way)
        folder.write(files)
        result, digest = folder.result(), folder.closure().code_digest
        for name, text in files.items():
            for what, edited in without_meaning(text):
                is_read = what in ("docstrings", "annotations") and any(word in text for word in READ)
                is_used = "unused" in what and (way == "lazy" or any(word in text for word in WIDE))
                folder.write({**files, name: edited, "unreached.py": "print('imported')\n"})
                if not (is_read or is_used) and folder.closure().code_digest != digest:
                    needless.append(f"{way}, {name}, {what}: {result} is still {folder.result()}")
    assert not needless, "\n".join(needless)

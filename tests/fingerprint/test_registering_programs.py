"""Programs that register are executed, edited and executed again: exactly what changes the result counts."""

from __future__ import annotations

import importlib
import re
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from registering_rows import ROWS

from caselaw.fingerprint import first_party, symbol_closure

MARK = re.compile(r"(?:USED|FREE)\d")


def executed(folder: Path) -> str:
    """What `work.run()` returns, in modules made anew."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    without_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return repr(importlib.import_module("work").run())
    finally:
        sys.dont_write_bytecode = without_bytecode
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None)).startswith(str(folder)):
                del sys.modules[name]


def outcome(folder: Path, files: Mapping[str, str], edited: str = "") -> tuple[str, str]:
    """Result and digest with numbers for the marks; the mark `edited` gets another one."""
    for name, text in files.items():
        filled = MARK.sub(lambda mark: "701" if mark.group() == edited else f"10{mark.group()[-1]}", text)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(filled))
    closure = symbol_closure(["work:run"], first_party(folder), folder=folder / ".memo")
    return executed(folder), closure.code_digest


@pytest.mark.parametrize("row", ROWS)
def test_exactly_what_changes_the_result_changes_the_digest(row: str, tmp_path: Path) -> None:
    files = ROWS[row]
    marks = sorted({mark for text in files.values() for mark in MARK.findall(text)})
    result, digest = outcome(tmp_path, files)
    expected = {mark: mark.startswith("USED") for mark in marks}
    edited = {mark: outcome(tmp_path, files, mark) for mark in marks}
    assert {mark: found[0] != result for mark, found in edited.items()} == expected, "the row is wrong"
    assert {mark: found[1] != digest for mark, found in edited.items()} == expected

"""A class name stands in one file: who greps for it finds one class."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIRRORED = {"caselaw/errors.py", "griddav/errors.py"}
"""What the client raises has the name that it has in caselaw: one says what the other means."""


def class_names(package: str) -> dict[str, set[str]]:
    """Class → files of a package that define one of this name."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).add(str(path.relative_to(ROOT)))
    return found


def test_a_class_name_stands_in_one_file() -> None:
    files: dict[str, set[str]] = {}
    for package in ("caselaw", "griddav"):
        for name, where in class_names(package).items():
            files.setdefault(name, set()).update(where)
    assert {name: sorted(where) for name, where in files.items() if len(where) > 1 and where != MIRRORED} == {}

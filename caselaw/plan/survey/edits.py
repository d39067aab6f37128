"""Changes of source text: what stands where, and what to write in its place."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from caselaw.plan.survey.names import SurveyedModule


@dataclass(frozen=True, order=True)
class Edit:
    """Write `new` in the place of `old`, at a line (from 1) and column (from 0); without `old`, before that place."""

    path: Path
    line: int
    column: int
    old: str
    new: str


def replaced(module: SurveyedModule, node: ast.expr, new: str) -> Edit:
    """Another expression in the place of one that stands on a line."""
    line = module.source.lines[node.lineno - 1]
    start = column(line, node.col_offset)
    end = column(line, node.end_col_offset or 0) if node.end_lineno == node.lineno else len(line)
    return Edit(module.path, node.lineno, start, line[start:end], new)


def appended(module: SurveyedModule, node: ast.expr, new: str) -> Edit:
    """Something behind an expression."""
    line = node.end_lineno or node.lineno
    end = column(module.source.lines[line - 1], node.end_col_offset or 0)
    return Edit(module.path, line, end, "", new)


def inserted(module: SurveyedModule, line: int, text: str) -> Edit:
    """A line of its own before another one, as far to the right as that."""
    lines = module.source.lines
    here = lines[line - 1] if line <= len(lines) else ""
    return Edit(module.path, line, 0, "", here[: len(here) - len(here.lstrip())] + text + "\n")


def column(line: str, offset: int) -> int:
    """The column in characters of an offset in bytes, as Python counts it."""
    return len(line.encode()[:offset].decode("utf-8", "replace"))


def imported(module: SurveyedModule) -> Edit | None:
    """The import of caselaw, before the first import of a module; None where it is there."""
    if "caselaw" in module.names:
        return None
    body = module.source.tree.body
    imports = [each for each in body if isinstance(each, ast.Import | ast.ImportFrom) and not is_future(each)]
    if imports:
        return inserted(module, imports[0].lineno, "import caselaw")
    head = [each for number, each in enumerate(body) if is_future(each) or (number == 0 and is_docstring(each))]
    return inserted(module, (head[-1].end_lineno or 0) + 1 if head else 1, "import caselaw")


def is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)

"""Kinds of faults that tests of other rooms show: each names its tests, and all of them pass."""

from __future__ import annotations

import ast

from kinds import KINDS
from witness import NOT_SHOWN, TESTS


def test_every_kind_is_shown_by_tests_that_there_are() -> None:
    wanted = {test for group in KINDS.values() for each in group for test in each.functions}
    there: set[str] = set()
    for module in {test.partition("::")[0] for test in wanted}:
        tree = ast.parse((TESTS / module).read_text(encoding="utf-8"))
        there |= {f"{module}::{each.name}" for each in tree.body if isinstance(each, ast.FunctionDef)}
    assert sorted(wanted - there) == []
    faults = [each.fault for group in KINDS.values() for each in group]
    assert all(each.tests for group in KINDS.values() for each in group)
    assert len({(title, each.fault) for title, group in KINDS.items() for each in group}) == len(faults)


def test_tests_of_other_rooms_show_every_kind(elsewhere: tuple[dict[str, list[tuple[str, ...]]], str]) -> None:
    """Last in a full run, beside which they run."""
    rows, output = elsewhere
    assert {title: len(group) for title, group in rows.items()} == {title: len(group) for title, group in KINDS.items()}
    assert [row for group in rows.values() for row in group if NOT_SHOWN in row] == [], output

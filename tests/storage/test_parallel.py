"""The same work on many things at the same time."""

from __future__ import annotations

import threading

import pytest

from caselaw.storage.files.concurrency import side_by_side


def test_results_are_in_the_order_of_the_things() -> None:
    assert side_by_side(lambda number: number * number, range(100)) == [number * number for number in range(100)]
    assert side_by_side(str, []) == []


def test_things_are_worked_on_together() -> None:
    together = threading.Barrier(8, timeout=10)
    assert side_by_side(lambda _: together.wait() >= 0, range(8), at_once=8) == [True] * 8


def test_the_first_error_is_raised_and_nothing_new_is_begun() -> None:
    begun = []

    def work(number: int) -> None:
        begun.append(number)
        raise KeyError(number)

    with pytest.raises(KeyError):
        side_by_side(work, range(1000), at_once=4)
    assert len(begun) <= 4

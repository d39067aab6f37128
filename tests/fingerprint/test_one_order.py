"""What has no order gets one, the same in every process."""

from __future__ import annotations

from typing import Any

import pytest
from luigi.freezing import FrozenOrderedDict

import caselaw
from caselaw.errors import FingerprintError
from caselaw.fingerprint.order import in_one_order, ordered


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"b", "a"}, ["a", "b"]),
        ({10, 9}, [9, 10]),
        ((), []),
        ({(2, 1): 0, (1, 2): 0}, [(1, 2), (2, 1)]),
    ],
)
def test_values_are_sorted(values: Any, expected: list[Any]):
    assert ordered(values) == expected


def test_order_is_that_of_the_values_where_they_cannot_be_compared():
    mixed = [1, "a", None, 1.5, True, frozenset({2}), frozenset({1}), ("a", 1)]
    assert list(map(repr, ordered(mixed))) == list(map(repr, ordered(reversed(mixed))))
    assert len(ordered(mixed)) == len(mixed)


def test_value_without_fingerprint_cannot_be_sorted():
    with pytest.raises(FingerprintError, match="cannot be fingerprinted"):
        ordered([object(), 1])


@pytest.mark.parametrize("value", [1, "a", (1, [2]), {"a": [1, {"b": 2}]}, {2, 1}, None])
def test_what_is_in_order_stays_the_very_same(value: Any):
    assert in_one_order(value) is value


def test_mappings_are_sorted_at_any_depth():
    value = ({"b": 1, "a": [{"d": 1, "c": 2}]}, FrozenOrderedDict({"y": 1, "x": 2}))
    first, second = in_one_order(value)
    assert list(first) == ["a", "b"]
    assert list(first["a"][0]) == ["c", "d"]
    assert type(second) is FrozenOrderedDict
    assert list(second) == ["x", "y"]
    assert list(value[0]) == ["b", "a"], "what was given is left alone"


@pytest.mark.parametrize("values", [{"b", "a"}, frozenset({"b", "a"}), {"b": 1, "a": 2}, {"b": 1, "a": 2}.keys()])
def test_branches_over_what_has_no_order_are_sorted(values: Any):
    assert caselaw.over(values).values == ("a", "b")


@pytest.mark.parametrize("values", [["b", "a"], ("b", "a"), iter("ba"), {"x": "b", "y": "a"}.values()])
def test_branches_over_what_has_an_order_keep_it(values: Any):
    assert caselaw.over(values).values == ("b", "a")


def test_values_of_branches_keep_their_types():
    values = caselaw.over([1, 1.0, True, {"b": 1, "a": 1.0}]).values
    assert [repr(value) for value in values] == ["1", "1.0", "True", "{'a': 1.0, 'b': 1}"]

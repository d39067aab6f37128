from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.exact_sums import ExactSums, split_weights

finite = st.floats(min_value=-1e300, max_value=1e300, allow_nan=False, allow_subnormal=True)
entries = st.lists(st.tuples(st.integers(0, 3), finite), max_size=40)


def summed(pairs: list[tuple[int, float]], pieces: int = 1) -> np.ndarray:
    sums = ExactSums(4)
    bins = np.array([position for position, _ in pairs], dtype=np.int64)
    weights = np.array([weight for _, weight in pairs])
    for piece in np.array_split(np.arange(len(pairs)), pieces):
        sums.add(bins[piece], split_weights(weights[piece]))
    return sums.values()


@given(entries)
def test_sums_are_rounded_once(pairs: list[tuple[int, float]]) -> None:
    expected = [math.fsum(weight for position, weight in pairs if position == wanted) for wanted in range(4)]
    assert summed(pairs).tolist() == expected


@given(entries, st.integers(1, 5), st.randoms(use_true_random=False))
def test_sums_depend_on_neither_order_nor_split(pairs, pieces, random) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert summed(shuffled, pieces).tobytes() == summed(pairs).tobytes()


def test_small_weights_survive_large_ones() -> None:
    weights = np.array([1e16, 1.0, -1e16] * 1000)
    assert np.bincount(np.zeros(3000, dtype=int), weights)[0] != 1000.0  # what a plain sum makes of it
    assert summed([(0, weight) for weight in weights])[0] == 1000.0


def test_no_entries_sum_to_zero() -> None:
    assert summed([]).tolist() == [0.0] * 4

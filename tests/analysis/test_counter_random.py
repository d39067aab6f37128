from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.counter_random import normal, seed_of, uniform


def test_numbers_belong_to_their_counters_whatever_the_order() -> None:
    events = np.arange(1000, dtype=np.uint64)
    shuffled = np.random.default_rng(1).permutation(events)
    together = uniform(7, np.uint32(1), events)
    assert np.array_equal(uniform(7, np.uint32(1), shuffled), together[shuffled])
    assert np.array_equal(np.concatenate([uniform(7, 1, chunk) for chunk in np.split(events, 10)]), together)


def test_numbers_are_fixed_for_ever() -> None:
    assert uniform(0, 1, 2, 3) == 0.07969972092140465
    assert seed_of("stream", 0) == 12839184228669727853


def test_uniform_numbers_are_uniform_and_independent_of_neighbours() -> None:
    grid = np.meshgrid(np.arange(200), np.arange(1000), indexing="ij")
    numbers = uniform(3, *grid)
    assert ((numbers > 0) & (numbers < 1)).all()
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > 1e-3
    for neighbours in (numbers[:-1] - numbers[1:], numbers[:, :-1] - numbers[:, 1:]):
        # independent neighbours: the variance of the difference is twice 1/12
        assert abs(neighbours.var() - 1 / 6) < 5 * 0.0012


def test_normal_numbers_are_normal() -> None:
    numbers = normal(5, np.arange(100_000))
    assert stats.kstest(numbers, "norm").pvalue > 1e-3


def test_streams_of_one_seed_differ() -> None:
    events = np.arange(10_000)
    first, second = (uniform(seed_of(name, 1), events) for name in ("ttbar", "wjets"))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.05


def test_order_of_counters_counts() -> None:
    assert uniform(1, 2, 3) != uniform(1, 3, 2)

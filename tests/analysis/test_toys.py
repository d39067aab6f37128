"""Toy experiments: no bias, right widths, reproducible, failures reported."""

from dataclasses import replace

import numpy as np
import pytest
from made_templates import counting_workspace, made_workspace

from analysis.fitting import Likelihood, ToyResult, join_toys, throw_toys, toys
from analysis.fitting.toys import ToyError, throw


@pytest.fixture(scope="module")
def hundreds():
    return throw_toys(made_workspace(), 200, seed=1)


def test_pulls_have_mean_zero_and_width_one(hundreds):
    assert len(hundreds.toys) == 200
    assert hundreds.mean == pytest.approx(0, abs=0.15)
    assert hundreds.width == pytest.approx(1, abs=0.15)


def test_estimates_scatter_by_their_uncertainty(hundreds):
    estimates = np.array([toy.estimate for toy in hundreds.toys])
    uncertainties = np.array([toy.uncertainty for toy in hundreds.toys])
    assert estimates.std() == pytest.approx(uncertainties.mean(), rel=0.2)


def test_chunks_joined_equal_one_run():
    workspace = made_workspace()
    parts = [throw_toys(workspace, 3, seed=7, first=first) for first in (3, 0)]
    assert join_toys(parts) == throw_toys(workspace, 6, seed=7)


def test_another_seed_throws_other_toys():
    workspace = counting_workspace(150.0)
    first, second = (throw_toys(workspace, 5, seed=seed) for seed in (1, 2))
    assert [toy.estimate for toy in first.toys] != [toy.estimate for toy in second.toys]


def test_the_same_chunk_cannot_be_joined_twice():
    part = throw_toys(counting_workspace(150.0), 2, seed=1)
    with pytest.raises(ToyError, match="several chunks"):
        join_toys([part, part])
    with pytest.raises(ToyError, match="one seed"):
        join_toys([part, throw_toys(counting_workspace(150.0), 2, seed=2, first=2)])


def test_counts_and_auxiliary_values_are_both_thrown():
    likelihood = Likelihood(made_workspace())
    random = np.random.default_rng(5)
    thrown = [throw(likelihood, random) for _ in range(1000)]
    counts = np.array([observation.counts for observation in thrown])
    auxiliary = np.array([observation.auxiliary for observation in thrown])
    expected = likelihood.expected(likelihood.initial).sum(axis=0)
    np.testing.assert_allclose((counts.mean(axis=0) - expected) / np.sqrt(expected), 0, atol=0.15)
    np.testing.assert_allclose(counts.var(axis=0) / expected, 1, atol=0.25)
    widths = likelihood.sigmas[likelihood.sigmas > 0]
    np.testing.assert_allclose(auxiliary.mean(axis=0), likelihood.observation.auxiliary, atol=0.15)
    np.testing.assert_allclose(auxiliary.std(axis=0) / widths, 1, atol=0.12)


def test_a_failed_fit_is_counted_and_in_no_average(monkeypatch):
    fitted = toys.minimise

    def sometimes_failing(likelihood, observation):
        minimum = fitted(likelihood, observation)
        return replace(minimum, valid=minimum.parameters[0] < 1)

    workspace = counting_workspace(150.0)
    everything = throw_toys(workspace, 10, seed=1)
    monkeypatch.setattr(toys, "minimise", sometimes_failing)
    some = throw_toys(workspace, 10, seed=1)
    assert some.failed == tuple(toy.index for toy in everything.toys if toy.estimate >= 1)
    assert 0 < len(some.failed) < 10
    assert some.toys == tuple(toy for toy in everything.toys if toy.estimate < 1)
    assert len(some.pulls) == len(some.toys)


def test_no_converged_toy_has_no_mean():
    with pytest.raises(ToyError, match="2 failed"):
        _ = ToyResult("mu", 1.0, 1, (), (0, 1)).mean


def test_toys_survive_json():
    thrown = throw_toys(counting_workspace(150.0), 3, seed=1)
    assert ToyResult.from_json(thrown.to_json()) == thrown

"""The fit: against closed formulas, against pyhf, and in corners."""

import json

import numpy as np
import pyhf
import pytest
from made_templates import EDGES, counting_workspace, made_templates, made_workspace

from analysis.fitting import FitResult, Likelihood, MinimumError, UnsupportedModelError, fit, fit_workspace
from analysis.fitting.layout import Observation
from analysis.fitting.minimum import minimise
from analysis.workspace import build_workspace


@pytest.fixture(scope="module")
def result():
    """A full fit of the synthetic measurement."""
    return fit(made_workspace(), edges={"ht_4j1b": EDGES, "trijet_mass_4j2b": EDGES})


@pytest.mark.parametrize("observed", [121.0, 150.0, 160.0, 203.5])
def test_counting_experiment_gives_the_closed_formula(observed):
    found = fit(counting_workspace(observed, signal=50, background=100))
    assert found.signal_strength == pytest.approx((observed - 100) / 50, abs=1e-6)
    assert found.uncertainty == pytest.approx(np.sqrt(observed) / 50, rel=1e-5)


def test_minos_ends_where_the_likelihood_has_fallen_by_one_half():
    found = fit(counting_workspace(160.0))
    expected = 100 + 50 * (found.signal_strength + np.array([-found.uncertainty_down, found.uncertainty_up]))
    rise = expected - 160 - 160 * np.log(expected / 160)
    np.testing.assert_allclose(rise, 0.5, rtol=1e-3)


def test_an_uncertain_background_adds_in_quadrature():
    found = fit(counting_workspace(160.0, background_uncertainty=10.0))
    assert found.signal_strength == pytest.approx(1.2, abs=1e-6)
    assert found.uncertainty == pytest.approx(np.sqrt(160 + 10**2) / 50, rel=1e-5)
    assert found.statistical_uncertainty == pytest.approx(np.sqrt(160) / 50, rel=1e-5)
    (impact,) = found.impacts
    assert (impact.prefit_up, impact.prefit_down) == (pytest.approx(-0.2), pytest.approx(0.2))


def test_data_equal_to_the_expectation_give_one_without_pulls():
    workspace = made_workspace()
    for channel, observation in zip(workspace["channels"], workspace["observations"], strict=True):
        observation["data"] = np.sum([sample["data"] for sample in channel["samples"]], axis=0).tolist()
    found = fit(workspace, impacts=False)
    assert found.signal_strength == pytest.approx(1, abs=1e-5)
    assert max(abs(parameter.pull) for parameter in found.parameters if parameter.pull is not None) < 1e-4
    assert found.goodness_of_fit.p_value > 0.999


def pyhf_parameters(model, likelihood, values):
    """Parameters of our likelihood in the order of pyhf's."""
    by_name = dict(zip(likelihood.names, values, strict=True))
    ordered = model.config.suggested_init()
    for name in model.config.par_order:
        where = model.config.par_slice(name)
        if name in by_name:
            ordered[where] = [by_name[name]]
        else:
            ordered[where] = [by_name.get(f"{name}[{k}]", 1.0) for k in range(where.stop - where.start)]
    return ordered


def moved(likelihood, size, seed):
    widths = np.where(likelihood.sigmas > 0, likelihood.sigmas, 0.3)
    shift = np.random.default_rng(seed).normal(size=len(widths)) * widths * size
    lowest, highest = np.array([parameter.bounds for parameter in likelihood.parameters]).T
    return np.clip(likelihood.initial + shift, lowest + 0.05, highest - 0.05)


@pytest.mark.parametrize("size", [0.0, 0.5, 2.0])
def test_the_likelihood_is_pyhf_s(size):
    workspace = made_workspace()
    likelihood = Likelihood(workspace)
    model = pyhf.Workspace(workspace).model()
    data = pyhf.Workspace(workspace).data(model)
    reference = likelihood.initial
    values = moved(likelihood, size, seed=2)

    def pyhf_nll(parameters):
        return -float(model.logpdf(pyhf_parameters(model, likelihood, parameters), data)[0])

    ours = likelihood.nll(values, likelihood.observation) - likelihood.nll(reference, likelihood.observation)
    assert ours == pytest.approx(pyhf_nll(values) - pyhf_nll(reference), abs=1e-8)
    # absolute too, where every bin has a statistical parameter in both
    whole = likelihood.nll(values, likelihood.observation) + likelihood.saturated_nll(likelihood.observation)
    held = model.config.npars - len(likelihood.names)
    assert whole + held * 0.5 * np.log(2 * np.pi) == pytest.approx(pyhf_nll(values), abs=1e-8)


@pytest.mark.parametrize("size", [0.0, 0.5, 2.0])
def test_derivatives_are_those_of_the_function(size):
    likelihood = Likelihood(made_workspace())
    observation = likelihood.observation
    values = moved(likelihood, size, seed=3)
    steps = np.eye(len(values)) * 1e-5
    slopes = [
        (likelihood.nll(values + step, observation) - likelihood.nll(values - step, observation)) / 2e-5
        for step in steps
    ]
    curvatures = [
        (likelihood.gradient(values + step, observation) - likelihood.gradient(values - step, observation)) / 2e-5
        for step in steps
    ]
    yields = [(likelihood.expected(values + step) - likelihood.expected(values - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(likelihood.gradient(values, observation), slopes, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(likelihood.hessian(values, observation), curvatures, rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(likelihood.jacobian(values), yields, rtol=1e-5, atol=1e-4)


def test_the_best_fit_is_pyhf_s(result):
    workspace = made_workspace()
    pyhf.set_backend("numpy", "minuit")
    model = pyhf.Workspace(workspace).model()
    data = pyhf.Workspace(workspace).data(model)
    best = pyhf.infer.mle.fit(data, model)
    assert result.signal_strength == pytest.approx(best[model.config.poi_index], abs=1e-3)


def test_pulls_and_constraints_are_in_units_of_the_prefit_uncertainty(result):
    by_name = {parameter.name: parameter for parameter in result.parameters}
    assert by_name["ttbar_norm"].pull is None
    jes = by_name["jes"]
    assert (jes.pull, jes.constraint) == (jes.value, jes.uncertainty)
    assert 0 < jes.constraint <= 1.001
    gamma = next(parameter for parameter in result.parameters if parameter.kind == "statistical")
    assert gamma.pull == pytest.approx((gamma.value - 1) * gamma.constraint / gamma.uncertainty)


def test_the_correlation_matrix_is_one(result):
    matrix = np.array(result.correlation)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9)
    assert np.abs(matrix).max() <= 1 + 1e-9
    held = np.array([parameter.uncertainty == 0 for parameter in result.parameters])
    np.testing.assert_allclose(np.diag(matrix), np.where(held, 0, 1))


def test_yields_add_up_and_know_their_bins(result):
    for moment in (result.prefit, result.postfit):
        for channel in moment:
            total = np.sum([sample.values for sample in channel.samples.values()], axis=0)
            np.testing.assert_allclose(total, channel.sum.values)
            assert sum(channel.sum.values) == pytest.approx(channel.sum.total)
            assert channel.edges == tuple(EDGES)
            assert len(channel.data) == len(channel.sum.uncertainties) == len(EDGES) - 1


def test_the_fit_shrinks_the_uncertainty_of_the_yields(result):
    for before, after in zip(result.prefit, result.postfit, strict=True):
        assert after.sum.total_uncertainty < before.sum.total_uncertainty
        # counts pin the yield to about their own fluctuation
        assert after.sum.total_uncertainty == pytest.approx(np.sqrt(sum(after.data)), rel=0.3)
        assert abs(after.sum.total - sum(after.data)) < 2 * np.sqrt(sum(after.data))


def test_prefit_uncertainty_is_the_quadratic_sum_of_its_parts():
    templates, data = made_templates()
    workspace = build_workspace(templates, data, systematics=[], luminosity_uncertainty=0.03)
    channel = fit(workspace, impacts=False).prefit[0]
    nominal = [varied["nominal"] for varied in templates["ht_4j1b"].values()]
    variances = sum(template.variances for template in nominal)
    total = sum(template.values for template in nominal)
    luminosity = 0.015 * (1.03 - 0.97) / 0.03 * total  # slope of the interpolation at 0 is about ln(1.03)
    np.testing.assert_allclose(channel.sum.uncertainties, np.sqrt(variances + luminosity**2), rtol=1e-3)


def test_more_luminosity_means_less_signal_strength(result):
    impact = next(impact for impact in result.impacts if impact.parameter == "luminosity")
    assert -0.06 < impact.postfit_up < -0.02
    assert impact.postfit_down == pytest.approx(-impact.postfit_up, rel=0.15)
    assert {impact.parameter for impact in result.impacts} == {p.name for p in result.parameters} - {"ttbar_norm"}
    assert [impact.size for impact in result.impacts] == sorted((i.size for i in result.impacts), reverse=True)


def test_an_impact_is_the_shift_of_a_fit_with_the_parameter_held(result):
    likelihood = Likelihood(made_workspace())
    jes = next(parameter for parameter in result.parameters if parameter.name == "jes")
    index = likelihood.names.index("jes")
    held = minimise(likelihood, likelihood.observation, fixed={index: jes.value + jes.uncertainty})
    impact = next(impact for impact in result.impacts if impact.parameter == "jes")
    shift = held.parameters[likelihood.poi_index] - result.signal_strength
    assert impact.postfit_up == pytest.approx(shift, abs=1e-4)


def test_goodness_of_fit_is_that_of_baker_and_cousins():
    workspace = counting_workspace(160.0)
    workspace["channels"].append(
        {"name": "control", "samples": [{"name": "background", "data": [100.0], "modifiers": []}]}
    )
    workspace["observations"].append({"name": "control", "data": [120.0]})
    found = fit(workspace).goodness_of_fit
    statistic = 2 * (100 - 120 + 120 * np.log(1.2))
    assert found.statistic == pytest.approx(statistic, rel=1e-6)
    assert found.degrees_of_freedom == 1
    assert found.p_value == pytest.approx(0.0532, abs=2e-3)


def test_a_deficit_gives_zero_signal_with_a_finite_uncertainty():
    found = fit(counting_workspace(90.0))
    assert found.signal_strength == 0
    assert found.uncertainty == pytest.approx(np.sqrt(90) * 100 / 90 / 50, rel=1e-3)
    assert found.uncertainty_down is None


def test_a_statistical_parameter_at_its_bound_is_held_there():
    """Nothing observed where simulated events weigh three: the normal constraint alone would go negative."""
    workspace = counting_workspace(160.0)
    spread = {"name": "staterror_control", "type": "staterror", "data": [3.0]}
    sample = {"name": "background", "data": [3.0], "modifiers": [spread]}
    workspace["channels"].append({"name": "control", "samples": [sample]})
    workspace["observations"].append({"name": "control", "data": [0.0]})
    found = fit(workspace)
    assert found.signal_strength == pytest.approx(1.2, abs=1e-5)
    (gamma,) = (parameter for parameter in found.parameters if parameter.kind == "statistical")
    assert gamma.value == pytest.approx(0, abs=1e-6)
    assert gamma.uncertainty == 0


def test_an_experiment_without_any_event_is_an_error():
    with pytest.raises(MinimumError, match="is any event observed"):
        fit(counting_workspace(0.0))


def test_other_modifiers_are_refused_by_name():
    workspace = counting_workspace(160.0)
    shape = {"name": "free", "type": "shapefactor", "data": None}
    workspace["channels"][0]["samples"][1]["modifiers"].append(shape)
    with pytest.raises(UnsupportedModelError, match=r"'count'.*'background'.*'free'.*shapefactor"):
        fit(workspace)


def test_a_result_survives_json(result):
    assert FitResult.from_json(result.to_json()) == result


def test_the_same_workspace_gives_the_same_bytes(tmp_path):
    (tmp_path / "workspace.json").write_text(json.dumps(made_workspace()))
    for name in ("a", "b"):
        fit_workspace(tmp_path / "workspace.json", tmp_path / name, toys=2, seed=4)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert len(FitResult.from_json((tmp_path / "a").read_text()).toys.toys) == 2


def test_a_fit_starts_anywhere_and_ends_in_the_same_place():
    likelihood = Likelihood(made_workspace())
    observation = Observation(likelihood.observation.counts, likelihood.observation.auxiliary)
    best = minimise(likelihood, observation)
    for seed in range(5):
        other = minimise(likelihood, observation, start=moved(likelihood, 1.0, seed))
        assert other.valid
        poi = likelihood.poi_index
        assert other.parameters[poi] == pytest.approx(best.parameters[poi], abs=1e-4)

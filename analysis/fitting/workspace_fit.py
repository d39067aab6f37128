"""The maximum-likelihood fit of a workspace: signal strength, pulls, impacts, yields.

Terms as in HistFactory (CERN-OPEN-2012-016); the likelihood is that of pyhf, see `likelihood`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import gammaincc

from analysis.fitting.impacts import find_impacts
from analysis.fitting.layout import Observation
from analysis.fitting.likelihood import Likelihood
from analysis.fitting.minimum import Minimum, MinimumError, minimise
from analysis.fitting.result import FitResult, FittedParameter, GoodnessOfFit
from analysis.fitting.toys import throw_toys
from analysis.fitting.yields import channel_yields


def fit_workspace(
    workspace: os.PathLike[str] | str,
    fit_json: os.PathLike[str] | str,
    *,
    edges: Mapping[str, Sequence[float]] | None = None,
    toys: int = 0,
    seed: int = 0,
) -> None:
    """Fit the workspace file, throw toy experiments, and write a FitResult as JSON."""
    model = json.loads(Path(workspace).read_text(encoding="utf-8"))
    result = fit(model, edges=edges)
    if toys:
        result = replace(result, toys=throw_toys(model, toys, seed))
    Path(fit_json).write_text(result.to_json(), encoding="utf-8")


def fit(
    workspace: Mapping[str, Any],
    *,
    edges: Mapping[str, Sequence[float]] | None = None,
    minos: bool = True,
    impacts: bool = True,
) -> FitResult:
    """Fit a pyhf workspace (modifiers normfactor, normsys, histosys, staterror) to its observations.

    A workspace does not know its bin edges: `edges` per channel, where given, join the yields.
    Raises UnsupportedModelError for other modifiers and MinimumError when the fit does not converge.
    """
    likelihood = Likelihood(workspace)
    observation = likelihood.observation
    best = minimise(likelihood, observation)
    if not best.valid:
        raise MinimumError(
            f"the fit of '{likelihood.names[likelihood.poi_index]}' did not converge (estimated distance to "
            f"the minimum {best.edm:.2g}): is the signal strength at a bound, or do data and model disagree?"
        )
    poi = likelihood.poi_index
    if not best.uncertainties[poi] > 0:
        raise MinimumError(f"the data do not constrain '{likelihood.names[poi]}': is any event observed?")
    down, up = _minos(likelihood, best) if minos else (None, None)
    before = np.diag(likelihood.sigmas**2)
    return FitResult(
        poi=likelihood.names[poi],
        signal_strength=float(best.parameters[poi]),
        uncertainty=float(best.uncertainties[poi]),
        uncertainty_up=up,
        uncertainty_down=down,
        statistical_uncertainty=_statistical_uncertainty(likelihood, observation, best),
        parameters=_parameters(likelihood, best),
        correlation=tuple(tuple(row) for row in best.correlation.tolist()),
        goodness_of_fit=_goodness_of_fit(likelihood, observation, best),
        prefit=channel_yields(likelihood, observation, likelihood.initial, before, edges),
        postfit=channel_yields(likelihood, observation, best.parameters, best.covariance, edges),
        impacts=find_impacts(likelihood, observation, best) if impacts else (),
        edm=best.edm,
    )


def _minos(likelihood: Likelihood, best: Minimum) -> tuple[float | None, float | None]:
    """Distances down and up to where the profile of -ln L has risen by 1/2."""
    if best.at_bound[likelihood.poi_index]:
        return None, None
    name = likelihood.names[likelihood.poi_index]
    best.minuit.minos(name)
    errors = best.minuit.merrors[name]
    down = float(-errors.lower) if errors.lower_valid else None
    up = float(errors.upper) if errors.upper_valid else None
    return down, up


def _statistical_uncertainty(likelihood: Likelihood, observation: Observation, best: Minimum) -> float:
    """Uncertainty of the parameter of interest with only the free parameters free (scales)."""
    free = [k for k, parameter in enumerate(likelihood.parameters) if not parameter.sigma and not parameter.fixed]
    inverse = np.linalg.pinv(likelihood.hessian(best.parameters, observation)[np.ix_(free, free)])
    poi = free.index(likelihood.poi_index)
    return float(np.sqrt(max(inverse[poi, poi], 0.0)))


def _parameters(likelihood: Likelihood, best: Minimum) -> tuple[FittedParameter, ...]:
    result = []
    for parameter, value, width in zip(
        likelihood.parameters, best.parameters.tolist(), best.uncertainties.tolist(), strict=True
    ):
        pull = constraint = None
        if parameter.sigma:
            pull = (value - parameter.initial) / parameter.sigma
            constraint = width / parameter.sigma
        result.append(FittedParameter(parameter.name, parameter.kind, value, width, pull, constraint))
    return tuple(result)


def _goodness_of_fit(likelihood: Likelihood, observation: Observation, best: Minimum) -> GoodnessOfFit:
    """Baker and Cousins, NIM 221 (1984) 437; one degree of freedom per bin, less the free parameters."""
    free = sum(1 for parameter in likelihood.parameters if not parameter.sigma and not parameter.fixed)
    degrees = len(observation.counts) - free
    statistic = 2 * max(best.nll, 0.0)
    p_value = float(gammaincc(degrees / 2, statistic / 2)) if degrees > 0 else None
    return GoodnessOfFit(statistic, degrees, p_value)

"""The best fit: MIGRAD, HESSE and MINOS of Minuit on an analytic gradient and Hessian.

James and Roos, Comput. Phys. Commun. 10 (1975) 343. With numerical derivatives the HESSE uncertainty of
a strongly correlated model depends on rounding (it moves by tens of percent when parameters are merely
reordered); with exact derivatives it is the curvature at the minimum.

Values and uncertainties have shape (parameters,), matrices (parameters, parameters); none has a
unit.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from iminuit import Minuit
from iminuit.warnings import IMinuitWarning
from numpy.typing import NDArray

from analysis.fitting.layout import Observation
from analysis.fitting.likelihood import Likelihood
from analysis.templates import Floats

Flags = NDArray[np.bool_]

TOLERANCE = 1e-3  # estimated vertical distance to the minimum below 1e-6 in -ln L
STRATEGIES = (1, 2)
MAXIMUM_STEPS = 50
CLOSE_ENOUGH = 1e-9  # expected gain in -ln L below which Newton's method stops
NEAR_BOUND = 1e-6  # of the range of a parameter: Newton's method stays this far inside


class MinimumError(RuntimeError):
    """Minuit found no valid minimum of -ln L."""


@dataclass(frozen=True, eq=False)
class Minimum:
    """Parameters at the smallest -ln L and their covariance, whose rows are zero for parameters held fixed.

    `at_bound` tells which parameters want to leave their range; they are held where it ends. If the
    parameter of interest is among them, its uncertainty is that of the curvature there.
    """

    parameters: Floats
    covariance: Floats
    nll: float
    valid: bool
    edm: float
    at_bound: Flags
    minuit: Minuit

    @property
    def uncertainties(self) -> Floats:
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def correlation(self) -> Floats:
        widths = np.where(self.uncertainties > 0, self.uncertainties, 1.0)
        return self.covariance / np.outer(widths, widths)


def minimise(
    likelihood: Likelihood,
    observation: Observation,
    *,
    start: Floats | None = None,
    fixed: Mapping[int, float] | None = None,
    covariance: bool = True,
) -> Minimum:
    """Minimise -ln L from `start`, with parameters `fixed` at values by their index.

    Without `covariance` HESSE is not run, and the matrix is MIGRAD's estimate.
    """
    held = dict(fixed or {})
    values = np.array(likelihood.initial if start is None else start, dtype=np.float64)
    values[list(held)] = list(held.values())
    frozen = np.array([parameter.fixed for parameter in likelihood.parameters])
    frozen[list(held)] = True
    values, at_bound = approach(likelihood, observation, values, frozen)
    minuit, valid, edm = _migrad(likelihood, observation, values, frozen | at_bound, covariance)
    poi = likelihood.poi_index
    matrix = np.zeros((len(values), len(values)))
    if at_bound[poi]:
        free = np.flatnonzero(~(frozen | at_bound) | (np.arange(len(values)) == poi))
        curvature = likelihood.hessian(np.array(minuit.values), observation)[np.ix_(free, free)]
        matrix[np.ix_(free, free)] = np.linalg.pinv(curvature, hermitian=True)
    elif minuit.covariance is not None:
        matrix = np.array(minuit.covariance)
    bounds = np.array([parameter.bounds for parameter in likelihood.parameters])
    nearest = bounds[np.arange(len(values)), (values > bounds.mean(axis=1)).astype(int)]
    return Minimum(
        parameters=np.where(at_bound, nearest, np.array(minuit.values)),
        covariance=matrix,
        nll=likelihood.nll(np.array(minuit.values), observation),
        valid=valid,
        edm=edm,
        at_bound=at_bound,
        minuit=minuit,
    )


def approach(likelihood: Likelihood, observation: Observation, start: Floats, frozen: Flags) -> tuple[Floats, Flags]:
    """Newton steps towards the minimum inside the bounds, so that MIGRAD starts next to it.

    Returns the parameters reached, and which of them the slope of -ln L presses against a bound (a
    statistical parameter, where no event was observed and simulated events weigh more than one).
    Where the second derivatives are not positive definite the Fisher information takes their place
    (Fisher scoring); a step that does not lower -ln L is halved, up to ten times.
    """
    lowest, highest = np.array([parameter.bounds for parameter in likelihood.parameters]).T
    margin = NEAR_BOUND * (highest - lowest)
    lowest, highest = lowest + margin, highest - margin
    values = np.where(frozen, start, np.clip(start, lowest, highest))
    nll = likelihood.nll(values, observation)
    for _ in range(MAXIMUM_STEPS):
        slopes = likelihood.gradient(values, observation)
        pressed = _pressed(values, slopes, lowest, highest) & ~frozen
        free = np.flatnonzero(~frozen & ~pressed)
        step = np.zeros_like(values)
        step[free] = -_solve(likelihood, observation, values, free, slopes[free])
        if -0.5 * float(step @ slopes) < CLOSE_ENOUGH:
            break
        for halving in range(10):
            trial = np.where(frozen, values, np.clip(values + step * 0.5**halving, lowest, highest))
            lower = likelihood.nll(trial, observation)
            if lower < nll:
                values, nll = trial, lower
                break
        else:
            break
    return values, _pressed(values, likelihood.gradient(values, observation), lowest, highest) & ~frozen


def _pressed(values: Floats, slopes: Floats, lowest: Floats, highest: Floats) -> Flags:
    """Which parameters sit at a bound beyond which -ln L would still fall."""
    return ((values <= lowest) & (slopes > 0)) | ((values >= highest) & (slopes < 0))


def _solve(
    likelihood: Likelihood, observation: Observation, values: Floats, free: NDArray[np.intp], slopes: Floats
) -> Floats:
    """Inverse second derivatives, or else inverse information, times the slopes of the free parameters."""
    try:
        factor = np.linalg.cholesky(likelihood.hessian(values, observation)[np.ix_(free, free)])
    except np.linalg.LinAlgError:
        return np.linalg.pinv(likelihood.information(values)[np.ix_(free, free)]) @ slopes
    return np.linalg.solve(factor.T, np.linalg.solve(factor, slopes))


def _migrad(
    likelihood: Likelihood, observation: Observation, values: Floats, frozen: Flags, covariance: bool
) -> tuple[Minuit, bool, float]:
    """MIGRAD, with HESSE for the covariance; whether the minimum is valid, and the distance to it."""
    for strategy in STRATEGIES:
        minuit = _minuit(likelihood, observation, values, frozen)
        if minuit.nfit == 0:
            return minuit, True, 0.0
        minuit.strategy = strategy
        minuit.migrad(iterate=3)
        if covariance and minuit.valid:
            minuit.hesse()
        if minuit.valid:
            break
    return minuit, bool(minuit.valid), float(minuit.fmin.edm)


def _minuit(likelihood: Likelihood, observation: Observation, values: Floats, frozen: Flags) -> Minuit:
    """A minimiser that knows the derivatives, the bounds, and step sizes from the Fisher information."""
    with warnings.catch_warnings():
        # iminuit says that g2 has no effect beside a Hessian, but calls it where the curvature is negative
        warnings.simplefilter("ignore", IMinuitWarning)
        minuit = Minuit(
            lambda x: likelihood.nll(x, observation),
            values,
            grad=lambda x: likelihood.gradient(x, observation),
            g2=lambda x: np.diag(likelihood.hessian(x, observation)),
            hessian=lambda x: likelihood.hessian(x, observation),
            name=likelihood.names,
        )
    minuit.errordef = Minuit.LIKELIHOOD
    minuit.tol = TOLERANCE
    minuit.errors = np.sqrt(np.diag(np.linalg.pinv(likelihood.information(values))))
    minuit.limits = [parameter.bounds for parameter in likelihood.parameters]
    minuit.fixed = frozen.tolist()
    return minuit

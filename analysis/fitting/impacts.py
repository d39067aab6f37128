"""Impacts: how much the parameter of interest moves with each other parameter."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.fitting.layout import Observation
from analysis.fitting.likelihood import Likelihood
from analysis.fitting.minimum import Minimum, MinimumError, minimise


@dataclass(frozen=True)
class Impact:
    """Shifts of the parameter of interest when `parameter` is held at its best value ± its uncertainty.

    "prefit" moves by the width of the constraint (None for a parameter without one), "postfit" by the
    uncertainty after the fit.
    """

    parameter: str
    kind: str
    prefit_up: float | None
    prefit_down: float | None
    postfit_up: float
    postfit_down: float

    @property
    def size(self) -> float:
        """The larger of the two postfit shifts."""
        return max(abs(self.postfit_up), abs(self.postfit_down))


def find_impacts(likelihood: Likelihood, observation: Observation, best: Minimum) -> tuple[Impact, ...]:
    """Impacts of every parameter that the fit moves, the largest first; four more fits for each.

    Raises MinimumError when one of these fits fails.
    """
    impacts = []
    for index, parameter in enumerate(likelihood.parameters):
        if index == likelihood.poi_index or parameter.fixed:
            continue
        width = float(best.uncertainties[index])
        up, down = (_shift(likelihood, observation, best, index, sign * width) for sign in (1, -1))
        before_up = before_down = None
        if parameter.sigma:
            before_up, before_down = (
                _shift(likelihood, observation, best, index, sign * parameter.sigma) for sign in (1, -1)
            )
        impacts.append(Impact(parameter.name, parameter.kind, before_up, before_down, up, down))
    return tuple(sorted(impacts, key=lambda impact: (-impact.size, impact.parameter)))


def _shift(likelihood: Likelihood, observation: Observation, best: Minimum, index: int, change: float) -> float:
    """Change of the parameter of interest when the parameter of this index is held `change` off its best."""
    if not change:
        return 0.0
    parameter = likelihood.parameters[index]
    lowest, highest = parameter.bounds
    value = min(max(best.parameters[index] + change, lowest), highest)
    start = best.parameters.copy()
    if (variance := best.covariance[index, index]) > 0:
        # the conditional minimum of a parabola: close to where this fit ends
        start += best.covariance[index] / variance * (value - best.parameters[index])
    minimum = minimise(likelihood, observation, start=start, fixed={index: value}, covariance=False)
    if not minimum.valid:
        raise MinimumError(f"the fit with '{parameter.name}' held at {value:g} did not converge")
    return float(minimum.parameters[likelihood.poi_index] - best.parameters[likelihood.poi_index])

"""Fitted nuisance parameters against what was known before the fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from analysis.plots.names import parameter_name
from analysis.plots.style import WIDTH, PlotError, add_label, in_house_style

ONE_SIGMA, TWO_SIGMA = "#c5ccd6", "#e6e9ee"


@dataclass(frozen=True)
class Pull:
    """Fitted value and uncertainty of a nuisance parameter in units of its uncertainty before the fit."""

    parameter: str
    value: float
    uncertainty: float


@in_house_style
def draw_pulls(pulls: Sequence[Pull], *, luminosity: float | None = None, source: str = "simulation") -> Figure:
    """(θ̂ - θ₀)/Δθ per parameter, first one on top, over bands of one and two standard deviations.

    Raises `PlotError` where there is no parameter.
    """
    if not pulls:
        raise PlotError("no nuisance parameters to draw")
    figure = Figure(figsize=(WIDTH, 1.5 + 0.36 * len(pulls)), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(-2, 2, color=TWO_SIGMA, linewidth=0)
    axes.axvspan(-1, 1, color=ONE_SIGMA, linewidth=0)
    axes.axvline(0, color="black", linewidth=0.8, linestyle=":")
    rows = np.arange(len(pulls))
    values = np.array([pull.value for pull in pulls])
    errors = np.array([pull.uncertainty for pull in pulls])
    axes.errorbar(values, rows, xerr=errors, fmt="o", color="black", markersize=5, linewidth=1.4, label="fitted")
    axes.set_yticks(rows, [parameter_name(pull.parameter) for pull in pulls])
    axes.tick_params(axis="y", which="both", left=False, right=False)
    axes.set_ylim(len(pulls) - 0.4, -0.6)
    reach = max(2.4, 1.1 * float(np.max(np.abs(values) + errors)))
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MultipleLocator(1 if reach < 5 else 2))
    axes.set_xlabel(r"$(\hat{\theta} - \theta_0)\,/\,\Delta\theta$")
    add_label(axes, luminosity, source)
    return figure

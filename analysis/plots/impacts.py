"""How far each nuisance parameter moves the signal strength, beside its pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator
from numpy.typing import NDArray

from analysis.plots.names import parameter_name
from analysis.plots.pulls import ONE_SIGMA, TWO_SIGMA, Pull
from analysis.plots.style import (
    DOWN_COLOR,
    UP_COLOR,
    WIDTH,
    PlotError,
    add_label,
    in_house_style,
    luminosity_text,
)


@dataclass(frozen=True)
class Impact:
    """Shift of the signal strength with a parameter fixed one standard deviation up or down.

    `before` uses the uncertainty of the parameter before the fit (None if it has none), `after` the one
    after it: (up, down).
    """

    pull: Pull
    before: tuple[float, float] | None
    after: tuple[float, float]

    @property
    def size(self) -> float:
        return max(abs(self.after[0]), abs(self.after[1]))


@in_house_style
def draw_impacts(
    impacts: Sequence[Impact],
    *,
    luminosity: float | None = None,
    source: str = "simulation",
    at_most: int = 15,
) -> Figure:
    """The `at_most` largest impacts, largest on top: pulls left, shifts of the signal strength right.

    Filled bars are impacts after the fit, open ones before it. Raises `PlotError` without any impact.
    """
    if not impacts:
        raise PlotError("no impacts to draw")
    ranked = sorted(impacts, key=lambda impact: impact.size, reverse=True)[:at_most]
    figure = Figure(figsize=(WIDTH * 1.2, 2.0 + 0.36 * len(ranked)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.25))
    figure.get_layout_engine().set(wspace=0.02)
    rows = np.arange(len(ranked))
    _draw_pulls(left, rows, ranked)
    _draw_shifts(right, rows, ranked)
    left.set_yticks(rows, [parameter_name(impact.pull.parameter) for impact in ranked])
    for axes in (left, right):
        axes.tick_params(axis="y", which="both", left=False, right=False)
    left.set_ylim(len(ranked) - 0.4, -0.6)
    handles, labels = right.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=4, fontsize=11, handlelength=1.3, columnspacing=1)
    add_label(left, source=source, right="")
    right.annotate(
        luminosity_text(luminosity), (1, 1), (0, 3), "axes fraction", "offset points", ha="right", va="bottom"
    )
    return figure


def _draw_pulls(axes: Axes, rows: NDArray[np.int_], ranked: Sequence[Impact]) -> None:
    values = np.array([impact.pull.value for impact in ranked])
    errors = np.array([impact.pull.uncertainty for impact in ranked])
    axes.axvspan(-2, 2, color=TWO_SIGMA, linewidth=0)
    axes.axvspan(-1, 1, color=ONE_SIGMA, linewidth=0)
    axes.axvline(0, color="black", linewidth=0.8, linestyle=":")
    axes.errorbar(values, rows, xerr=errors, fmt="o", color="black", markersize=5, label="pull")
    reach = max(2.4, 1.1 * float(np.max(np.abs(values) + errors)))
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MultipleLocator(1 if reach < 5 else 2))
    axes.set_xlabel(r"$(\hat{\theta} - \theta_0)\,/\,\Delta\theta$", loc="center")


def _draw_shifts(axes: Axes, rows: NDArray[np.int_], ranked: Sequence[Impact]) -> None:
    for index, (name, color) in enumerate((("θ up", UP_COLOR), ("θ down", DOWN_COLOR))):
        before = [impact.before[index] if impact.before else 0.0 for impact in ranked]
        after = [impact.after[index] for impact in ranked]
        axes.barh(rows, before, height=0.66, fill=False, edgecolor=color, linewidth=1.0, label=f"{name}, before fit")
        axes.barh(rows, after, height=0.66, color=color, alpha=0.75, linewidth=0, label=f"{name}, after fit")
    axes.axvline(0, color="black", linewidth=0.8)
    reach = 1.12 * max(max(map(abs, (*(impact.before or ()), *impact.after))) for impact in ranked) or 1.0
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, symmetric=True, prune="both"))
    axes.set_xlabel(r"Impact on signal strength $\Delta\mu$", loc="center")

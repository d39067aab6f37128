"""The measured signal strength: total and statistical uncertainty beside the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from analysis.plots.style import UP_COLOR, WIDTH, PlotError, add_label, in_house_style


@dataclass(frozen=True)
class Measurement:
    """One fitted signal strength; `statistical` is the part of `uncertainty` that more data would shrink."""

    label: str
    value: float
    uncertainty: float
    statistical: float | None = None


@in_house_style
def draw_strength(
    measurements: Sequence[Measurement], *, luminosity: float | None = None, source: str = "simulation"
) -> Figure:
    """One row per measurement; thick bars are statistical, thin ones total; the prediction is at one.

    Raises `PlotError` where there is no measurement.
    """
    if not measurements:
        raise PlotError("no measurement to draw")
    figure = Figure(figsize=(WIDTH * 1.1, 1.5 + 0.62 * len(measurements)), layout="constrained")
    axes = figure.subplots()
    rows = np.arange(len(measurements))
    values = np.array([m.value for m in measurements])
    total = np.array([m.uncertainty for m in measurements])
    axes.axvline(1, color=UP_COLOR, linewidth=1.2, linestyle="--", label="prediction")
    axes.errorbar(values, rows, xerr=total, fmt="none", ecolor="black", elinewidth=1.4, capsize=4, label="total")
    stat = np.array([np.nan if m.statistical is None else m.statistical for m in measurements])
    if np.isfinite(stat).any():
        axes.errorbar(values, rows, xerr=stat, fmt="none", ecolor="#5790fc", elinewidth=5, label="statistical")
    axes.plot(values, rows, "o", color="black", markersize=7, zorder=5)
    low, high = min(1.0, (values - total).min()), max(1.0, (values + total).max())
    span = high - low
    axes.set_xlim(low - 0.15 * span, high + 0.6 * span)
    for row, m in zip(rows, measurements, strict=True):
        axes.annotate(
            f"{m.value:.3f} ± {m.uncertainty:.3f}",
            (0.985, row),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="center",
        )
    axes.set_yticks(rows, [m.label for m in measurements])
    axes.tick_params(axis="y", which="both", left=False, right=False)
    axes.set_ylim(len(measurements) - 0.4, -0.6)
    axes.set_xlabel(r"Signal strength $\mu = \sigma / \sigma_{\mathrm{pred.}}$")
    add_label(axes, luminosity, source)
    return figure

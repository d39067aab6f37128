"""What each systematic variation does to one sample: a panel per source, up and down against nominal.

Arrays have shape (bins,), edges (bins + 1,); edges are in the unit of the axis label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from analysis.plots.names import parameter_name
from analysis.plots.style import (
    BAND_COLOR,
    DOWN_COLOR,
    UP_COLOR,
    WIDTH,
    PlotError,
    add_label,
    in_house_style,
    place,
    with_unit,
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Variation:
    """One source of uncertainty: expected events per bin, shape (bins,), with the source up and down."""

    source: str
    up: Array
    down: Array


@in_house_style
def draw_variations(
    edges: Array,
    nominal: Array,
    variances: Array,
    variations: Sequence[Variation],
    *,
    label: str,
    unit: str = "",
    sample: str = "",
    region: str = "",
    source: str = "simulation",
) -> Figure:
    """Ratios to nominal, one panel per variation; grey is the statistical uncertainty of the simulation.

    Raises `PlotError` without any variation.
    """
    if not variations:
        raise PlotError("no variations to draw")
    columns = 2 if len(variations) > 1 else 1
    rows = -(-len(variations) // columns)
    figure = Figure(figsize=(WIDTH, 1.08 + 1.3 * rows))
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    place(figure, left=0.78, right=0.2, bottom=0.76, top=0.32, hspace=0.05, wspace=0.03)
    filled = nominal > 0
    statistical = np.where(filled, np.sqrt(variances) / np.where(filled, nominal, 1.0), 0.0)
    for axes, variation in zip(panels.flat, variations, strict=False):
        _draw_source(axes, edges, nominal, statistical, variation)
    step = _tick_step(nominal, variations)
    panels[0, 0].set_ylim(1 - 1.6 * step, 1 + 1.6 * step)
    panels[0, 0].set_yticks([1 - step, 1, 1 + step])
    panels[0, 0].set_xlim(edges[0], edges[-1])
    for axes in panels.flat[len(variations) :]:
        axes.set_visible(False)
    if len(variations) < panels.size:
        panels[-2, -1].tick_params(labelbottom=True)
    _describe(figure, panels, with_unit(label, unit))
    add_label(panels[0, 0], source=source, right="" if columns > 1 else sample)
    if columns > 1:
        what = ", ".join(part for part in (sample, region) if part)
        panels[0, -1].annotate(what, (1, 1), (0, 3), "axes fraction", "offset points", ha="right", va="bottom")
    return figure


def _describe(figure: Figure, panels: NDArray[np.object_], label: str) -> None:
    """Axis labels and legend of all panels together."""
    width, height = figure.get_size_inches()
    figure.text(0.12 / width, 1 - 0.32 / height, "Varied / nominal", rotation=90, ha="left", va="top", size=14)
    figure.text(1 - 0.2 / width, 0.12 / height, label, ha="right", va="bottom", size=14)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="lower left",
        bbox_to_anchor=(0.68 / width, 0.06 / height),
        ncols=3,
        handlelength=1.6,
        columnspacing=1.2,
    )


def _tick_step(nominal: Array, variations: Sequence[Variation]) -> float:
    """Distance of the vertical ticks; 1.6 of it covers what the populated bins of every source reach."""
    populated = nominal > 0.05 * nominal.max(initial=0.0)
    shifts = [np.abs(shape[populated] / nominal[populated] - 1) for v in variations for shape in (v.up, v.down)]
    reach = float(np.quantile(np.concatenate(shifts), 0.97)) if populated.any() else 0.5
    return next((step for step in (0.02, 0.05, 0.1, 0.2, 0.3) if 1.3 * step >= reach), 0.5)


def _draw_source(axes: Axes, edges: Array, nominal: Array, statistical: Array, variation: Variation) -> None:
    axes.stairs(
        1 + statistical,
        edges,
        baseline=1 - statistical,
        fill=True,
        color=BAND_COLOR,
        alpha=0.25,
        linewidth=0,
        label="MC stat.",
    )
    axes.axhline(1, color="black", linewidth=0.6)
    filled = nominal > 0
    lines = (("up", variation.up, UP_COLOR, "-"), ("down", variation.down, DOWN_COLOR, "--"))
    for name, shape, color, line in lines:
        ratio = np.where(filled, shape / np.where(filled, nominal, 1.0), 1.0)
        axes.stairs(ratio, edges, baseline=None, color=color, linestyle=line, linewidth=1.5, label=name)
    axes.annotate(
        parameter_name(variation.source),
        (0, 1),
        (6, -6),
        "axes fraction",
        "offset points",
        va="top",
        size=11,
    )
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, prune="both"))
    axes.minorticks_off()

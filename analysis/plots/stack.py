"""Data against stacked simulation, with uncertainty band and ratio.

Arrays have shape (bins,), edges (bins + 1,); edges are in the unit of the axis label.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import mplhep
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from scipy.special import gammaincinv

from analysis.plots.style import (
    BAND_COLOR,
    PlotError,
    add_label,
    corner_text,
    in_house_style,
    place,
    with_unit,
)

Array = NDArray[np.float64]
BAND = {"facecolor": "none", "edgecolor": BAND_COLOR, "hatch": "//////", "linewidth": 0.0}
POINTS = {"fmt": "o", "color": "black", "markersize": 4.5, "linewidth": 1.0}
NEGLIGIBLE = 1e-4
# half the range of the ratio panel, and the distance of its ticks
RATIO_RANGES = ((0.12, 0.1), (0.25, 0.2), (0.5, 0.25), (1.0, 0.5))


@dataclass(frozen=True)
class Sample:
    """One simulated process: expected events per bin, shape (bins,)."""

    label: str
    color: str
    values: Array
    signal: bool = False


@dataclass(frozen=True)
class StackedYields:
    """What a data/simulation figure shows.

    `edges` has shape (bins + 1,); everything else (bins,). `down` and `up` are the absolute uncertainties of
    the summed simulation. `data_variances` is only given for weighted data; counts get Poisson intervals.
    """

    edges: Array
    samples: tuple[Sample, ...]
    down: Array
    up: Array
    data: Array | None = None
    data_variances: Array | None = None
    band: str = r"stat. $\oplus$ syst."
    data_label: str = "Pseudo-data"
    expected: Array = field(init=False)

    def __post_init__(self) -> None:
        bins = len(self.edges) - 1
        if not self.samples:
            raise PlotError("a stack needs at least one sample")
        shapes = {f"sample '{s.label}'": s.values for s in self.samples}
        shapes |= {"down": self.down, "up": self.up}
        shapes |= {"data": self.data} if self.data is not None else {}
        for name, values in shapes.items():
            if np.shape(values) != (bins,):
                raise PlotError(f"{name} has shape {np.shape(values)}, but the edges make {bins} bins")
        object.__setattr__(self, "expected", np.sum([s.values for s in self.samples], axis=0))

    @property
    def centers(self) -> Array:
        return (self.edges[:-1] + self.edges[1:]) / 2

    def telling(self) -> NDArray[np.bool_]:
        """Bins whose data point is drawn: an empty one where hardly anything is expected says nothing."""
        return (np.asarray(self.data) > 0) | (self.expected > 1.5)

    def ordered(self) -> tuple[Sample, ...]:
        """Bottom to top: the smallest background first, the signal last."""
        return tuple(sorted(self.samples, key=lambda sample: (sample.signal, float(np.sum(sample.values)))))


def data_errors(counts: Array, variances: Array | None = None) -> Array:
    """Distances down and up, shape (2, bins), of the central 68.3 % interval.

    Counts: Garwood's interval (Biometrika 28 (1936) 437; PDG review 'Statistics', section 40.4.2.3).
    Weighted data: the square root of `variances`.
    """
    counts = np.asarray(counts, dtype=float)
    if variances is not None:
        return np.stack([np.sqrt(variances)] * 2)
    tail = 0.158655254
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1e-9), tail), 0.0)
    return np.stack([counts - low, gammaincinv(counts + 1, 1 - tail) - counts])


@in_house_style
def draw_stack(
    yields: StackedYields,
    *,
    label: str,
    unit: str = "",
    region: str = "",
    note: str = "",
    luminosity: float | None = None,
    source: str = "simulation",
) -> Figure:
    """Figure with the stack above and data/prediction below; `note` is a second line under the region."""
    figure = Figure()
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    place(figure, left=0.78, right=0.2, bottom=0.62, top=0.32, hspace=0.05)
    _draw_yields(upper, yields)
    _draw_ratio(lower, yields)
    upper.set_xlim(yields.edges[0], yields.edges[-1])
    upper.set_ylabel(_per_bin(yields.edges, unit))
    lower.set_ylabel("Data / pred.", loc="center")
    lower.set_xlabel(with_unit(label, unit))
    for axes in (upper, lower):
        axes.yaxis.set_label_coords(-0.095, axes.yaxis.label.get_position()[1])
    add_label(upper, luminosity, source)
    corner_text(upper, region, note)
    return figure


def _per_bin(edges: Array, unit: str) -> str:
    widths = np.diff(edges)
    if not np.allclose(widths, widths[0]):
        return "Events / bin"
    return f"Events / {widths[0]:.3g} {unit}".rstrip()


def _draw_yields(axes: Axes, yields: StackedYields) -> None:
    samples = yields.ordered()
    mplhep.histplot(
        [sample.values for sample in samples],
        bins=yields.edges,
        stack=True,
        histtype="fill",
        ax=axes,
        label=[sample.label for sample in samples],
        color=[sample.color for sample in samples],
        edgecolor="white",
        linewidth=0.5,
        flow=None,
    )
    low, high = yields.expected - yields.down, yields.expected + yields.up
    axes.stairs(high, yields.edges, baseline=low, fill=True, label=yields.band, **BAND)
    top = high.max()
    if yields.data is not None:
        errors = data_errors(yields.data, yields.data_variances)
        shown = yields.telling()
        axes.errorbar(
            yields.centers[shown],
            yields.data[shown],
            yerr=errors[:, shown],
            label=yields.data_label,
            **POINTS,
        )
        top = max(top, (yields.data + errors[1]).max())
    handles, labels = axes.get_legend_handles_labels()
    order = _legend_order(labels, samples, yields)
    axes.legend([handles[i] for i in order], [labels[i] for i in order], loc="upper right", borderaxespad=0.4)
    axes.set_ylim(0, _headroom(yields, top, entries=len(labels)))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, min_n_ticks=3, prune="lower"))


def _legend_order(labels: list[str], samples: tuple[Sample, ...], yields: StackedYields) -> list[int]:
    """Data first, then the stack as it lies from top to bottom, then the band."""
    wanted = [yields.data_label, *[sample.label for sample in reversed(samples)], yields.band]
    return [labels.index(name) for name in wanted if name in labels]


def _headroom(yields: StackedYields, top: float, entries: int) -> float:
    """Upper end of the axis that keeps bins clear of the legend (right) and the text (left)."""
    if top <= 0:
        return 1.0
    height = yields.expected + yields.up
    if yields.data is not None:
        height = np.maximum(height, yields.data + data_errors(yields.data, yields.data_variances)[1])
    position = (yields.centers - yields.edges[0]) / (yields.edges[-1] - yields.edges[0])
    under_legend = height[position > 0.62].max(initial=0.0) / max(0.3, 0.96 - 0.073 * entries)
    under_text = height[position < 0.45].max(initial=0.0) / 0.80
    return float(max(1.12 * top, under_legend, under_text))


def _draw_ratio(axes: Axes, yields: StackedYields) -> None:
    shown = yields.expected > NEGLIGIBLE * yields.expected.max(initial=0.0)
    safe = np.where(shown, yields.expected, 1.0)
    low, high = np.where(shown, 1 - yields.down / safe, 1.0), np.where(shown, 1 + yields.up / safe, 1.0)
    axes.stairs(high, yields.edges, baseline=low, fill=True, **BAND)
    axes.axhline(1, color="black", linewidth=0.8)
    distance = np.maximum(high - 1, 1 - low)
    if yields.data is not None:
        ratio, errors = yields.data / safe, data_errors(yields.data, yields.data_variances) / safe
        shown &= yields.telling()
        axes.errorbar(yields.centers[shown], ratio[shown], yerr=errors[:, shown], label="data / prediction", **POINTS)
        distance = np.maximum(distance, np.abs(ratio - 1) * 1.2)
    populated = yields.expected > 0.1 * yields.expected.max(initial=0.0)
    reach = float(np.quantile(distance[populated], 0.95)) if populated.any() else 0.5
    half, step = next((r for r in RATIO_RANGES if r[0] >= reach), RATIO_RANGES[-1])
    axes.set_ylim(1 - half, 1 + half)
    axes.set_yticks([1 - step, 1, 1 + step])
    if yields.data is not None:
        _mark_outside(axes, yields.centers, np.where(shown, ratio, 1.0), half)


def _mark_outside(axes: Axes, centers: Array, ratio: Array, half: float) -> None:
    """Small triangles at the edge of the ratio panel for points that lie beyond it."""
    above, below = ratio > 1 + half, ratio < 1 - half
    for beyond, height, marker in ((above, 1 + half * 0.9, "^"), (below, 1 - half * 0.9, "v")):
        axes.plot(centers[beyond], np.full(beyond.sum(), height), marker, color="black", markersize=4)

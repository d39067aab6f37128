"""The classifier's receiver operating characteristic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from analysis.plots.style import ACCENT_COLOR, UP_COLOR, WIDTH, PlotError, add_label, in_house_style


@dataclass(frozen=True)
class Curve:
    """Efficiencies for background and signal, both rising from 0 to 1, and the area under the curve."""

    label: str
    background: Sequence[float]
    signal: Sequence[float]
    area: float


@in_house_style
def draw_roc(curves: Sequence[Curve], *, source: str = "simulation") -> Figure:
    """Signal against background efficiency, one line per curve; the diagonal is guessing.

    Raises `PlotError` where there is no curve, and for one whose two efficiencies differ in length.
    """
    if not curves:
        raise PlotError("no curve to draw")
    figure = Figure(figsize=(WIDTH * 0.86, WIDTH * 0.86), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#717581", linewidth=1, linestyle=":", label="guessing")
    for curve, color, line in zip(curves, (ACCENT_COLOR, UP_COLOR, "#7a21dd"), ("-", "--", "-."), strict=False):
        if len(curve.background) != len(curve.signal):
            raise PlotError(
                f"curve '{curve.label}' has {len(curve.background)} background efficiencies, "
                f"but {len(curve.signal)} signal efficiencies"
            )
        text = f"{curve.label} (AUC {curve.area:.3f})"
        axes.plot(curve.background, curve.signal, color=color, linestyle=line, linewidth=1.8, label=text)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xlabel("Background efficiency")
    axes.set_ylabel("Signal efficiency")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend([*handles[1:], handles[0]], [*labels[1:], labels[0]], loc="lower right")
    add_label(axes, source=source)
    return figure

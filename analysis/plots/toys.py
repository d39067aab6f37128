"""Pulls of the signal strength in toy experiments."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from analysis.plots.style import ACCENT_COLOR, PlotError, add_label, corner_text, in_house_style


@in_house_style
def draw_toys(pulls: ArrayLike, *, source: str = "simulation", bins: int = 24) -> Figure:
    """Histogram of (μ̂ - μ)/σ of the toys, shape (toys,), with the unit Gaussian that it should follow.

    Raises `PlotError` without any toy.
    """
    values = np.asarray(pulls, dtype=float)
    if values.size == 0:
        raise PlotError("no toy experiments to draw")
    reach = float(np.clip(np.ceil(np.abs(values).max()), 3, 6))
    edges = np.linspace(-reach, reach, bins + 1)
    counts, _ = np.histogram(np.clip(values, -reach, reach), edges)
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    axes.stairs(counts, edges, fill=True, color=ACCENT_COLOR, alpha=0.35, linewidth=0)
    axes.stairs(counts, edges, color=ACCENT_COLOR, label=f"{values.size} toys")
    x = np.linspace(-reach, reach, 200)
    expected = values.size * (edges[1] - edges[0]) * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    axes.plot(x, expected, color="black", linestyle="--", label="unit Gaussian")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(0, 1.45 * max(counts.max(), expected.max()))
    axes.set_xlabel(r"$(\hat{\mu} - \mu)\,/\,\sigma_{\mu}$")
    axes.set_ylabel("Toy experiments")
    axes.legend(loc="upper right")
    if values.size > 1:
        width, mean = values.std(ddof=1), f"{values.mean():+.2f}".replace("-", "\N{MINUS SIGN}")
        corner_text(
            axes,
            f"mean {mean} ± {width / np.sqrt(values.size):.2f}",
            f"width {width:.2f} ± {width / np.sqrt(2 * (values.size - 1)):.2f}",
        )
    add_label(axes, source=source)
    return figure

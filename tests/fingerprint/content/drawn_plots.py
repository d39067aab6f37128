"""A plot as an analysis draws it, in the formats that matplotlib writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure


def draw(path: Path, *, height: float = 1.0, label: str = "data", settings: dict[str, Any] | None = None) -> Path:
    """Curve with markers and clip paths, hatched bars, mathematical text and a legend."""
    with mpl.rc_context(settings or {}):
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.plot([0, 1, 2], [0, height, 2], marker="o", label=label)
        axes.bar([0, 1], [1, 2], hatch="//", alpha=0.5)
        axes.scatter([0, 1], [0, 1], s=[10, 20])
        axes.fill_between(np.linspace(0, 2), np.linspace(0, 1), color="red")
        axes.set_xlabel(r"$p_T$ / GeV")
        axes.legend()
        figure.savefig(path)
    return path

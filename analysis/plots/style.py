"""The house style of every figure: fonts, sizes, colours, labels, and files with reproducible bytes."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib as mpl
import mplhep
from matplotlib.axes import Axes
from matplotlib.figure import Figure

P = ParamSpec("P")
R = TypeVar("R")

# Petroff's sequence for colour-vision deficiency (arXiv:2107.02270), which CMS recommends.
UP_COLOR = "#bd1f01"
DOWN_COLOR = "#3f90da"
ACCENT_COLOR = "#3f90da"
BAND_COLOR = "#717581"
FALLBACK_COLORS = ("#5790fc", "#f89c20", "#e42536", "#964a8b", "#9c9ca1", "#7a21dd")

WIDTH = 6.4
PNG_DPI = 150
ENERGY = "13 TeV"

STYLE = {
    **mplhep.style.CMS,
    "figure.figsize": (WIDTH, 5.6),
    "figure.facecolor": "white",
    "font.size": 13,
    "axes.labelsize": 14,
    "axes.linewidth": 1.0,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "xtick.major.size": 6,
    "xtick.minor.size": 3,
    "ytick.major.size": 6,
    "ytick.minor.size": 3,
    "legend.fontsize": 12,
    "legend.labelspacing": 0.35,
    "legend.handleheight": 0.9,
    "hatch.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "pdf.compression": 9,
    "svg.hashsalt": "caselaw",
}


class PlotError(ValueError):
    """The numbers given cannot be drawn."""


def in_house_style(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` with the house style, whatever the caller's matplotlib settings are."""

    @functools.wraps(function)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with mpl.rc_context(STYLE):
            return function(*args, **kwargs)

    return styled


@in_house_style
def save(figure: Figure, folder: os.PathLike[str] | str, name: str) -> tuple[Path, Path]:
    """Write `name`.png and `name`.pdf into `folder`; equal figures give equal bytes (no dates inside)."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    png, pdf = folder / f"{name}.png", folder / f"{name}.pdf"
    figure.savefig(png, dpi=PNG_DPI, metadata={"Software": None})
    # the layout is settled, and working it out again would take as long as drawing
    figure.set_layout_engine("none")
    figure.savefig(pdf, metadata={"CreationDate": None, "Producer": None, "Creator": None})
    return png, pdf


def luminosity_text(luminosity: float | None) -> str:
    """'10 pb⁻¹ (13 TeV)' for a luminosity in 1/pb, in 1/fb from 1,000/pb on."""
    if luminosity is None:
        return ENERGY
    if luminosity >= 1000:
        return rf"{luminosity / 1000:.3g} $\mathrm{{fb}}^{{-1}}$ ({ENERGY})"
    return rf"{luminosity:.3g} $\mathrm{{pb}}^{{-1}}$ ({ENERGY})"


def add_label(
    axes: Axes, luminosity: float | None = None, source: str = "simulation", right: str | None = None
) -> None:
    """Write who made the figure from what (left) and luminosity and energy, or `right`, above the axes."""
    above = {"textcoords": "offset points", "va": "bottom", "size": 14, "annotation_clip": False}
    name = axes.annotate("caselaw", (0, 1), (0, 2), xycoords="axes fraction", weight="bold", **above)
    axes.annotate(source, (1, 0), (5, 0), xycoords=name, style="italic", **above)
    text = luminosity_text(luminosity) if right is None else right
    axes.annotate(text, (1, 1), (0, 2), xycoords="axes fraction", ha="right", **(above | {"size": 13}))


def place(figure: Figure, left: float, right: float, bottom: float, top: float, **spacing: float) -> None:
    """Margins around the axes in inches: figures of one kind have their axes at the same place."""
    width, height = figure.get_size_inches()
    figure.subplots_adjust(left / width, bottom / height, 1 - right / width, 1 - top / height, **spacing)


def corner_text(axes: Axes, *lines: str) -> None:
    """Lines in the upper left corner inside the axes; empty ones are left out."""
    text = "\n".join(line for line in lines if line)
    axes.annotate(text, (0, 1), (9, -9), "axes fraction", "offset points", va="top", linespacing=1.35)


def with_unit(label: str, unit: str) -> str:
    return f"{label} [{unit}]" if unit else label

"""How many events each cut leaves, per sample."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from analysis.plots.names import region_name
from analysis.plots.style import WIDTH, PlotError, add_label, in_house_style

MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True)
class CutflowRow:
    """Events left by a cut: as they are in the files, expected (with weights), and the latter's variance."""

    cut: str
    raw: int
    expected: float
    variance: float


@dataclass(frozen=True)
class SampleCutflow:
    """Cutflow of one sample as it appears in the figure and the report."""

    label: str
    color: str
    rows: tuple[CutflowRow, ...]

    @property
    def cuts(self) -> tuple[str, ...]:
        return tuple(row.cut for row in self.rows)


@dataclass(frozen=True)
class CutflowFiles:
    """Cutflows of a dataset's branches; `factor` turns sums of weights into expected events."""

    paths: Sequence[os.PathLike[str] | str]
    factor: float = 1.0


def read_cutflow(datasets: Sequence[CutflowFiles]) -> tuple[CutflowRow, ...]:
    """Sum of the cutflows of one or more datasets.

    Raises `PlotError` where there is none, and where their cuts differ.
    """
    rows: dict[str, list[CutflowRow]] = {}
    cuts: list[str] | None = None
    for dataset in datasets:
        for path in dataset.paths:
            branch = _read_rows(path, dataset.factor)
            cuts = cuts or [row.cut for row in branch]
            if [row.cut for row in branch] != cuts:
                raise PlotError(f"{path}: its cuts are not those of the files before: {', '.join(cuts)}")
            for row in branch:
                rows.setdefault(row.cut, []).append(row)
    if not rows:
        raise PlotError("a cutflow needs at least one file")
    return tuple(
        CutflowRow(
            cut,
            sum(row.raw for row in parts),
            math.fsum(row.expected for row in parts),
            math.fsum(row.variance for row in parts),
        )
        for cut, parts in rows.items()
    )


def _read_rows(path: os.PathLike[str] | str, factor: float) -> list[CutflowRow]:
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))["rows"]
        return [
            CutflowRow(row["cut"], int(row["raw"]), factor * row["weighted"], factor**2 * row["weighted_squared"])
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlotError(f"{os.fspath(path)}: not a cutflow ({error!r})") from error


@in_house_style
def draw_cutflow(
    samples: Sequence[SampleCutflow], *, luminosity: float | None = None, source: str = "simulation"
) -> Figure:
    """Expected events after each cut on a logarithmic scale, one line of steps per sample.

    Raises `PlotError` where there is no sample, and where their cuts differ.
    """
    if not samples:
        raise PlotError("no cutflow to draw")
    cuts = samples[0].cuts
    for sample in samples:
        if sample.cuts != cuts:
            raise PlotError(f"sample '{sample.label}' has cuts {sample.cuts}, the first sample has {cuts}")
    figure = Figure(figsize=(WIDTH * 1.2, 5.0), layout="constrained")
    axes = figure.subplots()
    edges = np.arange(len(cuts) + 1) - 0.5
    positive = [row.expected for sample in samples for row in sample.rows if row.expected > 0] or [1.0]
    floor = 10 ** np.floor(np.log10(min(positive)) - 0.3)
    for sample, marker in zip(samples, MARKERS * len(samples), strict=False):
        heights = np.maximum([row.expected for row in sample.rows], floor)
        axes.stairs(heights, edges, baseline=None, color=sample.color, linewidth=1.8)
        axes.plot(range(len(cuts)), heights, marker, color=sample.color, markersize=6, label=sample.label)
    axes.set_yscale("log")
    axes.set_ylim(floor, max(positive) * 8)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xticks(range(len(cuts)), map(region_name, cuts), rotation=28, ha="right", rotation_mode="anchor")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(axis="x", top=False)
    axes.set_ylabel("Expected events")
    axes.legend(loc="upper right", ncols=2)
    add_label(axes, luminosity, source)
    return figure

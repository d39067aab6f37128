"""The statistical model of a campaign: its histograms and its settings become a workspace.

Edges of n bins have shape (n + 1,), in the unit of the observable.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.campaign import Fit, Luminosity, Observable, Process
from analysis.templates import (
    NOMINAL,
    Floats,
    TemplateError,
    coarse_edges,
    collect_templates,
    read_histograms,
    rebin,
    rebin_all,
)
from analysis.workspace import WorkspaceError, build_workspace

AnyPath = os.PathLike[str] | str


def campaign_workspace(
    histograms: Mapping[str, Sequence[AnyPath]],
    data: AnyPath,
    processes: Mapping[str, Process],
    fit: Fit,
    luminosity: Luminosity,
) -> dict[str, Any]:
    """The pyhf workspace of a campaign from histogram files per process and that of the data.

    Raises `TemplateError` where the data have no histogram of a channel, and `WorkspaceError` for normalisations of
    processes that do not exist.
    """
    if unknown := set(fit.normalisation) - set(processes):
        raise WorkspaceError(f"fit.normalisation names processes that do not exist: {sorted(unknown)}")
    templates = collect_templates(histograms, fit.channels)
    observed = read_histograms(data)
    edges = {}
    for channel in fit.channels:
        if NOMINAL not in observed.get(channel, {}):
            raise TemplateError(f"{data}: no histogram '{channel}' of the data")
        edges[channel] = fit_edges(observed[channel][NOMINAL].edges, channel, fit)
    return build_workspace(
        rebin_all(templates, edges, overflow=fit.overflow),
        {name: rebin(observed[name][NOMINAL], edges[name], overflow=fit.overflow) for name in edges},
        signal=[name for name, process in processes.items() if process.signal],
        poi=fit.poi,
        luminosity_uncertainty=luminosity.uncertainty,
        # a process may be declared without a dataset of its own
        normalisation={name: width for name, width in fit.normalisation.items() if name in histograms},
    )


def fit_edges(edges: Floats, channel: str, fit: Fit) -> Floats:
    """Edges of a channel's bins in the fit, from those of its histogram."""
    lowest = fit.lowest_edge.get(channel, float(edges[np.isfinite(edges)][0]))
    return coarse_edges(edges, lowest, fit.rebin)


def channel_edges(observables: Mapping[str, Observable], fit: Fit) -> dict[str, tuple[float, ...]]:
    """Edges of the bins in the fit, for every channel."""
    result = {}
    for channel in fit.channels:
        observable = observables[channel]
        fine = np.linspace(observable.low, observable.high, observable.bins + 1)
        result[channel] = tuple(fit_edges(fine, channel, fit).tolist())
    return result


def write_workspace(path: AnyPath, workspace: Mapping[str, Any]) -> None:
    """Write a workspace as JSON; the same workspace gives the same bytes."""
    Path(path).write_text(json.dumps(workspace, indent=1, allow_nan=False) + "\n", encoding="utf-8")

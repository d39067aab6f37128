"""Templates: binned expectations of one sample in one channel under one variation.

A set of templates is `dict[channel, dict[sample, dict[variation, Template]]]`; every sample has
the variation "nominal", and "<name>_up", "<name>_down" where a systematic moves it.

Sums of weights and variances have shape (bins,), edges (bins + 1,) in the unit of the observable.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
NOMINAL = "nominal"


class TemplateError(ValueError):
    """A histogram is missing, malformed, or does not have the bins that were asked for."""


@dataclass(frozen=True, eq=False)
class Template:
    """A weighted histogram: n+1 edges, n sums of weights, n sums of squared weights.

    Underflow and overflow, where they are known, are bins whose outer edge is infinite.
    """

    edges: Floats
    values: Floats
    variances: Floats

    def __post_init__(self) -> None:
        for name in ("edges", "values", "variances"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        bins = len(self.edges) - 1
        if bins < 1 or self.values.shape != (bins,) or self.variances.shape != (bins,):
            raise TemplateError(
                f"a template of {bins} bins got {self.values.shape} values, {self.variances.shape} variances"
            )
        if not (np.diff(self.edges) > 0).all():
            raise TemplateError(f"bin edges do not increase: {self.edges.tolist()}")
        if not (np.isfinite(self.values).all() and np.isfinite(self.variances).all()):
            raise TemplateError("values and variances must be finite")
        if (self.variances < 0).any():
            raise TemplateError(f"negative variances: {self.variances.tolist()}")

    @property
    def total(self) -> float:
        """Sum of weights over all bins."""
        return float(self.values.sum())

    def __add__(self, other: Template) -> Template:
        if not np.array_equal(self.edges, other.edges):
            raise TemplateError(
                f"templates with different edges cannot be added: {self.edges.tolist()} and {other.edges.tolist()}"
            )
        return Template(self.edges, self.values + other.values, self.variances + other.variances)

    def scaled(self, factor: float) -> Template:
        """The same template with every event's weight multiplied by `factor`."""
        return Template(self.edges, self.values * factor, self.variances * factor**2)


Templates = dict[str, dict[str, dict[str, Template]]]


def rebin(template: Template, edges: ArrayLike, *, overflow: bool = False) -> Template:
    """Merge bins onto coarser `edges`, each of which must be an edge of the template.

    What lies outside is dropped, as the Analysis Grand Challenge does; with `overflow` everything
    above the last edge joins the last bin. Raises `TemplateError` for edges that are none, or do not increase.
    """
    wanted = np.asarray(edges, dtype=np.float64)
    if wanted.ndim != 1 or len(wanted) < 2 or not (np.diff(wanted) > 0).all():
        raise TemplateError(f"edges to rebin onto must be two or more increasing numbers, not {wanted.tolist()}")
    finite = template.edges[np.isfinite(template.edges)]
    tolerance = 1e-9 * (finite[-1] - finite[0])
    positions = np.searchsorted(template.edges, wanted - tolerance)
    found = template.edges[np.minimum(positions, len(template.edges) - 1)]
    for edge, nearest in zip(wanted, found, strict=True):
        if edge != nearest and not abs(edge - nearest) <= tolerance:
            raise TemplateError(f"{edge:g} is not an edge of the histogram (its edges: {finite.tolist()})")
    stop = len(template.values) if overflow else positions[-1]
    starts = positions[:-1]
    return Template(
        wanted,
        np.add.reduceat(template.values[:stop], starts),
        np.add.reduceat(template.variances[:stop], starts),
    )


def coarse_edges(edges: ArrayLike, lowest: float, merge: int = 1) -> Floats:
    """Edges from `lowest` upwards with `merge` bins joined into one; the last may hold fewer.

    Raises `TemplateError` where no bin lies above `lowest`.
    """
    fine = np.asarray(edges, dtype=np.float64)
    fine = fine[np.isfinite(fine)]
    kept = fine[fine >= lowest - 1e-9 * (fine[-1] - fine[0])]
    if len(kept) < 2:
        raise TemplateError(f"no bin lies above {lowest:g} (edges: {fine.tolist()})")
    coarse = kept[::merge]
    return coarse if coarse[-1] == kept[-1] else np.append(coarse, kept[-1])


def read_histograms(path: os.PathLike[str] | str) -> dict[str, dict[str, Template]]:
    """Read a JSON file of UHI histograms: observable → variation → template with its flow bins.

    Each histogram has the axes (variation: categories, observable: regular or variable) and the storage "weighted"
    (sums of weights and of squared weights), see the UHI serialisation schema 1. Raises `TemplateError` for any
    other content.
    """
    with Path(path).open(encoding="utf-8") as file:
        content = json.load(file)
    if not isinstance(content, dict):
        raise TemplateError(f"{path}: expected a mapping of observables to UHI histograms")
    templates = {}
    for observable, histogram in content.items():
        try:
            templates[observable] = _variations(histogram)
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise TemplateError(f"{path}: histogram '{observable}': {error!r}") from error
    return templates


def _variations(histogram: Mapping[str, Any]) -> dict[str, Template]:
    """Split a UHI histogram into one template per category of its first axis."""
    variation, observable = histogram["axes"]
    if variation["type"] != "category_str" or histogram["storage"]["type"] != "weighted":
        raise TemplateError("needs a string category as first axis and 'weighted' storage")
    edges = _edges(observable)
    values = np.asarray(histogram["storage"]["values"], dtype=np.float64)
    variances = np.asarray(histogram["storage"]["variances"], dtype=np.float64)
    return {name: Template(edges, values[row], variances[row]) for row, name in enumerate(variation["categories"])}


def _edges(axis: Mapping[str, Any]) -> Floats:
    """Edges of a UHI axis, with infinite ones around the flow bins that it has."""
    if axis["type"] == "regular":
        edges = np.linspace(axis["lower"], axis["upper"], axis["bins"] + 1)
    elif axis["type"] == "variable":
        edges = np.asarray(axis["edges"], dtype=np.float64)
    else:
        raise TemplateError(f"an axis of type '{axis['type']}' is not understood")
    below = [-np.inf] if axis["underflow"] else []
    above = [np.inf] if axis["overflow"] else []
    return np.concatenate([below, edges, above])


def collect_templates(files: Mapping[str, Sequence[os.PathLike[str] | str]], channels: Iterable[str]) -> Templates:
    """Templates of `channels` (observables) from histogram files per sample; files of a sample add up.

    A file that lacks a variation which another file of the same sample has enters with its nominal template: the
    systematic does not move that dataset. Raises `TemplateError` where a file has no nominal histogram of a channel.
    """
    contents = {sample: [(path, read_histograms(path)) for path in paths] for sample, paths in files.items()}
    templates: Templates = {}
    for channel in channels:
        templates[channel] = {}
        for sample, histograms in contents.items():
            for path, observables in histograms:
                if NOMINAL not in observables.get(channel, {}):
                    raise TemplateError(f"{path}: no nominal histogram of '{channel}'")
            parts = [observables[channel] for _, observables in histograms]
            templates[channel][sample] = {
                name: merge([part.get(name, part[NOMINAL]) for part in parts])
                for name in dict.fromkeys(name for part in parts for name in part)
            }
    return templates


def merge(templates: Sequence[Template]) -> Template:
    """Sum of one or more templates with equal edges. Raises `TemplateError` where there is none."""
    if not templates:
        raise TemplateError("nothing to merge: a sample has no histogram file")
    result = templates[0]
    for template in templates[1:]:
        result = result + template
    return result


def rebin_all(templates: Templates, edges: Mapping[str, ArrayLike], *, overflow: bool = False) -> Templates:
    """Rebin every template of every channel that `edges` names onto that channel's edges."""
    return {
        channel: {
            sample: {name: rebin(template, edges[channel], overflow=overflow) for name, template in varied.items()}
            for sample, varied in templates[channel].items()
        }
        for channel in edges
    }

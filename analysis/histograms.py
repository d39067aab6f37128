"""Histograms of the observables under every systematic variation, filled in one pass.

Each file is read once. The bin of an event depends on the observable alone, so it is computed once and
serves all weight variations; sums are exact (`analysis.exact_sums`), so histograms do not depend on the
order of events or on how they are split into files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path

import hist
import numpy as np
import uhi.io.json

from analysis.campaign import Observable
from analysis.columns import REGION_CODES, column_names, read_events
from analysis.exact_sums import ExactSums, SplitWeights, split_weights

NOMINAL = "nominal"
WEIGHT_PREFIX = "weight_"

# a file of selected events, and the file of its scores where an observable is the classifier's score
EventFiles = Sequence[tuple[PathLike[str] | str, PathLike[str] | str | None]]


class HistogramError(ValueError):
    """Event files from which histograms cannot be filled, or a histogram file that cannot be read."""


def fill_histograms(
    shift_events: Mapping[str, EventFiles],
    normalisation: float,
    observables: Mapping[str, Observable],
    histograms: PathLike[str] | str,
) -> None:
    """Fill all observables under all variations and write them, see `write_histograms`.

    `shift_events` has the event files per shift, "nominal" first among them. The nominal events give the variation
    "nominal" and one per column "weight_<name>"; those of a shift give the variation of that name. Every weight is
    multiplied by `normalisation`, hence every variance by its square. Raises `HistogramError` where there are no
    nominal events, and where a shift and a weight share a name.
    """
    if NOMINAL not in shift_events:
        raise HistogramError(f"no nominal event files (there are: {', '.join(shift_events) or 'none'})")
    weights = _weight_columns(shift_events[NOMINAL])
    variations = [*weights, *(shift for shift in shift_events if shift != NOMINAL)]
    if len(set(variations)) < len(variations):
        raise HistogramError(f"a shift and a weight have the same name: {', '.join(variations)}")
    sums = WeightSums(observables, variations)
    for shift, files in shift_events.items():
        columns = weights if shift == NOMINAL else {shift: "weight"}
        for events, scores in files:
            sums.add(events, scores, columns)
    write_histograms(sums.histograms(normalisation), histograms)


def _weight_columns(files: EventFiles) -> dict[str, str]:
    """Columns of weights in the nominal files, by the name of the variation that they make."""
    names = {path: [n for n in column_names(path) if n.startswith(WEIGHT_PREFIX)] for path, _ in files}
    first = next(iter(names.values()), [])
    for path, found in names.items():
        if set(found) != set(first):
            raise HistogramError(
                f"{fspath(path)}: weight variations {sorted(found)} are not those of the other files, {sorted(first)}"
            )
    return {NOMINAL: "weight"} | {name.removeprefix(WEIGHT_PREFIX): name for name in first}


def observable_axis(observable: Observable) -> hist.axis.Regular:
    """The axis of an observable, with underflow and overflow; values that are NaN are overflow."""
    label = f"{observable.label} [{observable.unit}]" if observable.unit else observable.label
    return hist.axis.Regular(observable.bins, observable.low, observable.high, name=observable.column, label=label)


class WeightSums:
    """Sums of weights and of squared weights per observable, variation and bin, flow bins included."""

    def __init__(self, observables: Mapping[str, Observable], variations: Sequence[str]) -> None:
        self.observables = observables
        self.variations = tuple(variations)
        self._axes = {name: observable_axis(observable) for name, observable in observables.items()}
        self._sums = {
            (name, variation): (ExactSums(axis.extent), ExactSums(axis.extent))
            for name, axis in self._axes.items()
            for variation in self.variations
        }

    def add(
        self,
        events: PathLike[str] | str,
        scores: PathLike[str] | str | None,
        weights: Mapping[str, str],
    ) -> None:
        """Fill all events of a file; `weights` maps a variation to the column of its weights.

        Raises `HistogramError` for values that are not finite.
        """
        wanted = {observable.column for observable in self.observables.values()} | {"region"}
        columns = read_events(events, scores, wanted | set(weights.values()))
        for name in weights.values():
            if not np.isfinite(columns[name]).all():
                raise HistogramError(f"{fspath(events)}: values that are not finite in column '{name}'")
        for region, code in REGION_CODES.items():
            names = [name for name, observable in self.observables.items() if observable.region == region]
            if names:
                inside = columns["region"] == code
                self._fill({name: values[inside] for name, values in columns.items()}, names, weights)

    def _fill(self, columns: Mapping[str, np.ndarray], names: Sequence[str], weights: Mapping[str, str]) -> None:
        """Fill the observables `names` with the events of their region."""
        bins = {
            name: self._axes[name].index(columns[self.observables[name].column].astype(np.float64)) + 1
            for name in names
        }
        for variation, column in weights.items():
            weight = columns[column].astype(np.float64)
            split, squares = split_weights(weight), split_weights(weight * weight)
            for name in names:
                self._add(name, variation, bins[name], split, squares)

    def _add(self, name: str, variation: str, bins: np.ndarray, split: SplitWeights, squares: SplitWeights) -> None:
        values, variances = self._sums[name, variation]
        values.add(bins, split)
        variances.add(bins, squares)

    def histograms(self, normalisation: float = 1.0) -> dict[str, hist.Hist]:
        """The histograms, with every weight multiplied by `normalisation`."""
        filled = {}
        for name, axis in self._axes.items():
            filled[name] = empty_histogram(name, axis, self.variations)
            view = filled[name].view(flow=True)
            for row, variation in enumerate(self.variations):
                values, variances = self._sums[name, variation]
                view["value"][row] = values.values() * normalisation
                view["variance"][row] = variances.values() * normalisation**2
        return filled


def empty_histogram(name: str, axis: hist.axis.Regular, variations: Sequence[str]) -> hist.Hist:
    """A histogram with the axes (variation, observable) and sums of weights and of squared weights."""
    categories = hist.axis.StrCategory(variations, name="variation", overflow=False)
    return hist.Hist(categories, axis, storage=hist.storage.Weight(), name=name)


def write_histograms(histograms: Mapping[str, hist.Hist], path: PathLike[str] | str) -> None:
    """Write histograms by name as JSON in UHI serialisation; numbers come back bit by bit."""
    text = json.dumps(dict(histograms), default=uhi.io.json.default, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def read_histograms(path: PathLike[str] | str) -> dict[str, hist.Hist]:
    """Read what `write_histograms` wrote. Raises `HistogramError` for a file that is none of UHI histograms."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), object_hook=uhi.io.json.object_hook)
        return {name: hist.Hist(histogram) for name, histogram in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HistogramError(f"{fspath(path)}: not a file of UHI histograms ({error!r})") from error

"""Pseudo-data: unweighted events drawn from an independent simulated sample, in the place of data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath

import numpy as np

from analysis.campaign import Observable
from analysis.columns import EVENT_ID, REGION_CODES, read_events
from analysis.counter_random import seed_of, uniform
from analysis.histograms import NOMINAL, EventFiles, empty_histogram, observable_axis, write_histograms
from analysis.normalisation import Normalisation


class PseudoDataError(ValueError):
    """A sample from which pseudo-data cannot be drawn."""


@dataclass(frozen=True)
class PseudoDataSample:
    """Selected events of one dataset, and its normalisation."""

    files: EventFiles
    normalisation: Normalisation


def draw_pseudodata(
    samples: Mapping[str, PseudoDataSample],
    observables: Mapping[str, Observable],
    histograms: PathLike[str] | str,
    *,
    seed: int,
) -> dict[str, dict[str, int]]:
    """Draw events, fill the observables with counts, and return drawn events per sample and region.

    The same seed draws the same events, however they are ordered and split into files.
    """
    axes = {name: observable_axis(observable) for name, observable in observables.items()}
    counts = {name: np.zeros(axis.extent, dtype=np.int64) for name, axis in axes.items()}
    drawn: dict[str, dict[str, int]] = {}
    for sample_name, sample in samples.items():
        columns = _read_sample(sample_name, sample, observables)
        kept = _draw(sample_name, columns, sample.normalisation, seed_of(f"pseudo-data {sample_name}", seed))
        inside = {region: columns["region"][kept] == code for region, code in REGION_CODES.items()}
        drawn[sample_name] = {region: int(np.count_nonzero(mask)) for region, mask in inside.items()}
        for name, observable in observables.items():
            values = columns[observable.column][kept][inside[observable.region]].astype(np.float64)
            counts[name] += np.bincount(axes[name].index(values) + 1, minlength=axes[name].extent)
    filled = {name: empty_histogram(name, axis, [NOMINAL]) for name, axis in axes.items()}
    for name, histogram in filled.items():
        view = histogram.view(flow=True)
        view["value"][0] = view["variance"][0] = counts[name]
    write_histograms(filled, histograms)
    return drawn


def _read_sample(name: str, sample: PseudoDataSample, observables: Mapping[str, Observable]) -> dict[str, np.ndarray]:
    """All events of a sample; the same event twice is an error, since both would be drawn together."""
    wanted = {observable.column for observable in observables.values()} | {"region", "weight", *EVENT_ID}
    parts = [read_events(events, scores, wanted) for events, scores in sample.files]
    if not parts:
        raise PseudoDataError(f"no event file to draw pseudo-data of '{name}' from")
    columns = {column: np.concatenate([part[column] for part in parts]) for column in wanted}
    numbers = np.stack([columns[column].astype(np.int64) for column in EVENT_ID], axis=1)
    if len(np.unique(numbers, axis=0)) < len(numbers):
        files = ", ".join(fspath(events) for events, _ in sample.files)
        raise PseudoDataError(f"sample '{name}' has events of the same run, block and number (in: {files})")
    return columns


def _draw(name: str, columns: Mapping[str, np.ndarray], normalisation: Normalisation, seed: int) -> np.ndarray:
    """Which selected events become pseudo-data: bool of shape (events,); every count is Poisson distributed.

    With the largest normalised weight r, a Poisson number of mean rN of the N generated events happens, each
    at most once (the hypergeometric law says how many of them are among the selected), and an event of
    smaller weight w is kept with probability w/r. Accepting each event by its weight alone would give
    binomial counts, too narrow by the fraction of the sample that is used.
    """
    weights = columns["weight"] * normalisation.factor
    largest = _largest(name, weights, normalisation)
    numbers = [columns[column] for column in EVENT_ID]
    random = np.random.default_rng(seed)
    happened = random.poisson(largest * normalisation.events)
    selected = len(weights)
    taken = random.hypergeometric(selected, normalisation.events - selected, happened)
    order = np.argsort(uniform(seed_of("order", seed), *numbers), kind="stable")
    kept = np.zeros(selected, dtype=bool)
    kept[order[:taken]] = True
    return kept & (uniform(seed_of("weight", seed), *numbers) * largest < weights)


def _largest(name: str, weights: np.ndarray, normalisation: Normalisation) -> float:
    """The largest normalised weight, or the reason why the sample cannot play data."""
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise PseudoDataError(f"sample '{name}': weights that are negative or not finite cannot be drawn by")
    if len(weights) > normalisation.events:
        raise PseudoDataError(f"sample '{name}' has {len(weights)} selected of {normalisation.events} generated events")
    largest = float(weights.max(initial=0.0))
    # five standard deviations of room, so that success does not hang on the seed
    if largest * normalisation.events + 5 * math.sqrt(largest * normalisation.events) > normalisation.events:
        raise PseudoDataError(
            f"sample '{name}' is too small for unweighted pseudo-data of {normalisation.luminosity:g} /pb: "
            f"an event stands for up to {largest:.3g} events, which must be well below 1; generate "
            f"{2 * largest:.3g} times as many, or lower the luminosity"
        )
    return largest

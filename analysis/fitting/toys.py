"""Toy experiments: is the fit unbiased, and are its uncertainties right?

Arrays have shape (toys,); the signal strength has no unit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.fitting.layout import Observation
from analysis.fitting.likelihood import Likelihood
from analysis.fitting.minimum import minimise
from analysis.templates import Floats


class ToyError(ValueError):
    """Toy results that do not belong together, or too few of them for the question."""


@dataclass(frozen=True)
class Toy:
    """One fitted toy experiment; `index` with the seed determines its random numbers."""

    index: int
    estimate: float
    uncertainty: float


@dataclass(frozen=True)
class ToyResult:
    """Fits of toy experiments that were thrown at signal strength `truth`.

    `failed` has the indices of toys whose fit did not converge: they are in no average.
    """

    poi: str
    truth: float
    seed: int
    toys: tuple[Toy, ...]
    failed: tuple[int, ...]

    @property
    def pulls(self) -> Floats:
        """(estimate - truth) / uncertainty of each toy that converged."""
        return np.array([(toy.estimate - self.truth) / toy.uncertainty for toy in self.toys])

    @property
    def mean(self) -> float:
        """Mean of the pulls; 0 for an unbiased fit."""
        self._need(1)
        return float(self.pulls.mean())

    @property
    def width(self) -> float:
        """Standard deviation of the pulls; 1 for right uncertainties."""
        self._need(2)
        return float(self.pulls.std(ddof=1))

    @property
    def mean_uncertainty(self) -> float:
        """Statistical uncertainty of `mean`."""
        return self.width / math.sqrt(len(self.toys))

    @property
    def width_uncertainty(self) -> float:
        """Statistical uncertainty of `width`, for normal pulls."""
        self._need(2)
        return self.width / math.sqrt(2 * (len(self.toys) - 1))

    def _need(self, number: int) -> None:
        if len(self.toys) < number:
            raise ToyError(f"{len(self.toys)} toys converged ({len(self.failed)} failed), {number} are needed")

    def to_json(self) -> str:
        """The toys and, for readers, the summary of their pulls."""
        summary = {name: getattr(self, name) for name in SUMMARY} if len(self.toys) > 1 else {}
        return json.dumps(asdict(self) | {"pulls": summary}, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ToyResult:
        """The inverse of `to_json`."""
        fields = json.loads(text)
        del fields["pulls"]
        return cls.from_fields(fields)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> ToyResult:
        """The inverse of `dataclasses.asdict`."""
        toys = tuple(Toy(**toy) for toy in fields["toys"])
        return cls(fields["poi"], fields["truth"], fields["seed"], toys, tuple(fields["failed"]))


SUMMARY = ("mean", "mean_uncertainty", "width", "width_uncertainty")


def throw_toys(workspace: Mapping[str, Any], n: int, seed: int, *, first: int = 0) -> ToyResult:
    """Throw and fit `n` toy experiments at the nominal parameters of the workspace.

    Toy number i has random numbers of its own, from (seed, i): chunks that start at `first` and are joined
    with `join_toys` equal one run.
    """
    likelihood = Likelihood(workspace)
    toys, failed = [], []
    for index in range(first, first + n):
        minimum = minimise(likelihood, throw(likelihood, np.random.default_rng([seed, index])))
        poi = likelihood.poi_index
        estimate, uncertainty = float(minimum.parameters[poi]), float(minimum.uncertainties[poi])
        if minimum.valid and uncertainty > 0:
            toys.append(Toy(index, estimate, uncertainty))
        else:
            failed.append(index)
    truth = likelihood.parameters[likelihood.poi_index]
    return ToyResult(truth.name, truth.initial, seed, tuple(toys), tuple(failed))


def throw(likelihood: Likelihood, random: np.random.Generator) -> Observation:
    """One experiment at the nominal parameters: Poisson counts, and auxiliary values about their truth.

    The auxiliary measurements are thrown too (unconditional ensemble): each constrained parameter's is
    normal with the width of its constraint, so a statistical one's may come out negative where a bin's
    relative uncertainty is large, as its constraint allows.
    """
    counts = random.poisson(likelihood.expected(likelihood.initial).sum(axis=0)).astype(np.float64)
    nominal = likelihood.observation.auxiliary
    return Observation(counts, random.normal(nominal, likelihood.sigmas[likelihood.sigmas > 0]))


def join_toys(parts: Iterable[ToyResult]) -> ToyResult:
    """One result from chunks of the same model and seed, in order of the toys' indices.

    Raises `ToyError` for chunks of several models or seeds, and for a toy that is in two of them.
    """
    chunks = list(parts)
    if len({(chunk.poi, chunk.truth, chunk.seed) for chunk in chunks}) != 1:
        raise ToyError("only toys of one model and one seed can be joined")
    toys = sorted((toy for chunk in chunks for toy in chunk.toys), key=lambda toy: toy.index)
    failed = sorted(index for chunk in chunks for index in chunk.failed)
    numbers = [toy.index for toy in toys] + failed
    if len(set(numbers)) != len(numbers):
        raise ToyError("the same toy is in several chunks")
    return ToyResult(chunks[0].poi, chunks[0].truth, chunks[0].seed, tuple(toys), tuple(failed))

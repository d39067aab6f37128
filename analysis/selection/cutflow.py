"""How many events each cut leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np


class Cutflow:
    """Raw and weighted numbers of events after each cut, filled chunk by chunk.

    Weights are added one after the other in the order of the file, so that sums do not depend on the
    chunks to the last bit.
    """

    def __init__(self, cuts: Sequence[str]) -> None:
        self.cuts = tuple(cuts)
        self._raw = [0] * len(cuts)
        self._weighted = [0.0] * len(cuts)
        self._squared = [0.0] * len(cuts)

    def fill(self, cut: str, weights: np.ndarray) -> None:
        """Add the events that pass `cut`, given their weights (float64, shape (passing,))."""
        row = self.cuts.index(cut)
        self._raw[row] += len(weights)
        self._weighted[row] = _add(self._weighted[row], weights)
        self._squared[row] = _add(self._squared[row], weights**2)

    @property
    def rows(self) -> list[dict[str, str | int | float]]:
        """One row per cut: `cut`, `raw`, `weighted` and `weighted_squared` (the variance)."""
        columns = zip(self.cuts, self._raw, self._weighted, self._squared, strict=True)
        names = ("cut", "raw", "weighted", "weighted_squared")
        return [dict(zip(names, row, strict=True)) for row in columns]

    def write(self, path: PathLike[str] | str) -> None:
        """Write the rows as JSON."""
        Path(path).write_text(json.dumps({"rows": self.rows}, indent=1) + "\n", encoding="utf-8")


def _add(total: float, weights: np.ndarray) -> float:
    """Sum in order: np.sum adds in pairs that depend on the length."""
    return float(np.add.accumulate(np.concatenate([[total], weights]))[-1])

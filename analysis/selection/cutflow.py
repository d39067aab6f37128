"""How many events each cut leaves: as numbers, and as sums of weights."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analysis.selection.kernel import FOUR_JETS, ONE_LEPTON, REGION_4J1B, REGION_4J2B

CUTS = ("all events", "one lepton", "four jets", "4j1b", "4j2b")


@dataclass
class Cutflow:
    """Sums over chunks; weights are kept one by one until the end, so that chunks do not change the result."""

    numbers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CUTS, 0))
    weights: dict[str, list[np.ndarray]] = field(default_factory=lambda: {cut: [] for cut in CUTS})

    def add(self, stage: np.ndarray, region: np.ndarray, weight: np.ndarray) -> None:
        """Count a chunk: `stage`, `region` and `weight` of every event."""
        left = {
            "all events": np.ones(len(stage), np.bool_),
            "one lepton": stage >= ONE_LEPTON,
            "four jets": stage >= FOUR_JETS,
            "4j1b": region == REGION_4J1B,
            "4j2b": region == REGION_4J2B,
        }
        for cut, mask in left.items():
            self.numbers[cut] += int(mask.sum())
            self.weights[cut].append(weight[mask])

    def rows(self) -> list[dict[str, float | int | str]]:
        """Cut by cut: events, sum of weights, sum of squared weights (exactly rounded sums)."""
        rows: list[dict[str, float | int | str]] = []
        for cut in CUTS:
            weights = np.concatenate(self.weights[cut]) if self.weights[cut] else np.empty(0)
            rows.append({
                "cut": cut, "raw": self.numbers[cut], "weighted": math.fsum(weights.tolist()),
                "weighted_squared": math.fsum((weights**2).tolist()),
            })  # fmt: skip
        return rows

    def write(self, path: os.PathLike[str] | str) -> None:
        """Write the rows as JSON."""
        Path(path).write_text(json.dumps({"rows": self.rows()}, indent=1) + "\n", encoding="utf-8")

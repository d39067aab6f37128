"""What a generator run says about itself: cross section and statistical weights."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def read_summary(path: os.PathLike[str] | str) -> dict[str, Any]:
    """The summary that `generate_events` wrote."""
    summary: dict[str, Any] = json.loads(Path(path).read_text())
    return summary


def merge_summaries(summaries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One summary for all runs of a dataset.

    Cross sections (in pb) are averaged with the number of events as weight: every run is an independent estimate whose
    variance falls like 1/n. `luminosity_per_pb` is the equivalent luminosity of the sample (Kish's effective number of
    events over the cross section, which is n/sigma for unit weights). Raises `ValueError` without any summary.
    """
    runs = list(summaries)
    if not runs:
        raise ValueError("no summaries to merge: the dataset has no generated file")
    events = sum(run["n_events"] for run in runs)
    sum_of_weights = math.fsum(run["sum_of_weights"] for run in runs)
    sum_of_squares = math.fsum(run["sum_of_squared_weights"] for run in runs)
    shares = [run["n_events"] / events for run in runs]
    cross_section = math.fsum(s * run["cross_section_pb"] for s, run in zip(shares, runs, strict=True))
    errors = [s * run["cross_section_error_pb"] for s, run in zip(shares, runs, strict=True)]
    return {
        "n_events": events,
        "cross_section_pb": cross_section,
        "cross_section_error_pb": math.hypot(*errors),
        "sum_of_weights": sum_of_weights,
        "sum_of_squared_weights": sum_of_squares,
        "luminosity_per_pb": sum_of_weights**2 / sum_of_squares / cross_section,
    }

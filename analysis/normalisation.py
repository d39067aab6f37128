"""From generated events to expected ones: cross section × luminosity / sum of weights."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from analysis.generation.summary import merge_summaries

Paths = Sequence[PathLike[str] | str]
FIRST_CUT = "all events"


class NormalisationError(ValueError):
    """Summaries or cutflows from which no normalisation follows."""


@dataclass(frozen=True)
class Normalisation:
    """What scales a dataset's event weights to the luminosity: `factor`, in expected events per weight."""

    cross_section: float  # pb
    cross_section_error: float  # pb
    luminosity: float  # 1/pb
    sum_of_weights: float
    events: int

    @property
    def factor(self) -> float:
        return self.cross_section * self.luminosity / self.sum_of_weights

    @property
    def equivalent_luminosity(self) -> float:
        """Luminosity that would give as many unweighted events as were generated, 1/pb."""
        return self.events / self.cross_section


def normalisation(
    summaries: Paths, cutflows: Paths, luminosity: float, *, cross_section: float | None = None
) -> Normalisation:
    """Normalisation of a dataset from the summaries and cutflows of all its branches.

    The sum of weights is that of the cutflows' first row, "all events". The cross section is `cross_section` (pb,
    exact) where the campaign gives one, else the generator's, see `average_cross_section`; then both kinds of files
    must tell of the same events. Raises `NormalisationError` where they do not fit together, and where weights add up
    to nothing.
    """
    events, weights = _all_events(cutflows)
    if not weights > 0:
        raise NormalisationError(f"the sum of weights of {len(cutflows)} cutflows is {weights:g}; it must be > 0")
    if cross_section is not None:
        return Normalisation(cross_section, 0.0, luminosity, weights, events)
    average, error, generated = average_cross_section(summaries)
    if generated != events:
        raise NormalisationError(
            f"{generated} events were generated, but {events} were read by the selection; "
            "summaries and cutflows must come from the same branches"
        )
    return Normalisation(average, error, luminosity, weights, events)


def average_cross_section(summaries: Paths) -> tuple[float, float, int]:
    """Mean cross section in pb, its standard error, and the number of events, over all branches.

    Branches count by their number of events (`merge_summaries`). Weights of inverse variance would bias the mean
    downwards, since the generator's error estimate is proportional to its cross section estimate. Raises
    `NormalisationError` where neither summaries nor campaign give one.
    """
    if not summaries:
        raise NormalisationError("no generator summary, and no cross section in the campaign")
    merged = merge_summaries(_summary(path) for path in summaries)
    return merged["cross_section_pb"], merged["cross_section_error_pb"], merged["n_events"]


def _summary(path: PathLike[str] | str) -> dict[str, Any]:
    """One branch's summary, with all numbers that count."""
    summary = _json(path)
    for key in ("cross_section_pb", "cross_section_error_pb", "sum_of_weights", "sum_of_squared_weights"):
        _number(summary, key, path)
    if not _number(summary, "n_events", path) > 0:
        raise NormalisationError(f"{fspath(path)}: the generator made no event")
    return summary


def _all_events(cutflows: Paths) -> tuple[int, float]:
    """Number and sum of weights of the events before any cut."""
    raw, weighted = 0, []
    for path in cutflows:
        rows = _json(path).get("rows")
        if not isinstance(rows, list) or not rows or rows[0].get("cut") != FIRST_CUT:
            raise NormalisationError(f"{fspath(path)}: the first row of the cutflow is not '{FIRST_CUT}'")
        raw += int(_number(rows[0], "raw", path))
        weighted.append(_number(rows[0], "weighted", path))
    return raw, math.fsum(weighted)


def _json(path: PathLike[str] | str) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NormalisationError(f"{fspath(path)}: not a readable JSON file ({error})") from error
    if not isinstance(content, dict):
        raise NormalisationError(f"{fspath(path)}: expected a JSON object")
    return content


def _number(content: dict[str, Any], key: str, path: PathLike[str] | str) -> float:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NormalisationError(f"{fspath(path)}: '{key}' is {value!r}, which is not a finite number")
    return float(value)

"""What a fit found, and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from analysis.fitting.impacts import Impact
from analysis.fitting.toys import ToyResult
from analysis.fitting.yields import ChannelYields, Yields


@dataclass(frozen=True)
class FittedParameter:
    """A parameter after the fit: `kind` is "scale", "systematic" or "statistical".

    A parameter pressed against its bound is held there: its `uncertainty` is 0.
    `pull` is (value - nominal) / prefit uncertainty and `constraint` postfit over prefit uncertainty;
    both are None for a parameter without constraint.
    """

    name: str
    kind: str
    value: float
    uncertainty: float
    pull: float | None
    constraint: float | None


@dataclass(frozen=True)
class GoodnessOfFit:
    """-2 ln L relative to the saturated model, its degrees of freedom, and the χ² probability."""

    statistic: float
    degrees_of_freedom: int
    p_value: float | None


@dataclass(frozen=True)
class FitResult:
    """What a fit found. `uncertainty` is HESSE's; `uncertainty_up/_down` (both positive) are MINOS's.

    MINOS's are None where it was not asked for, or where its contour or the signal strength itself leaves
    the allowed range.
    `statistical_uncertainty` is what remains when every constrained parameter is held at its best value.
    """

    poi: str
    signal_strength: float
    uncertainty: float
    uncertainty_up: float | None
    uncertainty_down: float | None
    statistical_uncertainty: float
    parameters: tuple[FittedParameter, ...]
    correlation: tuple[tuple[float, ...], ...]
    goodness_of_fit: GoodnessOfFit
    prefit: tuple[ChannelYields, ...]
    postfit: tuple[ChannelYields, ...]
    impacts: tuple[Impact, ...]
    edm: float
    toys: ToyResult | None = None

    def to_json(self) -> str:
        """The result as a JSON document; the same fit gives the same text."""
        return json.dumps(asdict(self), indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> FitResult:
        """The inverse of `to_json`."""
        fields = json.loads(text)
        fields["parameters"] = tuple(FittedParameter(**entry) for entry in fields["parameters"])
        fields["correlation"] = tuple(tuple(row) for row in fields["correlation"])
        fields["goodness_of_fit"] = GoodnessOfFit(**fields["goodness_of_fit"])
        for moment in ("prefit", "postfit"):
            fields[moment] = tuple(_channel_from(entry) for entry in fields[moment])
        fields["impacts"] = tuple(Impact(**entry) for entry in fields["impacts"])
        fields["toys"] = ToyResult.from_fields(fields["toys"]) if fields["toys"] else None
        return cls(**fields)


def _channel_from(entry: Mapping[str, Any]) -> ChannelYields:
    samples = {name: _yields_from(yields) for name, yields in entry["samples"].items()}
    edges = None if entry["edges"] is None else tuple(entry["edges"])
    return ChannelYields(entry["channel"], samples, _yields_from(entry["sum"]), tuple(entry["data"]), edges)


def _yields_from(entry: Mapping[str, Any]) -> Yields:
    values, uncertainties = tuple(entry["values"]), tuple(entry["uncertainties"])
    return Yields(values, uncertainties, entry["total"], entry["total_uncertainty"])

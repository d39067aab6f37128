"""What a workspace consists of: its channels, parameters and observed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.templates import Floats

BOUNDS = {"scale": (0.0, 10.0), "systematic": (-5.0, 5.0), "statistical": (1e-10, 10.0)}
MODIFIERS = {"normfactor", "staterror", "histosys", "normsys"}


class UnsupportedModelError(ValueError):
    """The workspace uses a part of HistFactory that this likelihood does not have."""


@dataclass(frozen=True)
class Parameter:
    """A parameter: a free "scale", a "systematic" (standard normal) or a "statistical" one of a bin.

    `sigma` is the width of its constraint, 0 where it is free.
    """

    name: str
    kind: str
    initial: float
    bounds: tuple[float, float]
    sigma: float
    fixed: bool = False


@dataclass(frozen=True)
class Channel:
    """A channel and where its bins are among those of all channels."""

    name: str
    start: int
    stop: int
    samples: tuple[str, ...]

    @property
    def bins(self) -> slice:
        return slice(self.start, self.stop)

    @property
    def size(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, eq=False)
class Observation:
    """What a (pseudo-)experiment measured: counts per bin, auxiliary values per constrained parameter."""

    counts: Floats
    auxiliary: Floats


def find_channels(workspace: Mapping[str, Any]) -> tuple[Channel, ...]:
    """Where each channel's bins are; unknown modifiers are refused here.

    Raises `UnsupportedModelError` for a modifier that is not known here.
    """
    channels, start = [], 0
    for channel in workspace["channels"]:
        for sample in channel["samples"]:
            for modifier in sample["modifiers"]:
                if modifier["type"] not in MODIFIERS:
                    raise UnsupportedModelError(
                        f"channel '{channel['name']}', sample '{sample['name']}': modifier "
                        f"'{modifier['name']}' of type '{modifier['type']}' (known: {sorted(MODIFIERS)})"
                    )
        stop = start + len(channel["samples"][0]["data"])
        names = tuple(sample["name"] for sample in channel["samples"])
        channels.append(Channel(channel["name"], start, stop, names))
        start = stop
    return tuple(channels)


def modifier_names(workspace: Mapping[str, Any], types: set[str]) -> tuple[str, ...]:
    """Names of the modifiers of these types, in order of appearance."""
    return tuple(
        dict.fromkeys(
            modifier["name"]
            for channel in workspace["channels"]
            for sample in channel["samples"]
            for modifier in sample["modifiers"]
            if modifier["type"] in types
        )
    )

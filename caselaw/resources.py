"""What a branch needs to run: CPUs, memory, time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from caselaw.errors import ConfigError

MEMORY_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
                "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}  # fmt: skip
TIME_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Resources:
    """Needs of one branch. They never change what it makes, and are not in its fingerprint."""

    cpus: int = 1
    memory: str = "2 GB"
    runtime: str = "1 h"
    gpus: int = 0

    def __post_init__(self) -> None:
        if self.cpus < 1 or self.gpus < 0:
            raise ConfigError(
                f"a branch cannot have {self.cpus} CPUs and {self.gpus} GPUs",
                "Resources",
                "give cpus >= 1 and gpus >= 0",
            )
        _ = self.memory_bytes, self.runtime_seconds

    @property
    def memory_bytes(self) -> int:
        return round(quantity(self.memory, MEMORY_UNITS))

    @property
    def runtime_seconds(self) -> float:
        return quantity(self.runtime, TIME_UNITS)


def quantity(text: str, units: dict[str, int]) -> float:
    """A number with a unit, such as "2 GB" or "1.5 h", in the base unit. Raises `ConfigError` for other texts."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", text)
    if match is None or match[2] not in units:
        raise ConfigError(f"'{text}' is not a number with a unit", "Resources", f"units: {', '.join(units)}")
    return float(match[1]) * units[match[2]]

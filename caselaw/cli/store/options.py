"""Options of several commands, and how what they take is read."""

from __future__ import annotations

from typing import Any

import click

from caselaw.errors import ConfigError
from caselaw.resources import MEMORY_UNITS, TIME_UNITS, quantity


class Quantity(click.ParamType):  # type: ignore[type-arg]
    """A number with a unit, such as `10 GB` or `2 h`, in the base unit."""

    def __init__(self, name: str, units: dict[str, int]) -> None:
        self.name, self.units = name, units

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, (int, float)):
            return float(value)
        try:
            return quantity(value, self.units)
        except ConfigError as error:
            self.fail(f"{error.what}: {error.advice}", param, ctx)


DURATION = Quantity("duration", TIME_UNITS)
SIZE = Quantity("size", MEMORY_UNITS)

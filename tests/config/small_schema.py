"""A schema of campaigns for tests: every kind of thing that a schema can hold."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Luminosity(Section):
    value: Positive
    uncertainty: float = 0.025


class Cut(Section):
    column: str
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def ordered(self) -> Cut:
        if self.low >= self.high:
            raise ValueError("'low' must be below 'high'")
        return self


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class InconsistentError(ValueError):
    """A validator's complaint that knows its places."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class Free(BaseModel):
    """Anything goes."""

    model_config = ConfigDict(extra="allow")


class Small(Section):
    title: str
    luminosity: Luminosity
    scales: dict[str, Positive] = {}
    cuts: dict[str, Cut] = {}
    steps: tuple[int, ...] = ()
    choice: Cut | Luminosity | None = None
    mode: Literal["fast", "full"] = "fast"
    colour: Colour = Colour.RED
    labels: frozenset[str] = frozenset()
    folder: Path | None = None
    runs: dict[int, float] = {}
    notes: Any = None
    free: Free = Free()
    fit: tuple[str, ...] = ()

    @model_validator(mode="after")
    def names_known(self) -> Small:
        unknown = {
            f"fit.{index}": f"'{name}' is no cut" for index, name in enumerate(self.fit) if name not in self.cuts
        }
        if unknown:
            raise InconsistentError(unknown)
        return self

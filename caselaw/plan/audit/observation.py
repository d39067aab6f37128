"""One thing that a branch was seen to use, as a line of JSON from the process that runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "function", "statement", "docstring", "annotation", "import order", "file", "module", "variable", "option",
    "parameter", "requirement", "cache", "write", "subprocess", "network",
]  # fmt: skip
By = Literal["first-party", "engine", "library"]


@dataclass(frozen=True)
class Observation:
    """`name` is what was used: a dotted name, an absolute path, a variable, a program, host:port; never a value.

    `where` is the nearest first-party line as path:line. `by` says whose code did it. `path` is the source file
    of first-party code. `seen` is true for what the closure sees by construction.
    """

    kind: Kind
    name: str
    where: str | None
    by: By = "first-party"
    path: str | None = None
    seen: bool = False

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def read_observations(file: Path) -> Iterator[Observation]:
    """All observations in a file, which several processes may have written; a torn last line is left out."""
    for line in file.read_bytes().splitlines(keepends=True) if file.exists() else ():
        if line.endswith(b"\n"):
            yield Observation(**json.loads(line))

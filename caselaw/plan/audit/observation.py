"""One thing that a branch was seen to use, as a line of JSON from the process that runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from caselaw.plan.audit.origin import CodeOrigin


class UseKind(StrEnum):
    """What was used, or how: each is covered by a component of the fingerprint, or by none."""

    FUNCTION = "function"
    STATEMENT = "statement"
    DOCSTRING = "docstring"
    ANNOTATION = "annotation"
    IMPORT_ORDER = "import order"
    FILE = "file"
    MODULE = "module"
    VARIABLE = "variable"
    OPTION = "option"
    PARAMETER = "parameter"
    REQUIREMENT = "requirement"
    CACHE = "cache"
    WRITE = "write"
    SUBPROCESS = "subprocess"
    NETWORK = "network"


@dataclass(frozen=True)
class Observation:
    """`name` is what was used: a dotted name, an absolute path, a variable, a program, host:port; never a value.

    `where` is the nearest first-party line as path:line. `by` says whose code did it. `path` is the source file
    of first-party code. `seen` is true for what the closure sees by construction.
    """

    kind: UseKind
    name: str
    where: str | None
    by: CodeOrigin = CodeOrigin.FIRST_PARTY
    path: str | None = None
    seen: bool = False

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def read_observations(file: Path) -> Iterator[Observation]:
    """All observations in a file, which several processes may have written; a torn last line is left out."""
    for line in file.read_bytes().splitlines(keepends=True) if file.exists() else ():
        if line.endswith(b"\n"):
            said = json.loads(line)
            yield Observation(**said | {"kind": UseKind(said["kind"]), "by": CodeOrigin(said["by"])})

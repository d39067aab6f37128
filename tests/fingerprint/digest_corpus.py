"""Digests of code, values and closures, as JSON: a program that every Python runs, with nothing installed.

    python -I -S digest_corpus.py ROOT CORPUS

ROOT is this repository. CORPUS holds projects (folders with a module `work`) under `projects/`, one file
per Python that added syntax under `syntax/`, and a distribution under `installed/`.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import platform
import re
import sys
import tempfile
import time
import types
import typing
import uuid
from pathlib import Path
from typing import Any


class Shift(enum.Enum):
    NOMINAL = "nominal"
    UP = ("up", 1)
    ALSO_UP = UP


class Region(enum.IntEnum):
    ONE_TAG = 1
    TWO_TAGS = enum.auto()


class Label(enum.StrEnum):
    ELECTRON = enum.auto()


class Corrections(enum.Flag):
    JES = enum.auto()
    JER = enum.auto()
    JETS = JES | JER


class Bits(enum.IntFlag, boundary=enum.KEEP):
    A = 1
    B = 4


class Point(typing.NamedTuple):
    x: int
    y: float = 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Cuts:
    pt: float = 30.0
    names: tuple[str, ...] = ("e", "mu")
    more: dict[str, Any] = dataclasses.field(default_factory=dict, kw_only=True)


class Marked(str):
    """A text that may know its line."""


class Store(pathlib.PurePosixPath):
    """A path of a kind of its own."""


class Opaque:
    """Has no encoding."""


def nested(depth: int) -> Any:
    return [{"a": nested(depth - 1)}] if depth else ()


VALUES: dict[str, Any] = {
    "plain": [None, True, False, 0, 1, -1, 2**64, -(2**200), 10**5000, "", "é", "\ud800", "😀\0", b"", b"\xff", 1j],
    "floats": [0.0, -0.0, 0.1, 1e22, 5e-324, math.inf, -math.inf, math.nan, complex(math.nan, -0.0)],
    "containers": [(), [], {}, set(), frozenset({1, "a", (2,)}), {"b": 1, "a": [{3, 2}]}, range(3), slice(1, None, 2)],
    "mappings": [
        collections.OrderedDict(b=1, a=2), collections.Counter("abca"), collections.ChainMap({"a": 1}, {"b": 2}),
        collections.defaultdict(list, a=[1]), collections.UserDict(a=1), types.MappingProxyType({"a": 1}),
        {"a": 1}.keys(), {"a": 1}.items(), {1: "a", 1.5: "b", "1": "c", (1,): "d", None: "e", b"1": "f"},
    ],
    "subclasses": [Marked("a"), bytearray(b"a"), Point(1), Cuts(more={"a": Cuts(1.0)}), time.gmtime(0)],
    "enums": [*Shift, *Region, *Label, Shift.ALSO_UP, re.IGNORECASE, re.IGNORECASE | re.DOTALL, uuid.SafeUUID.safe],
    "flags": [
        Corrections.JES, Corrections.JETS, Corrections(0), ~Corrections.JER, *Corrections,
        Bits.A, Bits.A | Bits.B, Bits(0), Bits(2), Bits(7), ~Bits.A,
    ],
    "paths": [
        Path("a/b"), Path("/a/../b/"), Path(), pathlib.PurePosixPath("a"), pathlib.PureWindowsPath(r"C:\a\b"),
        Store("a"),
    ],
    "times": [
        datetime.date(2016, 1, 1), datetime.time(1, 2, 3, 4), datetime.datetime(2016, 1, 1, fold=1),
        datetime.datetime(2016, 1, 1, 12, tzinfo=datetime.UTC), datetime.timedelta(-1, 5, 7),
        datetime.datetime(2016, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, seconds=1))),
    ],
    "numbers": [decimal.Decimal("1.0"), decimal.Decimal("-NaN"), decimal.Decimal("1E+5"), fractions.Fraction(-1, 3)],
    "identifiers": [uuid.UUID(int=2**100)],
    "deep": nested(40),
    "a function": len,
    "a lambda": lambda: 1,
    "a class": Opaque,
    "an object": {"a": [Opaque()]},
    "a namespace": types.SimpleNamespace(a=1),
    "a queue": collections.deque([1]),
    "a generic": list[int],
    "a union": [int | None],
    "a generator": (i for i in range(3)),
    "a memory view": memoryview(b"a"),
    "an ellipsis": [...],
}  # fmt: skip


def encodings() -> dict[str, str]:
    """Value → digest, or where it has none."""
    from caselaw.errors import FingerprintError
    from caselaw.fingerprint import digest

    found = {}
    for name, value in VALUES.items():
        for index, part in enumerate(value if isinstance(value, list) and len(value) > 1 else [value]):
            try:
                found[f"{name} {index}"] = digest(part)
            except FingerprintError as error:
                found[f"{name} {index}"] = f"{type(error).__name__} at {error.where}"
    return found


def code(root: Path, corpus: Path) -> dict[str, str]:
    """Source file → digest of its syntax, for all that this Python can read."""
    from caselaw.fingerprint import syntax_digest

    ours = [path for name in ("caselaw", "analysis", "tasks") for path in sorted((root / name).rglob("*.py"))]
    files = {str(path.relative_to(root)): path for path in ours}
    files |= {str(path.relative_to(corpus)): path for path in sorted((corpus / "projects").rglob("*.py"))}
    files |= {path.stem: path for path in readable(corpus / "syntax")}
    return {name: syntax_digest(path.read_bytes(), name) for name, path in files.items()}


def readable(syntax: Path) -> list[Path]:
    """The files whose syntax this Python knows: python311.txt from 3.11 on."""
    here = f"python{sys.version_info.major}{sys.version_info.minor}"
    return [path for path in sorted(syntax.glob("*.txt")) if path.stem <= here]


def closures(root: Path, corpus: Path) -> dict[str, Any]:
    """Entry → its symbols with digests and lines, its distributions, and where the warnings are."""
    from caselaw.fingerprint import Closures, first_party

    memo = tempfile.mkdtemp()
    entries = [(folder, "work:run") for folder in sorted((corpus / "projects").iterdir())]
    entries += [(root, f"tasks.{path.stem}") for path in sorted((root / "tasks").glob("[a-z]*.py"))]
    for path in readable(corpus / "syntax"):
        folder = Path(memo) / path.stem
        (folder / "outer/inner").mkdir(parents=True)
        (folder / "outer/inner/work.py").write_bytes(path.read_bytes())
        (folder / "helpers.py").write_text("def helper(x): ...\nBound = Other = default = int\nconstraint = str\n")
        entries.append((folder, "outer.inner.work"))
        if path.stem != "python311":
            entries.append((folder, "outer.inner.work:run"))
    found = {}
    projects = {folder: Closures(first_party(folder), folder=memo) for folder, _ in entries}
    for folder, entry in entries:
        closure = projects[folder].of([entry])
        found[f"{folder.name} {entry}"] = {
            "digest": closure.digest,
            "symbols": {name: [symbol.digest, symbol.lines] for name, symbol in closure.symbols.items()},
            "distributions": dict(closure.distributions),
            "warnings": [(Path(warning.path).name, warning.line) for warning in closure.warnings],
        }
    return found


def main(root: Path, corpus: Path) -> None:
    sys.path[:0] = [str(root), str(corpus / "installed")]
    from caselaw.fingerprint.code.reading.modules import STANDARD_LIBRARY

    parts = {
        "python": platform.python_version(),
        "code": code(root, corpus),
        "values": encodings(),
        "closures": closures(root, corpus),
        "standard library": sorted(STANDARD_LIBRARY),
    }
    print(json.dumps(parts))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

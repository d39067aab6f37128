"""Files that are certainly not what their names say: cut off, or something else. What is merely unknown passes."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from caselaw.fingerprint.content.json import DOCUMENT_BYTES
from caselaw.fingerprint.content.kinds import HEAD, begins_as, named_kind
from caselaw.fingerprint.files import unreadable

LARGE_ROOT = 1_000_000
"""From this version number on, a ROOT file's header has places of eight bytes."""


def damage(path: str | os.PathLike[str]) -> str | None:
    """What is wrong with a file; None where nothing is, or nobody can tell. Raises FingerprintError."""
    place = Path(path)
    kind = named_kind(place.name)
    if kind is None:
        return None
    try:
        with place.open("rb") as file:
            start = file.read(HEAD)
        if not begins_as(kind, start):
            return f"it does not begin as a {kind.name} file does"
        check = CHECKS.get(kind.name)
        return None if check is None else check(place, start)
    except OSError as error:
        raise unreadable(place, error) from error


def of_root(path: Path, start: bytes) -> str | None:
    width = 8 if int.from_bytes(start[4:8], "big") >= LARGE_ROOT else 4
    end, size = int.from_bytes(start[12 : 12 + width], "big"), path.stat().st_size
    return f"it is cut off: {size} bytes of {end}" if size < end else None


def of_parquet(path: Path, start: bytes) -> str | None:
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        return None if file.read() == start[:4] else "its end is missing"


def of_zip(path: Path, _: bytes) -> str | None:
    return None if zipfile.is_zipfile(path) else "its end is missing"


def of_json(path: Path, _: bytes) -> str | None:
    if path.stat().st_size > DOCUMENT_BYTES:
        return None
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        return f"it is no JSON: {error}"
    return None


CHECKS: dict[str, Callable[[Path, bytes], str | None]] = {
    "root": of_root, "parquet": of_parquet, "zip": of_zip, "json": of_json,
}  # fmt: skip

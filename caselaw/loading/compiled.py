"""Compiled files that Python takes for current although their source has changed.

Python compares the second of the modification time and the size. An edit within a second that leaves the size as
it was, such as `1` to `2`, goes unnoticed: the old code would run, and its result get the new fingerprint.
"""

from __future__ import annotations

import functools
import importlib.util
import marshal
import os
import struct
from collections.abc import Mapping
from pathlib import Path

from caselaw.errors import SourceChanged

HEADER = 16


def discard_outdated(sources: Mapping[Path, tuple[int, int]]) -> None:
    """Remove outdated compiled files of these sources, given with time and size; SourceChanged where that fails."""
    for path, status in sources.items():
        if path.suffix == ".py":
            was_outdated(path, tuple(status))


@functools.cache
def was_outdated(source: Path, status: tuple[int, int]) -> bool:
    """Whether a source had an outdated compiled file, which is removed, when this process first asked.

    Raises `SourceChanged` where it cannot be removed.
    """
    compiled = outdated(source)
    if compiled is None:
        return False
    try:
        compiled.unlink(missing_ok=True)
    except OSError as error:
        raise SourceChanged(
            f"its compiled file is outdated and cannot be removed ({error.strerror})", compiled, "remove it"
        ) from error
    return True


def outdated(source: Path) -> Path | None:
    """The compiled file of a source if Python would load it and it holds other code."""
    compiled = Path(importlib.util.cache_from_source(str(source)))
    try:
        with compiled.open("rb") as file:
            header, written = file.read(HEADER), os.fstat(file.fileno()).st_mtime_ns
            status = source.stat()
            if len(header) < HEADER or header[4:8] != bytes(4) or status.st_ctime_ns <= written:
                return None
            if struct.unpack("<II", header[8:]) != (int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF):
                return None
            same = marshal.loads(file.read()) == compile(source.read_bytes(), str(source), "exec", dont_inherit=True)
    except (OSError, ValueError, EOFError, TypeError, SyntaxError):  # Python will not load it either, or say why
        return None
    return None if same else compiled

"""One entry of a listing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One name in a folder: size in bytes (of a folder 0) and time of the last change (None where it is not known)."""

    name: str
    is_folder: bool
    size: int
    modified: float | None

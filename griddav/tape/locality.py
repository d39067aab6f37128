"""Where a file lies: on disk, on tape, or nowhere that can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from griddav.errors import OnTape


class Locality(StrEnum):
    """A file's place, in the words of SRM and dCache. NONE: a folder, or a file without content."""

    ONLINE = "ONLINE"
    NEARLINE = "NEARLINE"
    ONLINE_AND_NEARLINE = "ONLINE_AND_NEARLINE"
    UNAVAILABLE = "UNAVAILABLE"
    LOST = "LOST"
    NONE = "NONE"

    @property
    def on_tape(self) -> bool:
        """Whether a copy lies on tape, so that the one on disk may be dropped at any time."""
        return self in (Locality.NEARLINE, Locality.ONLINE_AND_NEARLINE)

    @property
    def readable(self) -> bool:
        """Whether the file can be read at once."""
        return self in (Locality.ONLINE, Locality.ONLINE_AND_NEARLINE, Locality.NONE)


def refuse_tape(entry: Mapping[str, Any], where: object) -> None:
    """Raises `OnTape` for the properties of a file that lies on tape only. What states no locality is on disk."""
    if entry.get("locality") == Locality.NEARLINE:
        raise OnTape(
            "the file is on tape (NEARLINE); to read it would wait for a tape drive",
            where, "stage it first (griddav.tape.ensure_online), or open it with stage=True",
        )  # fmt: skip

"""Libraries that keep results on disk by rules of their own, which no fingerprint knows."""

from __future__ import annotations

KEEPERS = (
    "beaker.cache",
    "cachier",
    "diskcache",
    "dogpile.cache",
    "joblib.Memory",
    "joblib.memory",
    "klepto",
    "percache",
    "pyximport",
    "shelve",
    "transonic",
)
"""Dotted names: of a whole package, or of what of it keeps results."""


def caveat(name: str) -> str | None:
    """What to say of code that uses something of a library, by its dotted name."""
    if not any(name == keeper or name.startswith(f"{keeper}.") for keeper in KEEPERS):
        return None
    return f"{name} keeps results on disk by rules of its own: after an edit it may give what other code has made"

"""Installed packages taken as first-party, and small programs that use them."""

from __future__ import annotations

from pathlib import Path

PACKAGES: dict[str, tuple[str, ...]] = {
    "vector": ("vector",),
    "hist": ("hist", "uhi", "histoprint"),
    "pyhf": ("pyhf",),
    "cabinetry": ("cabinetry",),
    "correctionlib": ("correctionlib",),
    "coffea": ("coffea",),
    "iminuit": ("iminuit",),
    "texts": ("tabulate", "sortedcontainers", "jsonpatch", "jsonpointer", "toml", "histoprint"),
    "mplhep": ("mplhep",),
}
"""Name → packages and modules that are copied into a project together."""


def entries(name: str) -> str:
    """The module whose functions use the packages; each gives a list of what it got."""
    return (Path(__file__).parent / "drivers" / f"{name}_entries.py").read_text()

"""Where outputs live: their names, their states, and how they get there."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caselaw.storage.location import Location, readable_directory
    from caselaw.storage.publish import Staging, remove_orphans
    from caselaw.storage.state import existing_names, exists
    from caselaw.storage.target import DirectoryTarget, FileTarget, Outputs, Target, target_of

__all__ = [
    "DirectoryTarget",
    "FileTarget",
    "Location",
    "Outputs",
    "Staging",
    "Target",
    "existing_names",
    "exists",
    "readable_directory",
    "remove_orphans",
    "target_of",
]

# Where each name lives; loaded on first use, so that fsspec gets `davs://` without law.
_HOMES = {
    "DirectoryTarget": "target",
    "FileTarget": "target",
    "Location": "location",
    "Outputs": "target",
    "Staging": "publish",
    "Target": "target",
    "existing_names": "state",
    "exists": "state",
    "readable_directory": "location",
    "remove_orphans": "publish",
    "target_of": "target",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'caselaw.storage' has no attribute '{name}'")
    return getattr(importlib.import_module(f"caselaw.storage.{_HOMES[name]}"), name)

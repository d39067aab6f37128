"""Files on tape: where they are, and how they get to disk before somebody reads them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from griddav.tape.interface import FileState, Stage, StageRequest, Tape
    from griddav.tape.locality import Locality
    from griddav.tape.online import ensure_online, localities, progress, release, stage, wait
    from griddav.tape.staging import Patience, StagingProgress

__all__ = [
    "FileState",
    "Locality",
    "Patience",
    "Stage",
    "StageRequest",
    "StagingProgress",
    "Tape",
    "ensure_online",
    "localities",
    "progress",
    "release",
    "stage",
    "wait",
]

# Where each name lives; loaded on first use, so that who never stages a file does not wait for aiohttp.
_HOMES = {
    "FileState": "tape.interface",
    "Locality": "tape.locality",
    "Patience": "tape.staging",
    "StagingProgress": "tape.staging",
    "Stage": "tape.interface",
    "StageRequest": "tape.interface",
    "Tape": "tape.interface",
    "ensure_online": "tape.online",
    "localities": "tape.online",
    "progress": "tape.online",
    "release": "tape.online",
    "stage": "tape.online",
    "wait": "tape.online",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'griddav.tape' has no attribute '{name}'")
    return getattr(importlib.import_module(f"griddav.{_HOMES[name]}"), name)

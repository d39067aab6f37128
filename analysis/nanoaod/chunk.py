"""Consecutive events of a file in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Chunk:
    """Branches of the events [start, stop) as flat arrays.

    A branch with one value per event has shape (events,); one with a value per object has shape
    (objects,), and the objects of event i are [offsets[i], offsets[i + 1]) with `offsets` (int64, shape
    (events + 1,), beginning at 0) of its collection. All arrays are writable, contiguous and native.
    """

    start: int
    stop: int
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    offsets: dict[str, np.ndarray] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def __len__(self) -> int:
        return self.stop - self.start

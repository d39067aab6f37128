"""Random numbers that belong to an event, wherever and in whatever order it is processed.

A counter-based generator: the number is a hash of (seed, counters), with no state in between, as in
Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC'11, section 3). The mixing function is
the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 16).

Arrays of counters and results have one shape, (events,) or (jets,).
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(state: np.ndarray) -> np.ndarray:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def seed_of(name: str, seed: int) -> int:
    """A seed for the stream called `name`, so that two streams of one seed are independent."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "little")


def uniform(seed: int, *counters: ArrayLike) -> np.ndarray:
    """Uniform numbers in the open interval (0, 1), one per tuple of integer counters (broadcast)."""
    state = np.full(np.broadcast_shapes(*(np.shape(c) for c in counters)), seed % 2**64, dtype=np.uint64)
    with np.errstate(over="ignore"):
        state = _mix(state + GOLDEN)
        for counter in counters:
            state = _mix((state ^ np.asarray(counter).astype(np.uint64)) + GOLDEN)
    # 52 bits, so that the half step that keeps 0 and 1 away is exact in float64
    return ((state >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def normal(seed: int, *counters: ArrayLike) -> np.ndarray:
    """Standard normal numbers, one per tuple of integer counters (inverse of the distribution)."""
    return np.asarray(ndtri(uniform(seed, *counters)))

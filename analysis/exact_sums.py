"""Sums per bin that are exact, hence the same for every order and every split of the events.

A float64 is an integer of 53 bits times a power of two. The integers are summed per bin and exponent,
in two halves that cannot overflow, and rounded once at the end: what is returned is the correctly
rounded sum. The idea is that of the long accumulator (Kulisch; see Demmel and Nguyen, "Fast
reproducible floating-point summation", ARITH 2013, section I).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HIGH_BITS, LOW_BITS = 27, 26
MOST_ENTRIES = 2**25  # so many 27-bit integers add up exactly in the float64 of np.bincount


@dataclass(frozen=True)
class SplitWeights:
    """Weights as integers: weight = (high · 2^26 + low) · 2^(exponent − 53); arrays of shape (n,)."""

    high: np.ndarray
    low: np.ndarray
    exponent: np.ndarray


def split_weights(weights: np.ndarray) -> SplitWeights:
    """Take finite float64 weights apart; do it once, and add them to many `ExactSums`."""
    mantissa, exponent = np.frexp(np.asarray(weights, dtype=np.float64))
    scaled = mantissa * 2.0**HIGH_BITS
    high = np.floor(scaled)
    return SplitWeights(high, (scaled - high) * 2.0**LOW_BITS, exponent.astype(np.int64))


class ExactSums:
    """Sums of weights in `size` bins; at most 2^36 entries per bin."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._high: dict[int, np.ndarray] = {}
        self._low: dict[int, np.ndarray] = {}

    def add(self, bins: np.ndarray, weights: SplitWeights) -> None:
        """Add one weight per entry of `bins` (integers in [0, size))."""
        for start in range(0, len(bins), MOST_ENTRIES):
            part = slice(start, start + MOST_ENTRIES)
            self._add(bins[part], weights.high[part], weights.low[part], weights.exponent[part])

    def _add(self, bins: np.ndarray, high: np.ndarray, low: np.ndarray, exponent: np.ndarray) -> None:
        lowest = int(exponent.min())
        count = int(exponent.max()) - lowest + 1
        keys = bins if count == 1 else (exponent - lowest) * self.size + bins
        for sums, halves in ((self._high, high), (self._low, low)):
            filled = np.bincount(keys, halves, minlength=count * self.size).astype(np.int64)
            for position, row in enumerate(filled.reshape(count, self.size)):
                if row.any():
                    known = sums.get(lowest + position)
                    sums[lowest + position] = row if known is None else known + row

    def values(self) -> np.ndarray:
        """The sums, float64 of shape (size,), each rounded once."""
        exponents = sorted(self._high.keys() | self._low.keys())
        if not exponents:
            return np.zeros(self.size)
        lowest = exponents[0]
        totals = [0] * self.size
        for sums, bits in ((self._high, LOW_BITS), (self._low, 0)):
            for exponent, row in sums.items():
                for position in np.flatnonzero(row):
                    totals[position] += int(row[position]) << (exponent - lowest + bits)
        shift = lowest - HIGH_BITS - LOW_BITS
        # int / int is correctly rounded in Python, which float(total) * 2.0**shift need not be
        return np.array([float(t << shift) if shift >= 0 else t / (1 << -shift) for t in totals])

"""Interpolation between templates: what a systematic does at parameter values other than -1, 0 and 1.

HistFactory, CERN-OPEN-2012-016, section 4.1.2: code 4 for rates (a polynomial of sixth order inside
|α| < 1, exponentials outside), code 4p for shapes (the same, additive, with straight lines outside).
Both are twice differentiable at |α| = 1, which a minimiser needs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.templates import Floats

POWERS: Floats = np.arange(7, dtype=np.float64)


def shape_curve(alphas: Floats) -> Floats:
    """Even part of code 4p: δ(α) = α S + shape_curve(α) A, S = (up - down)/2, A = (up + down)/16,
    with up and down the differences of the varied templates to the nominal one.
    """
    square = alphas * alphas
    return np.where(square < 1, square * (15 + square * (3 * square - 10)), 8 * np.abs(alphas))


def shape_curve_slope(alphas: Floats) -> Floats:
    """Derivative of `shape_curve`."""
    square = alphas * alphas
    return np.where(square < 1, alphas * (30 + square * (18 * square - 40)), 8 * np.sign(alphas))


def shape_curve_curvature(alphas: Floats) -> Floats:
    """Second derivative of `shape_curve`."""
    square = alphas * alphas
    return np.where(square < 1, 30 + square * (90 * square - 120), 0.0)


class RateInterpolation:
    """Code 4: factors f_k(α_k) for arrays of rates `high` = f(1) and `low` = f(-1), shape (K, N)."""

    def __init__(self, high: Floats, low: Floats) -> None:
        self._log_high, self._log_low = np.log(high), np.log(low)
        # conditions on value, first and second derivative at α = 1 and α = -1 for the powers 1 to 6
        powers = np.arange(1, 7)
        signs = (-1.0) ** powers
        first, second = powers, powers * (powers - 1)
        conditions = np.array([powers**0, first, second, signs, -signs * first, signs * second], dtype=np.float64)
        wanted = np.stack(
            [
                high - 1,
                high * self._log_high,
                high * self._log_high**2,
                low - 1,
                -low * self._log_low,
                low * self._log_low**2,
            ]
        )
        coefficients = np.einsum("pq,qkn->knp", np.linalg.inv(conditions), wanted)
        self._values = np.concatenate([np.ones((*high.shape, 1)), coefficients], axis=2)
        self._slopes = self._values[:, :, 1:] * POWERS[1:]
        self._curvatures = self._slopes[:, :, 1:] * POWERS[1:-1]

    def factors(self, alphas: Floats) -> Floats:
        """f_k(α_k), shape (K, N)."""
        factors = self._polynomial(self._values, alphas)
        for outside, slope in self._outside(alphas):
            factors[outside] = np.exp(slope * alphas[outside, None])
        return factors

    def logarithmic_slopes(self, alphas: Floats) -> tuple[Floats, Floats]:
        """First and second derivatives of ln f_k by α_k, both of shape (K, N)."""
        values = self._polynomial(self._values, alphas)
        slopes = self._polynomial(self._slopes, alphas) / values
        curvatures = self._polynomial(self._curvatures, alphas) / values - slopes**2
        for outside, slope in self._outside(alphas):
            slopes[outside], curvatures[outside] = slope, 0.0
        return slopes, curvatures

    @staticmethod
    def _polynomial(coefficients: Floats, alphas: Floats) -> Floats:
        powers = np.clip(alphas, -1, 1)[:, None] ** POWERS[: coefficients.shape[2]]
        return (coefficients @ powers[:, :, None])[:, :, 0]

    def _outside(self, alphas: Floats) -> Iterator[tuple[NDArray[np.bool_], Floats]]:
        """Where the exponentials rule, and the slopes of their exponents."""
        for outside, slopes in ((alphas > 1, self._log_high), (alphas < -1, -self._log_low)):
            if outside.any():
                yield outside, slopes[outside]

"""Angles and transverse components.

Arrays are flat or one list per event, and the result has the shape of the arguments. Momenta in
GeV, angles in radians.
"""

from __future__ import annotations

import awkward as ak
import numpy as np


def delta_phi(phi1: ak.Array, phi2: ak.Array) -> ak.Array:
    """Difference of azimuths, in [-pi, pi)."""
    return (phi1 - phi2 + np.pi) % (2 * np.pi) - np.pi


def delta_r(eta1: ak.Array, phi1: ak.Array, eta2: ak.Array, phi2: ak.Array) -> ak.Array:
    return np.hypot(eta1 - eta2, delta_phi(phi1, phi2))


def px(vectors: ak.Array) -> ak.Array:
    return vectors.pt * np.cos(vectors.phi)


def py(vectors: ak.Array) -> ak.Array:
    return vectors.pt * np.sin(vectors.phi)


def like(values: ak.Array, layout: ak.Array) -> ak.Array:
    """Flat values arranged in the lists of `layout`."""
    return ak.unflatten(values, ak.num(layout))

"""Impact parameters of leptons with respect to the collision, from their true production vertex.

Arrays are flat, of shape (leptons,), all events after each other; lengths are in cm where nothing
else is said, momenta in GeV.
"""

from __future__ import annotations

import awkward as ak
import numpy as np

CM_PER_MM = 0.1
CM_PER_UM = 1e-4

# CMS tracker, arXiv:1405.6569 (abstract): 25-90 um (transverse) and 45-150 um (longitudinal) for isolated
# particles with 1 < pT < 10 GeV; a constant term and one for multiple scattering that reproduce the ends.
TRANSVERSE_UM, TRANSVERSE_SCATTERING_UM_GEV = 20.0, 88.0
LONGITUDINAL_UM, LONGITUDINAL_SCATTERING_UM_GEV = 40.0, 145.0


def transverse_resolution(pt: ak.Array) -> ak.Array:
    """In cm, for pT in GeV."""
    return np.hypot(TRANSVERSE_UM, TRANSVERSE_SCATTERING_UM_GEV / pt) * CM_PER_UM


def longitudinal_resolution(pt: ak.Array) -> ak.Array:
    """In cm, for pT in GeV."""
    return np.hypot(LONGITUDINAL_UM, LONGITUDINAL_SCATTERING_UM_GEV / pt) * CM_PER_UM


def impact_parameters(leptons: ak.Array, rng: np.random.Generator) -> dict[str, ak.Array]:
    """dxy, dz, their errors and ip3d in cm, and the significance sip3d, for a flat array of leptons.

    `leptons` has pt, eta, phi (GeV) and vx, vy, vz (mm). Tracks are straight lines near the collision. The
    point of closest approach in the transverse plane defines dxy and dz; in three dimensions the line
    passes at the distance hypot(dxy, dz sin(theta)), whose significance adds both in quadrature.
    """
    cos_phi, sin_phi = np.cos(leptons.phi), np.sin(leptons.phi)
    true_dxy = (leptons.vy * cos_phi - leptons.vx * sin_phi) * CM_PER_MM
    along = leptons.vx * cos_phi + leptons.vy * sin_phi
    true_dz = (leptons.vz - along * np.sinh(leptons.eta)) * CM_PER_MM
    sigma_xy, sigma_z = transverse_resolution(leptons.pt), longitudinal_resolution(leptons.pt)
    dxy = true_dxy + sigma_xy * rng.standard_normal(len(leptons))
    dz = true_dz + sigma_z * rng.standard_normal(len(leptons))
    sin_theta = 1 / np.cosh(leptons.eta)
    return {
        "dxy": dxy,
        "dxyErr": sigma_xy,
        "dz": dz,
        "dzErr": sigma_z,
        "ip3d": np.hypot(dxy, dz * sin_theta),
        "sip3d": np.hypot(dxy / sigma_xy, dz / sigma_z),
    }

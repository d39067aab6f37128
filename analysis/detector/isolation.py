"""Relative isolation from generated particles, as particle flow would measure it without pileup."""

from __future__ import annotations

import awkward as ak
import numpy as np

from analysis.detector.momenta import delta_r

NEUTRINOS = (12, 14, 16)
CHARGED_LEPTONS = (11, 13)
PARTICLE_PT = 0.5
PARTICLE_ABS_ETA = 3.0


def relative_isolation(leptons: ak.Array, particles: ak.Array, cone: float) -> ak.Array:
    """Sum of pT of hadrons and photons with pT > 0.5 GeV within `cone`, over the lepton's pT.

    `leptons` and `particles` are lists per event with pt, eta, phi (and pdg_id for the particles). Electrons
    and muons do not count, as in CMS (arXiv:1804.04528, section 4.3, without its pileup correction).
    """
    code = abs(particles.pdg_id)
    counts = (particles.pt > PARTICLE_PT) & (abs(particles.eta) < PARTICLE_ABS_ETA)
    for invisible in (*NEUTRINOS, *CHARGED_LEPTONS):
        counts = counts & (code != invisible)
    around = particles[counts]
    lepton, other = ak.unzip(ak.cartesian([leptons, around[["pt", "eta", "phi"]]], nested=True))
    near = delta_r(lepton.eta, lepton.phi, other.eta, other.phi) < cone
    return ak.values_astype(ak.sum(ak.where(near, other.pt, 0.0), axis=2) / leptons.pt, np.float32)

"""Electrons and muons: acceptance, efficiency, momentum resolution, identification.

Collections are one list per event; efficiencies, resolutions and columns are flat, of shape
(leptons,), all events after each other. Momenta in GeV, angles in radians.
"""

from __future__ import annotations

from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Detector
from analysis.detector.impact_parameter import impact_parameters
from analysis.detector.isolation import relative_isolation
from analysis.detector.momenta import like

Floats = NDArray[np.float64]

ELECTRON_MASS, MUON_MASS = 0.000511, 0.10566
ELECTRON_ABS_ETA, MUON_ABS_ETA = 2.5, 2.4
ELECTRON_PT, MUON_PT = 5.0, 3.0
ELECTRON_CONE, MUON_CONE, MUON_INNER_CONE = 0.3, 0.4, 0.3
ENDCAP_ABS_ETA = 1.479

# Efficiencies of the working points veto, loose and medium of the electron identification, CMS
# arXiv:2012.06888, section 7.3; that of the tight one is the campaign's.
LOOSER_ELECTRON_EFFICIENCIES = (0.95, 0.90, 0.80)
# Largest relative isolation of the same working points, a + b/pT (barrel; endcap).
BARREL_ISOLATION = ((0.198, 0.506), (0.112, 0.506), (0.0478, 0.506), (0.0287, 0.506))
ENDCAP_ISOLATION = ((0.203, 0.963), (0.108, 0.963), (0.0658, 0.963), (0.0445, 0.963))
LOOSE_MUON_EFFICIENCY = 0.995


@dataclass(frozen=True)
class Leptons:
    """`nano`: the collection as NanoAOD has it; `true_pt`: generated pT of the same leptons."""

    nano: ak.Array
    true_pt: ak.Array


def electron_reconstruction_efficiency(pt: Floats, eta: Floats) -> Floats:
    """Tracking efficiency of the CMS card of Delphes 3 (arXiv:1307.6346), pT > 1 GeV."""
    barrel = np.where(pt < 100, 0.95, 0.99)
    endcap = np.where(pt < 100, 0.83, 0.90)
    return np.where(np.abs(eta) < 1.5, barrel, endcap) * (np.abs(eta) < ELECTRON_ABS_ETA)


def muon_reconstruction_efficiency(eta: Floats) -> Floats:
    """Tracking efficiency of the CMS card of Delphes 3 (arXiv:1307.6346), pT > 1 GeV."""
    return np.where(np.abs(eta) < 1.5, 0.99, 0.98) * (np.abs(eta) < MUON_ABS_ETA)


def electron_resolution(energy: Floats, eta: Floats) -> Floats:
    """Relative energy resolution: ECAL terms of arXiv:1502.02701, shape in eta of arXiv:1306.2016.

    Both as combined in the CMS card of Delphes 3.
    """
    absolute = np.sqrt((0.008 * energy) ** 2 + 0.11**2 * energy + 0.40**2)
    shape = np.where(np.abs(eta) < 1.5, 1 + 0.64 * eta**2, 2.16 + 5.6 * (np.abs(eta) - 2) ** 2)
    return shape * absolute / energy


def muon_resolution(pt: Floats, eta: Floats) -> Floats:
    """Relative pT resolution of the CMS card of Delphes 3, which takes it from arXiv:1405.6569."""
    region = np.digitize(np.abs(eta), (0.5, 1.5))
    constant = np.array([0.01, 0.015, 0.025])[region]
    slope = np.array([1.0e-4, 1.5e-4, 3.5e-4])[region]
    return np.hypot(constant, slope * pt)


def reconstruct_electrons(events: ak.Array, detector: Detector, rng: np.random.Generator) -> Leptons:
    """Electrons with pT > 5 GeV, |eta| < 2.5 (true electrons only)."""
    candidates = true_leptons(events, 11)
    flat = ak.flatten(candidates)
    pt, eta = ak.to_numpy(flat.pt).astype(float), ak.to_numpy(flat.eta).astype(float)
    resolution = electron_resolution(pt * np.cosh(eta), eta)
    kept, measured = measure(candidates, electron_reconstruction_efficiency(pt, eta), resolution, ELECTRON_PT, rng)
    isolation = relative_isolation(measured, events.particles, ELECTRON_CONE)
    identified = electron_working_point(measured, isolation, detector.electron_efficiency, rng)
    columns = common_columns(kept, measured, ELECTRON_MASS, rng)
    columns["pfRelIso03_all"] = ak.to_numpy(ak.flatten(isolation))
    columns["cutBased"] = identified.astype(np.int32)
    return by_momentum(columns, kept)


def reconstruct_muons(events: ak.Array, detector: Detector, rng: np.random.Generator) -> Leptons:
    """Muons with pT > 3 GeV, |eta| < 2.4 (true muons only)."""
    candidates = true_leptons(events, 13)
    flat = ak.flatten(candidates)
    pt, eta = ak.to_numpy(flat.pt).astype(float), ak.to_numpy(flat.eta).astype(float)
    kept, measured = measure(candidates, muon_reconstruction_efficiency(eta), muon_resolution(pt, eta), MUON_PT, rng)
    columns = common_columns(kept, measured, MUON_MASS, rng)
    for name, cone in (("pfRelIso04_all", MUON_CONE), ("pfRelIso03_all", MUON_INNER_CONE)):
        columns[name] = ak.to_numpy(ak.flatten(relative_isolation(measured, events.particles, cone)))
    draw = rng.random(len(columns["pt"]))
    columns["tightId"] = draw < detector.muon_efficiency
    columns["looseId"] = draw < max(LOOSE_MUON_EFFICIENCY, detector.muon_efficiency)
    return by_momentum(columns, kept)


def true_leptons(events: ak.Array, code: int) -> ak.Array:
    """Generated leptons of one kind, with momentum, production vertex, origin and parton index."""
    leptons = events.leptons
    particles = events.particles[leptons.particle]
    joined = ak.zip({name: particles[name] for name in particles.fields} | dict(zip(
        leptons.fields, ak.unzip(leptons), strict=True)))  # fmt: skip
    return joined[abs(joined.pdg_id) == code]


def measure(
    candidates: ak.Array, efficiency: Floats, resolution: Floats, lowest_pt: float, rng: np.random.Generator
) -> tuple[ak.Array, ak.Array]:
    """(true, measured) leptons that are reconstructed above `lowest_pt`; only pT differs."""
    found = rng.random(len(efficiency)) < efficiency
    factor = np.maximum(1 + resolution * rng.standard_normal(len(resolution)), 0.0)
    pt = candidates.pt * like(factor, candidates)
    kept = like(found, candidates) & (pt > lowest_pt)
    measured = ak.with_field(candidates, pt, "pt")
    return candidates[kept], measured[kept]


def electron_working_point(
    electrons: ak.Array, isolation: ak.Array, tight_efficiency: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """0 fail, 1 veto, 2 loose, 3 medium, 4 tight: the best one whose identification and isolation pass."""
    pt = ak.to_numpy(ak.flatten(electrons.pt))
    barrel = np.abs(ak.to_numpy(ak.flatten(electrons.eta))) < ENDCAP_ABS_ETA
    relative = ak.to_numpy(ak.flatten(isolation))
    draw = rng.random(len(pt))
    efficiencies = [max(e, tight_efficiency) for e in LOOSER_ELECTRON_EFFICIENCIES] + [tight_efficiency]
    best = np.zeros(len(pt), dtype=np.int64)
    points = zip(efficiencies, BARREL_ISOLATION, ENDCAP_ISOLATION, strict=True)
    for number, (efficiency, (a1, b1), (a2, b2)) in enumerate(points, start=1):
        largest = np.where(barrel, a1 + b1 / pt, a2 + b2 / pt)
        best[(draw < efficiency) & (relative < largest)] = number
    return best


def common_columns(
    kept: ak.Array, measured: ak.Array, mass: float, rng: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """What electrons and muons share, flat."""
    true, flat = ak.flatten(kept), ak.flatten(measured)
    columns = {name: ak.to_numpy(flat[name]).astype(np.float32) for name in ("pt", "eta", "phi")}
    columns["mass"] = np.full(len(flat), mass, dtype=np.float32)
    pdg_id = ak.to_numpy(flat.pdg_id).astype(np.int32)
    columns |= {"pdgId": pdg_id, "charge": -np.sign(pdg_id).astype(np.int32)}
    for name, values in impact_parameters(true, rng).items():
        columns[name] = ak.to_numpy(values).astype(np.float32)
    columns["genPartIdx"] = ak.to_numpy(flat.parton).astype(np.int32)
    columns["genPartFlav"] = ak.to_numpy(flat.origin).astype(np.uint8)
    return columns


def by_momentum(columns: dict[str, NDArray[np.generic]], kept: ak.Array) -> Leptons:
    """Lists per event in falling pT, as NanoAOD has them."""
    nano = like(ak.zip(columns), kept)
    order = ak.argsort(nano.pt, ascending=False)
    return Leptons(nano[order], kept.pt[order])

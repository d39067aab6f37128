"""Missing transverse momentum: neutrinos, and everything that is measured wrongly."""

from __future__ import annotations

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Detector
from analysis.detector.clustering import GeneratedJets
from analysis.detector.isolation import NEUTRINOS
from analysis.detector.jets import Jets
from analysis.detector.leptons import Leptons
from analysis.detector.momenta import px, py


def missing_momentum(
    events: ak.Array,
    generated: GeneratedJets,
    jets: Jets,
    electrons: Leptons,
    muons: Leptons,
    detector: Detector,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float32]]:
    """MET_pt, MET_phi, MET_sumEt and GenMET_pt, GenMET_phi per event, in GeV.

    True missing momentum is that of the neutrinos. Mismeasured jets and leptons move it by the opposite of
    their shift; what is in no jet adds a Gaussian of width 0.6 sqrt(sum of pT) to each component, the size
    of the stochastic term of arXiv:1902.06078, section 6.
    """
    neutrino = ak.zeros_like(events.particles.pdg_id, dtype=bool)
    for code in NEUTRINOS:
        neutrino = neutrino | (abs(events.particles.pdg_id) == code)
    neutrinos = events.particles[neutrino]
    true_x, true_y = total(px(neutrinos)), total(py(neutrinos))
    x, y = true_x.copy(), true_y.copy()
    shifts = [(jets.measured_pt - generated.jets.pt, generated.jets.phi)]
    for leptons in (electrons, muons):
        prompt = (leptons.nano.genPartFlav == 1) | (leptons.nano.genPartFlav == 15)
        shifts.append(((leptons.nano.pt - leptons.true_pt)[prompt], leptons.nano.phi[prompt]))
    for shift, phi in shifts:
        x -= total(shift * np.cos(phi))
        y -= total(shift * np.sin(phi))
    unclustered = ak.to_numpy(generated.unclustered)
    width = detector.unclustered_resolution * np.sqrt(unclustered)
    x += width * rng.standard_normal(len(x))
    y += width * rng.standard_normal(len(y))
    columns = {
        "MET_pt": np.hypot(x, y),
        "MET_phi": np.arctan2(y, x),
        "MET_sumEt": unclustered + total(jets.measured_pt),
        "GenMET_pt": np.hypot(true_x, true_y),
        "GenMET_phi": np.arctan2(true_y, true_x),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def total(values: ak.Array) -> NDArray[np.float64]:
    """Sum per event."""
    return ak.to_numpy(ak.sum(values, axis=1)).astype(np.float64)

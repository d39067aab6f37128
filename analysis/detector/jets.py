"""Response of the detector to jets, and their identification.

Collections are one list per event, what is called `flat` has shape (jets,), all events after each
other; momenta in GeV.
"""

from __future__ import annotations

from dataclasses import dataclass

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from analysis.campaign import JetResolution
from analysis.detector.clustering import NANO_GENJET_PT, GeneratedJets
from analysis.detector.momenta import like

LOWEST_PT = 15.0
TRACKER_ABS_ETA = 2.4
ANGULAR_RESOLUTION = 0.02
# Growth of the pT resolution towards the endcaps and the forward calorimeter: upper edges in |eta| and
# factors; coarse, in the spirit of the figures of arXiv:1607.03663, section 8.
ETA_EDGES = (1.3, 2.5, 3.0)
ETA_FACTORS = (1.0, 1.1, 1.4, 1.2)

TIGHT, TIGHT_LEPTON_VETO = 2, 4


@dataclass(frozen=True)
class Jets:
    """`nano`: the collection Jet (pT > 15 GeV); `measured_pt`: of all generated jets, in their order."""

    nano: ak.Array
    measured_pt: ak.Array


def jet_resolution(pt: NDArray[np.floating], eta: NDArray[np.floating], terms: JetResolution) -> NDArray[np.floating]:
    """sigma(pT)/pT for a generated jet: noise/pT, stochastic/sqrt(pT) and constant in quadrature.

    The form is that of arXiv:1607.03663, section 8 (without pileup).
    """
    squared = (terms.noise / pt) ** 2 + terms.stochastic**2 / pt + terms.constant**2
    return np.array(ETA_FACTORS)[np.digitize(np.abs(eta), ETA_EDGES)] * np.sqrt(squared)


def reconstruct_jets(generated: GeneratedJets, terms: JetResolution, rng: np.random.Generator) -> Jets:
    """Smear momenta and directions; a prompt lepton inside keeps its share, for it is measured much better.

    As in NanoAOD, jets contain leptons: an isolated electron or muon also makes a jet, which then fails
    the lepton veto of its `jetId`.
    """
    jets = generated.jets
    flat = ak.flatten(jets)
    pt, eta = ak.to_numpy(flat.pt).astype(float), ak.to_numpy(flat.eta).astype(float)
    shift = jet_resolution(pt, eta, terms) * rng.standard_normal(len(pt))
    factor = np.maximum(1 + shift * (1 - ak.to_numpy(flat.prompt_lepton)), 0.0)
    phi = ak.to_numpy(flat.phi) + ANGULAR_RESOLUTION * rng.standard_normal(len(pt))
    measured = {
        "pt": pt * factor,
        "eta": eta + ANGULAR_RESOLUTION * rng.standard_normal(len(pt)),
        "phi": (phi + np.pi) % (2 * np.pi) - np.pi,
        "mass": ak.to_numpy(flat.mass) * factor,
    }
    columns = {name: values.astype(np.float32) for name, values in measured.items()}
    nano = like(ak.zip(columns | identification(flat, columns["eta"]) | generator_match(jets, flat)), jets)
    nano = nano[nano.pt > LOWEST_PT]
    return Jets(nano[ak.argsort(nano.pt, ascending=False)], like(measured["pt"], jets))


def identification(jets: ak.Array, eta: NDArray[np.floating]) -> dict[str, NDArray[np.generic]]:
    """Composition, and jetId: bit 2 tight, bit 3 tight with lepton veto (the loose bit is not used).

    Cuts of the CMS particle-flow jet identification at 13 TeV (JME-16-003, table 1).
    """
    electron, muon, photon, charged, neutral = (
        ak.to_numpy(jets[name]) for name in ("electron", "muon", "photon", "charged_hadron", "neutral_hadron")
    )
    constituents, charged_count = ak.to_numpy(jets.constituents), ak.to_numpy(jets.charged)
    tight = (neutral < 0.9) & (photon < 0.9) & (constituents > 1)
    in_tracker = np.abs(eta) < TRACKER_ABS_ETA
    # chEmEF < 0.99 belongs to the tight identification of that region, too.
    tight &= ~in_tracker | ((charged > 0) & (charged_count > 0) & (electron < 0.99))
    vetoed = (muon < 0.8) & (~in_tracker | (electron < 0.8))
    return {
        "jetId": (TIGHT * tight + TIGHT_LEPTON_VETO * (tight & vetoed)).astype(np.int32),
        "chHEF": charged,
        "neHEF": neutral,
        "chEmEF": electron,
        "neEmEF": photon,
        "muEF": muon,
        "nConstituents": np.minimum(constituents, 255).astype(np.uint8),
    }


def generator_match(jets: ak.Array, flat: ak.Array) -> dict[str, NDArray[np.generic]]:
    """Flavours, and the index of the generated jet in GenJet (-1 below its threshold)."""
    index = ak.to_numpy(ak.flatten(ak.local_index(jets.pt)))
    return {
        "hadronFlavour": ak.to_numpy(flat.hadron_flavour).astype(np.int32),
        "partonFlavour": ak.to_numpy(flat.parton_flavour).astype(np.int32),
        "genJetIdx": np.where(ak.to_numpy(flat.pt) > NANO_GENJET_PT, index, -1).astype(np.int32),
    }

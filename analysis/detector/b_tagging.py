"""A b-tag discriminant with the campaign's efficiencies at the cut of the Challenge.

Arrays have shape (jets,), all events after each other; none has a unit.
"""

from __future__ import annotations

import awkward as ak
import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Detector
from analysis.detector.momenta import like

CUT = 0.5
JUST_ABOVE_CUT = float(np.nextafter(np.float32(CUT), np.float32(1)))  # single precision must not undo a tag
TAGGER_ABS_ETA = 2.5
UNDEFINED = -1.0
# How strongly the discriminant gathers near 1 above the cut and near 0 below it: powers of a uniform draw.
POWER_ABOVE = {5: 0.4, 4: 0.8, 0: 1.2}
POWER_BELOW = {5: 0.8, 4: 1.2, 0: 2.0}


def tag_jets(jets: ak.Array, detector: Detector, rng: np.random.Generator) -> ak.Array:
    """Jets (lists per event, with hadronFlavour and eta) with the column btagCSVV2 added."""
    flat = ak.flatten(jets)
    values = discriminant(ak.to_numpy(flat.hadronFlavour), ak.to_numpy(flat.eta), detector, rng)
    return ak.with_field(jets, like(values, jets), "btagCSVV2")


def discriminant(
    flavour: NDArray[np.integer], eta: NDArray[np.floating], detector: Detector, rng: np.random.Generator
) -> NDArray[np.float32]:
    """In [0, 1], above 0.5 with the efficiency of the true flavour (5, 4 or 0); -1 outside the tracker.

    The efficiencies do not depend on pT and eta; those of CSVv2 vary by about 10% of themselves between 30
    and 300 GeV (arXiv:1712.07158, section 5).
    """
    tagged, shape = rng.random(len(flavour)), rng.random(len(flavour))
    value = np.zeros(len(flavour))
    efficiencies = {5: detector.b_efficiency, 4: detector.c_mistag, 0: detector.light_mistag}
    for code, efficiency in efficiencies.items():
        above = np.maximum(CUT + (1 - CUT) * shape ** POWER_ABOVE[code], JUST_ABOVE_CUT)
        below = CUT * shape ** POWER_BELOW[code]
        value = np.where(flavour == code, np.where(tagged < efficiency, above, below), value)
    value[np.abs(eta) > TAGGER_ABS_ETA] = UNDEFINED
    return value.astype(np.float32)

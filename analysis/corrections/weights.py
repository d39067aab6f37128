"""Event weights: b-tag scale factors and the W+jets scale."""

from __future__ import annotations

from os import PathLike

import correctionlib
import numpy as np

from analysis.corrections.file import BTAG_SYSTEMATICS, CENTRAL, SIGNS, find_correction, read_corrections
from analysis.selection.columns import SelectedJets

NOMINAL = "nominal"
WEIGHT_VARIATIONS = (*(f"btag_{name}" for name in BTAG_SYSTEMATICS), *(f"w_scale_{name}" for name in SIGNS))


def event_weights(selected: SelectedJets, process: str, correction_file: PathLike[str] | str) -> dict[str, np.ndarray]:
    """Corrections of the event weight: "nominal" and each of WEIGHT_VARIATIONS, float64, (n_events,).

    Each is the whole factor that multiplies the generator weight, not a ratio to the nominal one.
    """
    corrections = read_corrections(correction_file)
    factors = _b_tag_factors(selected, corrections)
    weights = {NOMINAL: _product(factors[CENTRAL], selected.offsets)}
    for name in BTAG_SYSTEMATICS:
        weights[f"btag_{name}"] = _product(factors[name], selected.offsets)
    scale = find_correction(corrections, "w_scale")
    for name in SIGNS:
        weights[f"w_scale_{name}"] = weights[NOMINAL] * scale.evaluate(process, name)
    return weights


def _b_tag_factors(selected: SelectedJets, corrections: correctionlib.CorrectionSet) -> dict[str, np.ndarray]:
    """Factor per jet: SF where tagged, (1 − SF·ε)/(1 − ε) where not.

    CMS's method 1a: P(data)/P(simulation) of the tags of the event (TWiki BTagSFMethods, "1a) Event
    reweighting using scale factors and MC b-tagging efficiencies").
    """
    if len(selected.pt) == 0:
        return {name: np.ones(0) for name in (CENTRAL, *BTAG_SYSTEMATICS)}
    flavor = np.asarray(selected.hadron_flavour, dtype=np.int32)
    pt = np.asarray(selected.pt, dtype=np.float64)
    efficiency = find_correction(corrections, "btag_efficiency").evaluate(flavor)
    scale_factor = find_correction(corrections, "btag_scale_factor")
    missed = np.where(efficiency < 1, 1 - efficiency, 1.0)  # no jet is untagged where all are tagged
    factors = {}
    for name in (CENTRAL, *BTAG_SYSTEMATICS):
        scale = scale_factor.evaluate(name, flavor, pt)
        untagged = (1 - np.minimum(scale * efficiency, 1.0)) / missed
        factors[name] = np.where(selected.b_tagged, scale, untagged)
    return factors


def _product(factors: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Product over the jets of each event; 1 for an event without jets."""
    counts = np.diff(offsets)
    products = np.ones(len(counts))
    filled = counts > 0
    if filled.any():
        products[filled] = np.multiply.reduceat(factors, (offsets[:-1] - offsets[0])[filled])
    return products

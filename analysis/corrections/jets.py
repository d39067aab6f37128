"""Jet energy scale and resolution: the shifted transverse momenta of all jets."""

from __future__ import annotations

from os import PathLike

import correctionlib
import numpy as np

from analysis.corrections.file import CorrectionError, find_correction, read_corrections
from analysis.counter_random import normal, seed_of
from analysis.selection.columns import JetColumns

SHIFTS = ("nominal", "jes_up", "jes_down", "jer_up", "jer_down")
LOWEST_PT = 0.01  # GeV; a smeared jet keeps a momentum and its direction, as in CMS's own smearing
SMEARING_SEED = seed_of("jet energy resolution", 0)
EventNumbers = tuple[np.ndarray, np.ndarray, np.ndarray]


def shifted_jet_pt(
    jets: JetColumns, shift: str, events: EventNumbers, correction_file: PathLike[str] | str
) -> np.ndarray:
    """Transverse momentum of every jet under `shift` (one of SHIFTS): float64, GeV, shape (n_jets,).

    `events` is (run, luminosityBlock, event), each of shape (n_events,). The random numbers of the
    resolution belong to (run, luminosityBlock, event, position of the jet in its event), so the result
    does not depend on chunks, order or workers. Raises `CorrectionError` for another shift.
    """
    pt = jets.pt.astype(np.float64)
    if shift == "nominal":
        return pt
    if shift not in SHIFTS:
        raise CorrectionError(f"unknown jet shift '{shift}' (known: {', '.join(SHIFTS)})")
    if len(pt) == 0:
        return pt
    source, direction = shift.split("_")
    corrections = read_corrections(correction_file)
    abs_eta = np.abs(jets.eta.astype(np.float64))
    if source == "jes":
        uncertainty = find_correction(corrections, "jes_uncertainty").evaluate(abs_eta, pt)
        return pt * (1 + uncertainty if direction == "up" else 1 - uncertainty)
    return pt * _smearing(jets, pt, abs_eta, direction, events, corrections)


def _smearing(
    jets: JetColumns,
    pt: np.ndarray,
    abs_eta: np.ndarray,
    direction: str,
    events: EventNumbers,
    corrections: correctionlib.CorrectionSet,
) -> np.ndarray:
    """Factor that changes the resolution by its scale factor s, CMS's hybrid method.

    With a generator jet within 3σ: 1 + (s − 1)(pT − pT_gen)/pT. Without: 1 + N(0, σ)·√max(s² − 1, 0),
    which can worsen a resolution but not improve it, so that "down" leaves such jets alone.
    (CMS, JINST 12 (2017) P02014, section 8; TWiki JetResolution, "Smearing procedures".)
    """
    scale = find_correction(corrections, "jer_scale_factor").evaluate(abs_eta, direction)
    resolution = find_correction(corrections, "jer_resolution").evaluate(abs_eta, pt)
    gen_pt = np.zeros_like(pt) if jets.gen_pt is None else jets.gen_pt.astype(np.float64)
    matched = (gen_pt > 0) & (np.abs(pt - gen_pt) < 3 * resolution * pt)
    run, luminosity_block, event = (np.repeat(numbers, jets.counts) for numbers in events)
    position = np.arange(len(pt)) - np.repeat(jets.offsets[:-1] - jets.offsets[0], jets.counts)
    draw = normal(SMEARING_SEED, run, luminosity_block, event, position)
    stochastic = 1 + draw * resolution * np.sqrt(np.maximum(scale**2 - 1, 0))
    hybrid = np.where(matched, 1 + (scale - 1) * (pt - gen_pt) / pt, stochastic)
    return np.maximum(hybrid, LOWEST_PT / pt)

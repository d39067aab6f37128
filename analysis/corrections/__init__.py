"""Systematic variations: jets that move, and events whose weight changes.

All numbers live in one correctionlib file, made by `write_corrections` from the campaign and evaluated
by `shifted_jet_pt` (an event changes: select again) and `event_weights` (only its weight does).
"""

from analysis.corrections.file import CorrectionError, write_corrections
from analysis.corrections.jets import SHIFTS, shifted_jet_pt
from analysis.corrections.weights import WEIGHT_VARIATIONS, event_weights

__all__ = [
    "SHIFTS",
    "WEIGHT_VARIATIONS",
    "CorrectionError",
    "event_weights",
    "shifted_jet_pt",
    "write_corrections",
]

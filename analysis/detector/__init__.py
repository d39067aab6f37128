"""A parametrised, CMS-like detector: acceptance, efficiencies and resolutions; no pileup, no fake leptons."""

from analysis.detector.simulation import simulate_detector

__all__ = ["simulate_detector"]

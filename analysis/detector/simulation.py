"""From generated particles to a NanoAOD-like file.

Events are one row per event, with one list per event for each collection; units are those of
NanoAOD (GeV, cm).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import awkward as ak
import numpy as np
import pyarrow.parquet

from analysis.campaign import Detector
from analysis.detector.b_tagging import tag_jets
from analysis.detector.clustering import generated_jets
from analysis.detector.generator_particles import generator_particles
from analysis.detector.jets import reconstruct_jets
from analysis.detector.leptons import reconstruct_electrons, reconstruct_muons
from analysis.detector.missing_momentum import missing_momentum
from analysis.nanoaod_writer import NanoAODWriter

SIMULATED_RUN = 1


def simulate_detector(
    particles: os.PathLike[str] | str, nano: os.PathLike[str] | str, detector: Detector, seed: int
) -> None:
    """Read generated events (Parquet, from `generate_events`), write reconstructed ones (ROOT, NanoAOD-like).

    Every generated event is kept; `Runs` has their number and sums of weights. The same seed gives the same
    events. A file without events gives a ROOT file with empty trees.
    """
    rng = np.random.default_rng(seed % 2**64)
    with NanoAODWriter(nano) as writer:
        for events in row_groups(particles):
            writer.write(reconstruct(events, detector, rng))


def row_groups(path: os.PathLike[str] | str) -> Iterator[ak.Array]:
    """The file in pieces of some thousand events, so that memory does not grow with it."""
    count = pyarrow.parquet.ParquetFile(os.fspath(path)).num_row_groups
    for row_group in range(count):
        events = ak.from_parquet(os.fspath(path), row_groups=[row_group])
        if len(events) > 0:
            yield events


def reconstruct(events: ak.Array, detector: Detector, rng: np.random.Generator) -> dict[str, ak.Array]:
    """The branches of a NanoAOD file for a piece of events; collections as lists of records."""
    electrons = reconstruct_electrons(events, detector, rng)
    muons = reconstruct_muons(events, detector, rng)
    clustered = generated_jets(events, detector.underlying_event)
    jets = reconstruct_jets(clustered, detector.jet_resolution, rng)
    met = missing_momentum(events, clustered, jets, electrons, muons, detector, rng)
    weight = ak.to_numpy(events.weight).astype(np.float32)
    count = len(events)
    return {
        "run": np.full(count, SIMULATED_RUN, dtype=np.uint32),
        "luminosityBlock": ak.to_numpy(events.luminosity_block),
        "event": ak.to_numpy(events.event),
        "Electron": electrons.nano,
        "Muon": muons.nano,
        "Jet": tag_jets(jets.nano, detector, rng),
        "GenJet": clustered.nano,
        "GenPart": generator_particles(events),
        **met,
        "genWeight": weight,
        "Generator_weight": weight,
    }

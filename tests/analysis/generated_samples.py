"""Small generated and simulated samples that several tests look at; each is made once per test run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import awkward as ak
import uproot

from analysis.campaign import Detector, GeneratorFilter
from analysis.detector import simulate_detector
from analysis.generation import generate_events, read_summary

WITHOUT_MPI = "PartonLevel:MPI = off"
TTBAR = (WITHOUT_MPI, "Top:gg2ttbar = on", "Top:qqbar2ttbar = on")
W_JETS = (
    WITHOUT_MPI, "WeakBosonAndParton:qqbar2Wg = on", "WeakBosonAndParton:qg2Wq = on",
    "PhaseSpace:pTHatMin = 50", "24:onMode = off", "24:onIfAny = 11 12 13 14 15 16",
)  # fmt: skip
Z_TO_MUONS = (
    WITHOUT_MPI, "WeakBosonAndParton:qqbar2gmZg = on", "WeakBosonAndParton:qg2gmZq = on",
    "PhaseSpace:pTHatMin = 50", "PhaseSpace:mHatMin = 60", "23:onMode = off", "23:onIfAny = 13",
)  # fmt: skip
EVENTS = 1200
LEPTON_AND_JETS = GeneratorFilter(leptons=1, clusters=5)

FOLDER = TemporaryDirectory(prefix="generated-samples-")


@dataclass(frozen=True)
class Sample:
    particles: Path
    summary: dict
    nano: Path

    @property
    def generated(self) -> ak.Array:
        return ak.from_parquet(self.particles)

    @property
    def events(self) -> ak.Array:
        with uproot.open(self.nano) as file:
            return file["Events"].arrays()

    def collection(self, name: str) -> ak.Array:
        events = self.events
        prefix = f"{name}_"
        return ak.zip({f.removeprefix(prefix): events[f] for f in events.fields if f.startswith(prefix)})


@cache
def sample(settings: tuple[str, ...], n_events: int, seed: int, event_filter: GeneratorFilter | None = None) -> Sample:
    stem = Path(FOLDER.name) / f"sample_{len(list(Path(FOLDER.name).iterdir()))}"
    particles, summary, nano = (stem.with_suffix(s) for s in (".parquet", ".json", ".root"))
    generate_events(settings, n_events, seed, particles, summary, event_filter=event_filter)
    simulate_detector(particles, nano, Detector(underlying_event=1.8), seed)
    return Sample(particles, read_summary(summary), nano)


def top_pairs() -> Sample:
    """Top-quark pairs with a lepton and jets."""
    return sample(TTBAR, EVENTS, 1, LEPTON_AND_JETS)


def z_bosons() -> Sample:
    """Z bosons (and photons) with pT > 50 GeV that decay to muons."""
    return sample(Z_TO_MUONS, 500, 2)

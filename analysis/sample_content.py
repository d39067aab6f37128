"""What a simulated sample really holds, whatever its name says: a check of its generator particles.

Particles of the hardest subprocess have status 21 to 29 in Pythia 8 (https://pythia.org/latest-manual/
ParticleProperties.html), and NanoAOD keeps that number in `GenPart_status`. Some generators write no boson
into the record of a few events, those far from its mass; they count as "other", so the majority decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike, fspath
from types import MappingProxyType

import numpy as np

from analysis.nanoaod import Chunk, open_nano, per_object

GENERATOR_BRANCHES = (per_object("GenPart_pdgId", "int32"), per_object("GenPart_status", "int32"))
HARD_STATUS = (21, 29)
INTERMEDIATE = 22  # status of a resonance of the hardest subprocess
TOP, Z, W = 6, 23, 24  # PDG codes
CHUNK_SIZE = 100_000  # events

# Processes of the hardest subprocess, and how they read in messages.
TITLES = MappingProxyType(
    {
        "ttbar": "top quark pairs",
        "single_top": "single top quarks",
        "diboson": "pairs of W or Z bosons",
        "wjets": "W bosons without top quarks",
        "drell_yan": "Z bosons",
        "other": "none of top quarks, W and Z bosons",
    }
)


class WrongSampleContent(RuntimeError):  # noqa: N818 (the name says what is wrong)
    """A file whose generator particles are those of another process than the declared one."""

    def __init__(self, path: str, declared: str, content: SampleContent) -> None:
        super().__init__(path, declared, content)
        self.path = path
        self.declared = declared
        self.content = content

    def __str__(self) -> str:
        found = ", ".join(f"{TITLES[name]} in {count}" for name, count in self.content.counts.items() if count)
        return (
            f"{self.path}: declared as '{self.declared}' ({TITLES[self.declared]}), but of "
            f"{self.content.events} events the hard process has {found or 'nothing'}; it looks like "
            f"'{self.content.process}': correct the process of this dataset, or its file"
        )


@dataclass(frozen=True)
class SampleContent:
    """Number of events of each process (keys of `TITLES`), and of all events."""

    events: int
    counts: dict[str, int]

    @property
    def process(self) -> str:
        """The process of more than half of the events; "other" if there is none."""
        return next((name for name, count in self.counts.items() if 2 * count > self.events), "other")


def sample_content(nano: PathLike[str] | str) -> SampleContent:
    """Count the hard processes of a simulated NanoAOD file.

    Raises `MissingBranch` for a file without generator particles (e.g. real data), `UnreadableFile` for a
    damaged one.
    """
    counts = dict.fromkeys(TITLES, 0)
    with open_nano(nano) as file:
        for chunk in file.chunks(GENERATOR_BRANCHES, CHUNK_SIZE):
            for name, mask in hard_processes(chunk).items():
                counts[name] += int(mask.sum())
        return SampleContent(file.entries, counts)


def require_process(nano: PathLike[str] | str, process: str) -> SampleContent:
    """The content of a file declared as `process` (a key of `TITLES`).

    Raises `WrongSampleContent` if it is another one; a file without events cannot be told and passes. Raises
    `ValueError` for another process.
    """
    if process not in TITLES:
        raise ValueError(f"unknown process '{process}' (known: {', '.join(TITLES)})")
    content = sample_content(nano)
    if content.events and content.process != process:
        raise WrongSampleContent(fspath(nano), process, content)
    return content


def hard_processes(chunk: Chunk) -> dict[str, np.ndarray]:
    """For each process, which events of the chunk are of it; bool of shape (events,), one true per event."""
    code, status = chunk["GenPart_pdgId"], chunk["GenPart_status"]
    offsets = chunk.offsets["GenPart"]
    event = np.repeat(np.arange(len(chunk)), np.diff(offsets))
    hard = (status >= HARD_STATUS[0]) & (status <= HARD_STATUS[1])

    def number(mask: np.ndarray) -> np.ndarray:
        return np.bincount(event[mask], minlength=len(chunk))

    top, antitop = number(hard & (code == TOP)) > 0, number(hard & (code == -TOP)) > 0
    resonance = status == INTERMEDIATE
    w, z = number(resonance & (np.abs(code) == W)), number(resonance & (code == Z))
    masks = {
        "ttbar": top & antitop,
        "single_top": top ^ antitop,
        "diboson": w + z >= 2,
        "wjets": (w == 1) & (z == 0),
        "drell_yan": (z == 1) & (w == 0),
    }
    without_top = ~(top | antitop)
    for name in ("diboson", "wjets", "drell_yan"):
        masks[name] &= without_top
    masks["other"] = without_top & (w + z == 0)
    return masks

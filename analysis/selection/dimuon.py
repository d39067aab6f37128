"""The dimuon selection: two muons of opposite charge with an invariant mass around the Z.

Muons count if they pass the cuts on pT and |eta|; the two with the highest pT make the candidate (the first
in the file, if momenta are equal), so there is at most one per event. Files need not have sorted muons.
"""

from __future__ import annotations

from os import PathLike, fspath

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import campaign
from analysis.nanoaod import Branch, Chunk, open_nano, per_object

MUON_BRANCHES: tuple[Branch, ...] = (
    per_object("Muon_pt"),
    per_object("Muon_eta"),
    per_object("Muon_phi"),
    per_object("Muon_mass"),
    per_object("Muon_charge", "int32"),
)


def select_dimuons(
    nano: PathLike[str] | str,
    masses: PathLike[str] | str,
    selection: campaign.Dimuon,
    chunk_size: int = 100_000,
) -> None:
    """Write the dimuon candidates of the NanoAOD file `nano` as Parquet.

    Columns: `entry` (int64, position of the event in the file) and `mass` (float64, GeV). A file without
    candidates gives no rows. The result does not depend on `chunk_size` (events).

    Raises `analysis.nanoaod.UnreadableFile`, and its kind `MissingBranch`, for unusable files.
    """
    entries, found = [], []
    with open_nano(nano) as file:
        for chunk in file.chunks(MUON_BRANCHES, chunk_size):
            events, values = dimuon_masses(chunk, selection)
            entries.append(events + chunk.start)
            found.append(values)
    table = pa.table({"entry": np.concatenate(entries), "mass": np.concatenate(found)})
    pq.write_table(table, fspath(masses), compression="zstd")


def dimuon_masses(chunk: Chunk, selection: campaign.Dimuon) -> tuple[np.ndarray, np.ndarray]:
    """Positions in the chunk (int64) and masses (float64, GeV) of the candidates, both of shape (candidates,)."""
    events, first, second = leading_pairs(chunk, selection)
    opposite = chunk["Muon_charge"][first] * chunk["Muon_charge"][second] < 0
    events, first, second = events[opposite], first[opposite], second[opposite]
    pt, eta, phi, mass = (chunk[f"Muon_{name}"].astype(np.float64) for name in ("pt", "eta", "phi", "mass"))
    pairs = pair_mass(
        (pt[first], eta[first], phi[first], mass[first]), (pt[second], eta[second], phi[second], mass[second])
    )
    low, high = selection.mass_window
    inside = (pairs >= low) & (pairs < high)
    return events[inside], pairs[inside]


def leading_pairs(chunk: Chunk, selection: campaign.Dimuon) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events with two muons that pass the cuts, and the positions of their leading two muons; int64."""
    pt = chunk["Muon_pt"]
    offsets = chunk.offsets["Muon"]
    passing = np.flatnonzero((pt > selection.muon_pt) & (np.abs(chunk["Muon_eta"]) < selection.muon_abs_eta))
    event = np.searchsorted(offsets, passing, side="right") - 1
    order = np.lexsort((passing, -pt[passing], event))  # by event, then falling pT, then place in the file
    passing, event = passing[order], event[order]
    starts = np.searchsorted(event, np.arange(len(chunk) + 1))
    pairs = np.flatnonzero(np.diff(starts) >= 2)
    return pairs, passing[starts[pairs]], passing[starts[pairs] + 1]


def pair_mass(first: tuple[np.ndarray, ...], second: tuple[np.ndarray, ...]) -> np.ndarray:
    """Invariant masses (GeV) of pairs of particles given by pT (GeV), eta, phi and mass (GeV).

    With transverse masses m_T² = m² + pT² and rapidities y:
    m² = m1² + m2² + 2 (m_T1 m_T2 cosh(y1 - y2) - pT1 pT2 cos(phi1 - phi2))
    (Particle Data Group, Review of Particle Physics, review "Kinematics"), which does not cancel
    large energies against large momenta.
    """
    (pt1, eta1, phi1, mass1), (pt2, eta2, phi2, mass2) = first, second
    transverse1, transverse2 = np.hypot(mass1, pt1), np.hypot(mass2, pt2)
    rapidity1 = np.arcsinh(pt1 / transverse1 * np.sinh(eta1))
    rapidity2 = np.arcsinh(pt2 / transverse2 * np.sinh(eta2))
    energies = transverse1 * transverse2 * np.cosh(rapidity1 - rapidity2)
    squared = mass1**2 + mass2**2 + 2 * (energies - pt1 * pt2 * np.cos(phi1 - phi2))
    return np.sqrt(np.maximum(squared, 0))

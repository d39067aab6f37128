"""Leptons, jets and missing momentum of a chunk, as the kernel and the reference take them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.campaign import LeptonJets
from analysis.nanoaod import Chunk
from analysis.selection.columns import JetColumns

Columns = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class EventObjects:
    """Tuples of flat arrays with the offsets first; see `analysis.selection.kernel.select` for their order."""

    electrons: Columns
    muons: Columns
    jets: Columns
    met: Columns


def event_objects(chunk: Chunk, selection: LeptonJets, jet_pt: np.ndarray) -> EventObjects:
    """Objects of a chunk with the (shifted) transverse momenta `jet_pt`, float64; masses shift with them."""
    original = chunk["Jet_pt"].astype(np.float64)
    scale = np.divide(jet_pt, original, out=np.ones_like(jet_pt), where=original > 0)
    return EventObjects(
        electrons=(
            chunk.offsets["Electron"],
            *(chunk[f"Electron_{name}"] for name in ("pt", "eta", "phi", "sip3d", "cutBased")),
        ),
        muons=(
            chunk.offsets["Muon"],
            *(chunk[f"Muon_{name}"] for name in ("pt", "eta", "phi", "sip3d", "pfRelIso04_all", "tightId")),
        ),
        jets=(
            chunk.offsets["Jet"], jet_pt, chunk["Jet_eta"], chunk["Jet_phi"], chunk["Jet_mass"] * scale,
            chunk["Jet_jetId"], chunk[selection.b_tagging.branch],
        ),
        met=(chunk["MET_pt"], chunk["MET_phi"]),
    )  # fmt: skip


def kernel_cuts(selection: LeptonJets) -> tuple[float, ...]:
    """Cut values in the order that the kernel takes them."""
    lepton, jets = selection.lepton, selection.jets
    return (
        lepton.pt, lepton.abs_eta, lepton.sip3d, lepton.muon_isolation,
        jets.pt, jets.abs_eta, jets.at_least, selection.b_tagging.cut,
    )  # fmt: skip


def jet_columns(chunk: Chunk) -> JetColumns:
    """All jets of a chunk, with the momentum of the matched generator jet where the file tells."""
    gen_pt = None
    if "Jet_genJetIdx" in chunk and "GenJet_pt" in chunk:
        index = chunk["Jet_genJetIdx"].astype(np.int64)
        offsets, gen_offsets = chunk.offsets["Jet"], chunk.offsets["GenJet"]
        begin = np.repeat(gen_offsets[:-1], np.diff(offsets))
        number = np.repeat(np.diff(gen_offsets), np.diff(offsets))
        matched = (index >= 0) & (index < number)
        gen_pt = np.zeros(len(index), np.float32)
        gen_pt[matched] = chunk["GenJet_pt"][(begin + index)[matched]]
    return JetColumns(chunk.offsets["Jet"], chunk["Jet_pt"], chunk["Jet_eta"], chunk["Jet_phi"], gen_pt)

"""The lepton+jets selection in awkward: slower than the kernel, and easier to read and to change."""

from __future__ import annotations

import awkward as ak
import numpy as np

from analysis import campaign
from analysis.nanoaod import Chunk
from analysis.selection.columns import FOUR_JETS, NO_LEPTON, ONE_LEPTON, SelectedEvents
from analysis.selection.kernel import leading_pt

ELECTRON = ("pt", "eta", "sip3d", "cutBased")
MUON = ("pt", "eta", "sip3d", "pfRelIso04_all", "tightId")
JET = ("pt", "eta", "phi", "mass", "jetId")


def select(chunk: Chunk, selection: campaign.LeptonJets) -> SelectedEvents:
    """Apply the selection to a chunk with the branches of `lepton_jets.core_branches`."""
    electrons, muons = _objects(chunk, "Electron", ELECTRON), _objects(chunk, "Muon", MUON)
    jets = _objects(chunk, "Jet", JET, tag=chunk[selection.b_tagging.branch])
    cuts = selection.lepton
    electrons = electrons[_is_lepton(electrons, cuts) & (electrons.cutBased == cuts.electron_id)]
    muons = muons[_is_lepton(muons, cuts) & muons.tightId & (_double(muons.pfRelIso04_all) < cuts.muon_isolation)]
    bits = selection.jets.id_bits
    jets = jets[
        (_double(jets.pt) > selection.jets.pt)
        & (abs(_double(jets.eta)) < selection.jets.abs_eta)
        & (jets.jetId & bits == bits)
    ]
    jets = ak.with_field(jets, _double(jets.tag) > selection.b_tagging.cut, "tagged")
    tags = ak.to_numpy(ak.sum(jets.tagged, axis=1)).astype(np.int32)
    one_lepton = ak.to_numpy(ak.num(electrons) + ak.num(muons)) == 1
    enough_jets = ak.to_numpy(ak.num(jets)) >= selection.jets.at_least
    regions = FOUR_JETS + np.minimum(tags, 2)
    last_cut = np.where(one_lepton, np.where(enough_jets, regions, ONE_LEPTON), NO_LEPTON).astype(np.uint8)
    event = np.flatnonzero(last_cut > FOUR_JETS)
    is_muon = ak.to_numpy(ak.num(muons))[event] == 1
    lepton = ak.to_numpy(ak.flatten(ak.concatenate([electrons.position, muons.position], axis=1)[event]))
    jets = ak.to_packed(jets[event])
    offsets = np.zeros(len(event) + 1, np.int64)
    np.cumsum(ak.to_numpy(ak.num(jets)), out=offsets[1:])
    pt = ak.to_numpy(ak.flatten(jets.pt))
    ht = ak.to_numpy(ak.sum(_double(jets.pt), axis=1)).astype(np.float64)
    return SelectedEvents(
        last_cut, event, lepton, is_muon, tags[event], ht, _trijet_mass(jets),
        leading_pt(pt, offsets), ak.to_numpy(ak.flatten(jets.position)), offsets,
    )  # fmt: skip


def _objects(chunk: Chunk, collection: str, names: tuple[str, ...], **more: np.ndarray) -> ak.Array:
    """A list of records per event; `position` is that in the chunk's flat arrays."""
    offsets = chunk.offsets[collection]
    fields = {name: chunk[f"{collection}_{name}"] for name in names} | more
    fields["position"] = np.arange(offsets[-1])
    return ak.unflatten(ak.zip(fields), np.diff(offsets))


def _double(values: ak.Array) -> ak.Array:
    """Cuts are numbers of double precision; a float32 would round them before it is compared."""
    return ak.values_astype(values, np.float64)


def _is_lepton(leptons: ak.Array, cuts: campaign.LeptonCuts) -> ak.Array:
    return (
        (_double(leptons.pt) > cuts.pt)
        & (abs(_double(leptons.eta)) < cuts.abs_eta)
        & (_double(leptons.sip3d) < cuts.sip3d)
    )


def _trijet_mass(jets: ak.Array) -> np.ndarray:
    """Mass of the three jets with the highest vector-sum pT, at least one of them b-tagged; GeV."""
    pt, eta, phi, mass = (_double(jets[name]) for name in ("pt", "eta", "phi", "mass"))
    x, y, z = pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta)
    energy = np.sqrt(x**2 + y**2 + z**2 + mass**2)
    momenta = ak.zip({"x": x, "y": y, "z": z, "energy": energy, "tagged": jets.tagged})
    first, second, third = ak.unzip(ak.combinations(momenta, 3))
    tagged = first.tagged | second.tagged | third.tagged
    total = {name: (first[name] + second[name] + third[name])[tagged] for name in ("x", "y", "z", "energy")}
    squared_pt = total["x"] ** 2 + total["y"] ** 2
    squared = total["energy"] ** 2 - squared_pt - total["z"] ** 2
    best = ak.argmax(squared_pt, axis=1, keepdims=True)
    return np.sqrt(np.maximum(ak.to_numpy(ak.flatten(squared[best])).astype(np.float64), 0.0))

"""The lepton+jets selection in awkward arrays: slower than the kernel, and read like the definition."""

from __future__ import annotations

import awkward as ak
import numpy as np

from analysis.selection.kernel import QUANTITIES, TIGHT_ELECTRON, TIGHT_LEPTON_VETO
from analysis.selection.objects import Columns, EventObjects


def jagged(columns: Columns, *names: str) -> ak.Array:
    """Objects per event from flat arrays; the offsets come first in `columns`."""
    offsets = ak.index.Index64(columns[0])
    content = {name: array.astype(np.float64) if array.dtype.kind == "f" else array
               for name, array in zip(names, columns[1:], strict=True)}  # fmt: skip
    return ak.Array(ak.contents.ListOffsetArray(offsets, ak.zip(content).layout))


def select_reference(objects: EventObjects, cuts: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stage, region and quantities of every event, as `analysis.selection.kernel.select` gives them."""
    lepton_pt, lepton_eta, sip, isolation, jet_pt, jet_eta, at_least, discriminant = cuts
    electrons = jagged(objects.electrons, "pt", "eta", "phi", "sip3d", "id")
    muons = jagged(objects.muons, "pt", "eta", "phi", "sip3d", "isolation", "id")
    jets = jagged(objects.jets, "pt", "eta", "phi", "mass", "id", "discriminant")

    def kinematic(leptons: ak.Array) -> ak.Array:
        return (leptons.pt > lepton_pt) & (abs(leptons.eta) < lepton_eta) & (leptons.sip3d < sip)

    electrons = electrons[kinematic(electrons) & (electrons.id == TIGHT_ELECTRON)]
    muons = muons[kinematic(muons) & muons.id & (muons.isolation < isolation)]
    jets = jets[(jets.pt > jet_pt) & (abs(jets.eta) < jet_eta) & ((jets.id & TIGHT_LEPTON_VETO) != 0)]
    jets = ak.with_field(jets, jets.discriminant > discriminant, "tagged")

    one_lepton = ak.to_numpy(ak.num(electrons) + ak.num(muons) == 1)
    four_jets = one_lepton & ak.to_numpy(ak.num(jets) >= at_least)
    n_tagged = ak.to_numpy(ak.sum(jets.tagged, axis=1))
    stage = (one_lepton.astype(np.int8) + four_jets).astype(np.int8)
    region = np.where(four_jets, np.minimum(n_tagged, 2), 0).astype(np.int8)
    quantities = np.zeros((len(stage), len(QUANTITIES)))
    kept = region > 0
    if kept.any():
        met = tuple(array[kept].astype(np.float64) for array in objects.met)
        quantities[kept] = measure(electrons[kept], muons[kept], jets[kept], met)
    return stage, region, quantities


def measure(electrons: ak.Array, muons: ak.Array, jets: ak.Array, met: Columns) -> np.ndarray:
    """Quantities of selected events, shape (n, len(QUANTITIES))."""
    lepton = ak.firsts(ak.concatenate([electrons[["pt", "eta", "phi"]], muons[["pt", "eta", "phi"]]], axis=1))
    met_pt, met_phi = met
    leading = ak.to_numpy(ak.fill_none(ak.pad_none(ak.sort(jets.pt, ascending=False), 4, clip=True), 0.0))
    mt_w = np.sqrt(np.maximum(2 * lepton.pt * met_pt * (1 - np.cos(lepton.phi - met_phi)), 0))
    columns = [
        ak.sum(jets.pt, axis=1), trijet_masses(jets), ak.num(jets), ak.sum(jets.tagged, axis=1),
        lepton.pt, lepton.eta, ak.num(muons), met_pt, mt_w, *leading.T,
    ]  # fmt: skip
    return np.stack([ak.to_numpy(column).astype(np.float64) for column in columns], axis=1)


def trijet_masses(jets: ak.Array) -> ak.Array:
    """Mass of the three jets with a b tag and the highest summed pT, per event; 0 where there is none."""
    momentum = ak.zip({
        "x": jets.pt * np.cos(jets.phi), "y": jets.pt * np.sin(jets.phi), "z": jets.pt * np.sinh(jets.eta),
        "m": jets.mass, "tagged": jets.tagged,
    })  # fmt: skip
    energy = np.sqrt(momentum.x**2 + momentum.y**2 + momentum.z**2 + momentum.m**2)
    a, b, c = ak.unzip(ak.combinations(ak.with_field(momentum, energy, "e"), 3))
    total = ak.zip({name: a[name] + b[name] + c[name] for name in ("x", "y", "z", "e")})
    total = total[a.tagged | b.tagged | c.tagged]
    squared = total.x**2 + total.y**2
    best = ak.argmax(squared, axis=1, keepdims=True)
    mass = np.sqrt(np.maximum(total.e**2 - squared - total.z**2, 0))
    return ak.fill_none(ak.firsts(mass[best]), 0.0)

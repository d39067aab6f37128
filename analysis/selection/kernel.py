"""The lepton+jets selection as one loop over events, compiled by numba.

An event leaves the loop at the first cut that it fails, so that most jets are never looked at.
`analysis.selection.reference` says the same in awkward; both must give the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from analysis import campaign
from analysis.nanoaod import Chunk
from analysis.selection.columns import SelectedEvents

LEADING = 4


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, and keep the machine code for later processes where a folder is writable.

    numba looks at NUMBA_CACHE_DIR, beside the source, then in the user's cache; with none of them
    writable (a read-only installation without a home) every process compiles anew.
    """
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:
        return numba.njit(function)


def select(chunk: Chunk, selection: campaign.LeptonJets) -> SelectedEvents:
    """Apply the selection to a chunk with the branches of `lepton_jets.core_branches`."""
    events, all_jets = len(chunk), len(chunk["Jet_pt"])
    buffer = int(np.diff(chunk.offsets["Jet"]).max(initial=0))
    last_cut = np.zeros(events, np.uint8)
    event, lepton = np.empty(events, np.int64), np.empty(events, np.int64)
    is_muon, n_btags = np.empty(events, np.bool_), np.empty(events, np.int32)
    ht, trijet_mass = np.empty(events), np.empty(events)
    jets, jet_offsets = np.empty(all_jets, np.int64), np.zeros(events + 1, np.int64)
    found = _select_events(
        _cuts(selection),
        tuple(chunk[f"Electron_{name}"] for name in ("pt", "eta", "sip3d")),
        chunk["Electron_cutBased"],
        chunk.offsets["Electron"],
        tuple(chunk[f"Muon_{name}"] for name in ("pt", "eta", "sip3d", "pfRelIso04_all")),
        chunk["Muon_tightId"],
        chunk.offsets["Muon"],
        (*(chunk[f"Jet_{name}"] for name in ("pt", "eta", "phi", "mass")), chunk[selection.b_tagging.branch]),
        chunk["Jet_jetId"],
        chunk.offsets["Jet"],
        np.empty((buffer, 5)),
        (last_cut, event, lepton, is_muon, n_btags, ht, trijet_mass, jets, jet_offsets),
    )
    offsets = jet_offsets[: found + 1].copy()
    jets = jets[: offsets[-1]].copy()
    return SelectedEvents(
        last_cut, event[:found].copy(), lepton[:found].copy(), is_muon[:found].copy(), n_btags[:found].copy(),
        ht[:found].copy(), trijet_mass[:found].copy(), leading_pt(chunk["Jet_pt"][jets], offsets), jets, offsets,
    )  # fmt: skip


def leading_pt(pt: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The four highest pT of each event (GeV), decreasing: float64, shape (events, 4)."""
    event = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    ordered = pt[np.lexsort((-pt, event))].astype(np.float64)
    return ordered[offsets[:-1, None] + np.arange(LEADING)] if len(ordered) else np.empty((0, LEADING))


def _cuts(selection: campaign.LeptonJets) -> tuple[float | int, ...]:
    lepton, jets = selection.lepton, selection.jets
    return (
        lepton.pt, lepton.abs_eta, lepton.sip3d, lepton.muon_isolation, lepton.electron_id,
        jets.pt, jets.abs_eta, jets.id_bits, jets.at_least, selection.b_tagging.cut,
    )  # fmt: skip


@compiled
def _select_events(
    cuts, electrons, electron_id, electron_offsets, muons, muon_id, muon_offsets, jets, jet_id, jet_offsets,
    momenta, out,
):  # fmt: skip
    """Loop over events; the number of selected ones, whose arrays in `out` are filled."""
    last_cut, event, lepton, is_muon, n_btags, ht, trijet_mass, selected_jets, selected_offsets = out
    electron_pt, electron_eta, electron_sip = electrons
    muon_pt, muon_eta, muon_sip, muon_isolation = muons
    jet_pt, jet_eta, jet_phi, jet_mass, jet_tag = jets
    min_pt, max_eta, max_sip, max_isolation, tight = cuts[:5]
    jet_min_pt, jet_max_eta, bits, at_least, tag_cut = cuts[5:]
    found = filled = 0
    for i in range(len(last_cut)):
        leptons, chosen, muon = 0, 0, False
        for k in range(electron_offsets[i], electron_offsets[i + 1]):
            identified = electron_id[k] == tight and electron_sip[k] < max_sip
            if identified and electron_pt[k] > min_pt and abs(electron_eta[k]) < max_eta:
                leptons, chosen = leptons + 1, k
        for k in range(muon_offsets[i], muon_offsets[i + 1]):
            identified = muon_id[k] and muon_sip[k] < max_sip and muon_isolation[k] < max_isolation
            if identified and muon_pt[k] > min_pt and abs(muon_eta[k]) < max_eta:
                leptons, chosen, muon = leptons + 1, k, True
        if leptons != 1:
            continue
        n_jets, tags, total = 0, 0, 0.0
        for k in range(jet_offsets[i], jet_offsets[i + 1]):
            if jet_pt[k] > jet_min_pt and abs(jet_eta[k]) < jet_max_eta and jet_id[k] & bits == bits:
                selected_jets[filled + n_jets] = k
                n_jets += 1
                total += jet_pt[k]
                tags += jet_tag[k] > tag_cut
        last_cut[i] = 1 if n_jets < at_least else 2 + min(tags, 2)
        if n_jets < at_least or tags == 0:
            continue
        for n in range(n_jets):
            k = selected_jets[filled + n]
            _set_momentum(momenta[n], jet_pt[k], jet_eta[k], jet_phi[k], jet_mass[k], jet_tag[k] > tag_cut)
        event[found], lepton[found], is_muon[found] = i, chosen, muon
        n_btags[found], ht[found], trijet_mass[found] = tags, total, _trijet_mass(momenta, n_jets)
        found, filled = found + 1, filled + n_jets
        selected_offsets[found] = filled
    return found


@compiled
def _set_momentum(row, pt, eta, phi, mass, tagged):
    """px, py, pz, E in GeV and 1 for a b tag."""
    pt, eta, phi, mass = np.float64(pt), np.float64(eta), np.float64(phi), np.float64(mass)
    row[0], row[1], row[2] = pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta)
    row[3] = math.sqrt(row[0] ** 2 + row[1] ** 2 + row[2] ** 2 + mass**2)
    row[4] = 1.0 if tagged else 0.0


@compiled
def _trijet_mass(momenta, n_jets):
    """Mass of the three jets with the highest vector-sum pT, at least one of them b-tagged."""
    highest, best = -1.0, 0.0
    for a in range(n_jets):
        for b in range(a + 1, n_jets):
            for c in range(b + 1, n_jets):
                if momenta[a, 4] + momenta[b, 4] + momenta[c, 4] > 0:
                    x = momenta[a, 0] + momenta[b, 0] + momenta[c, 0]
                    y = momenta[a, 1] + momenta[b, 1] + momenta[c, 1]
                    if x**2 + y**2 > highest:
                        highest = x**2 + y**2
                        z = momenta[a, 2] + momenta[b, 2] + momenta[c, 2]
                        energy = momenta[a, 3] + momenta[b, 3] + momenta[c, 3]
                        best = math.sqrt(max(energy**2 - highest - z**2, 0.0))
    return best

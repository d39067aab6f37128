"""The lepton+jets selection as one loop over events, compiled by numba.

Objects come as flat arrays with offsets, so that nothing is built that is not measured. `analysis.selection.reference`
is the same selection in awkward arrays; tests hold both against each other and against a plain loop.
"""

from __future__ import annotations

import numba
import numpy as np

ALL, ONE_LEPTON, FOUR_JETS = 0, 1, 2
REGION_4J1B, REGION_4J2B = 1, 2
TIGHT_LEPTON_VETO = 4  # bit of Jet_jetId
TIGHT_ELECTRON = 4  # value of Electron_cutBased

# Columns of the matrix of measured quantities.
QUANTITIES = (
    "ht", "trijet_mass", "n_jets", "n_btags", "lepton_pt", "lepton_eta", "lepton_is_muon", "met", "mt_w",
    "jet1_pt", "jet2_pt", "jet3_pt", "jet4_pt",
)  # fmt: skip


@numba.njit(cache=True, nogil=True)
def trijet_mass(pt, eta, phi, mass, tagged):
    """Mass (GeV) of the three jets, one of them b-tagged, whose summed momentum has the highest pT; 0 if none."""
    n = len(pt)
    px, py, pz, energy = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for i in range(n):
        px[i], py[i], pz[i] = pt[i] * np.cos(phi[i]), pt[i] * np.sin(phi[i]), pt[i] * np.sinh(eta[i])
        energy[i] = np.sqrt(px[i] ** 2 + py[i] ** 2 + pz[i] ** 2 + mass[i] ** 2)
    highest, found = -1.0, 0.0
    for i in range(n):
        for j in range(i + 1, n):
            for k in range(j + 1, n):
                if not (tagged[i] or tagged[j] or tagged[k]):
                    continue
                x, y = px[i] + px[j] + px[k], py[i] + py[j] + py[k]
                squared = x * x + y * y
                if squared > highest:
                    highest = squared
                    z, e = pz[i] + pz[j] + pz[k], energy[i] + energy[j] + energy[k]
                    found = np.sqrt(max(e * e - squared - z * z, 0.0))
    return found


@numba.njit(cache=True, nogil=True)
def select(electrons, muons, jets, met, cuts):
    """Stage, region and quantities of every event, and which jets count and are tagged.

    `electrons` is (offsets, pt, eta, phi, sip3d, cutBased), `muons` (offsets, pt, eta, phi, sip3d, isolation, tightId),
    `jets` (offsets, pt, eta, phi, mass, jetId, discriminant), `met` (pt, phi); momenta in GeV. `cuts` is (lepton pT,
    lepton |eta|, sip3d, isolation, jet pT, jet |eta|, number of jets, discriminant). Returns `stage` int8 (n,),
    `region` int8 (n,), `quantities` float64 (n, len(QUANTITIES)), `good` and `tagged` bool (number of jets,).
    """
    e_off, e_pt, e_eta, e_phi, e_sip, e_id = electrons
    m_off, m_pt, m_eta, m_phi, m_sip, m_iso, m_id = muons
    j_off, j_pt, j_eta, j_phi, j_mass, j_id, j_tag = jets
    lepton_pt, lepton_eta, sip, isolation, jet_pt, jet_eta, at_least, discriminant = cuts
    n = len(e_off) - 1
    stage, region = np.zeros(n, np.int8), np.zeros(n, np.int8)
    quantities = np.zeros((n, 13))
    good, tagged = np.zeros(len(j_pt), np.bool_), np.zeros(len(j_pt), np.bool_)
    for event in range(n):
        leptons, pt, eta, phi, is_muon = 0, 0.0, 0.0, 0.0, 0.0
        for i in range(e_off[event], e_off[event + 1]):
            if e_pt[i] > lepton_pt and abs(e_eta[i]) < lepton_eta and e_id[i] == TIGHT_ELECTRON and e_sip[i] < sip:
                leptons += 1
                pt, eta, phi, is_muon = e_pt[i], e_eta[i], e_phi[i], 0.0
        for i in range(m_off[event], m_off[event + 1]):
            if m_pt[i] > lepton_pt and abs(m_eta[i]) < lepton_eta and m_id[i] and m_sip[i] < sip:
                if m_iso[i] < isolation:
                    leptons += 1
                    pt, eta, phi, is_muon = m_pt[i], m_eta[i], m_phi[i], 1.0
        if leptons != 1:
            continue
        stage[event] = ONE_LEPTON
        n_jets, n_tagged, ht = 0, 0, 0.0
        first, last = j_off[event], j_off[event + 1]
        for i in range(first, last):
            if j_pt[i] > jet_pt and abs(j_eta[i]) < jet_eta and (j_id[i] & TIGHT_LEPTON_VETO) != 0:
                good[i], tagged[i] = True, j_tag[i] > discriminant
                n_jets += 1
                n_tagged += tagged[i]
                ht += j_pt[i]
        if n_jets < at_least:
            good[first:last] = False
            tagged[first:last] = False
            continue
        stage[event] = FOUR_JETS
        if n_tagged == 0:
            continue
        region[event] = REGION_4J1B if n_tagged == 1 else REGION_4J2B
        chosen = np.nonzero(good[first:last])[0] + first
        row = quantities[event]
        row[0] = ht
        row[1] = trijet_mass(j_pt[chosen], j_eta[chosen], j_phi[chosen], j_mass[chosen], tagged[chosen])
        row[2], row[3], row[4], row[5], row[6] = n_jets, n_tagged, pt, eta, is_muon
        row[7] = met[0][event]
        row[8] = np.sqrt(max(2 * pt * met[0][event] * (1 - np.cos(phi - met[1][event])), 0.0))
        leading = -np.sort(-j_pt[chosen])
        for i in range(min(4, n_jets)):
            row[9 + i] = leading[i]
    return stage, region, quantities, good, tagged

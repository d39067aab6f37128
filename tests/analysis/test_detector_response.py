"""The response functions on many identical objects: efficiencies and widths are those of the formulas."""

from __future__ import annotations

import math

import awkward as ak
import numpy as np
import pytest

from analysis.campaign import Detector, JetResolution
from analysis.detector.b_tagging import discriminant
from analysis.detector.clustering import GeneratedJets, is_charged_hadron
from analysis.detector.impact_parameter import impact_parameters, transverse_resolution
from analysis.detector.isolation import relative_isolation
from analysis.detector.jets import identification, jet_resolution, reconstruct_jets
from analysis.detector.leptons import (
    electron_reconstruction_efficiency,
    electron_resolution,
    muon_reconstruction_efficiency,
    muon_resolution,
    reconstruct_electrons,
    reconstruct_muons,
)

MANY = 20_000


def binomial_error(efficiency: float, count: int) -> float:
    return math.sqrt(efficiency * (1 - efficiency) / count)


def lonely_leptons(pdg_id: int, pt: float, eta: float, count: int = MANY) -> ak.Array:
    """Events with one prompt lepton and nothing else."""
    particle = {"pdg_id": pdg_id, "pt": pt, "eta": eta, "phi": 1.0, "mass": 0.0}
    lepton = {"particle": 0, "parton": -1, "origin": 1, "vx": 0.0, "vy": 0.0, "vz": 0.0}
    one = ak.Array([{"particles": [particle], "leptons": [lepton]}])
    return one[np.zeros(count, dtype=int)]


def generated_jets(pt: float, eta: float, prompt_lepton: float = 0.0) -> GeneratedJets:
    values = {
        "pt": pt, "eta": eta, "phi": 3.1, "mass": 8.0, "hadron_flavour": 0, "parton_flavour": 21,
        "constituents": 20, "charged": 10, "electron": 0.0, "muon": 0.0, "photon": 0.3, "charged_hadron": 0.6,
        "neutral_hadron": 0.1, "prompt_lepton": prompt_lepton,
    }  # fmt: skip
    jets = ak.zip({name: np.full(MANY, value) for name, value in values.items()})
    return GeneratedJets(ak.unflatten(jets, 1), np.zeros(MANY))


@pytest.mark.parametrize(("flavour", "efficiency"), [(5, 0.75), (4, 0.15), (0, 0.015)], ids=["b", "c", "light"])
def test_b_tag_efficiency_is_the_configured_one(flavour, efficiency):
    rng = np.random.default_rng(1)
    values = discriminant(np.full(MANY, flavour), np.zeros(MANY), Detector(), rng)
    assert np.mean(values > 0.5) == pytest.approx(efficiency, abs=4 * binomial_error(efficiency, MANY))
    assert values.min() >= 0
    assert values.max() <= 1


@pytest.mark.parametrize(("efficiency", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_sure_tags_and_sure_misses_survive_single_precision(efficiency, expected):
    detector = Detector(b_efficiency=efficiency, c_mistag=efficiency, light_mistag=efficiency)
    flavours = np.resize([0, 4, 5], 200_000)
    values = discriminant(flavours, np.zeros(len(flavours)), detector, np.random.default_rng(2))
    assert np.mean(values > np.float32(0.5)) == expected


def test_jets_outside_the_tracker_have_no_discriminant():
    eta = np.array([-2.6, 2.4, 3.0])
    values = discriminant(np.full(3, 5), eta, Detector(b_efficiency=1), np.random.default_rng(3))
    assert values[0] == values[2] == -1
    assert values[1] > 0.5


@pytest.mark.parametrize(("pt", "eta"), [(40.0, 0.3), (40.0, -2.0), (100.0, 0.3), (100.0, 2.7), (400.0, 4.0)])
def test_jet_response_has_the_width_of_the_formula(pt, eta):
    terms = JetResolution()
    jets = reconstruct_jets(generated_jets(pt, eta), terms, np.random.default_rng(4))
    response = ak.to_numpy(ak.flatten(jets.measured_pt)) / pt
    width = float(jet_resolution(np.array(pt), np.array(eta), terms))
    assert response.mean() == pytest.approx(1, abs=5 * width / math.sqrt(MANY))
    assert response.std() == pytest.approx(width, rel=0.03)


def test_jet_resolution_is_that_of_cms_at_central_rapidity():
    at = jet_resolution(np.array([30.0, 100.0, 1000.0]), np.zeros(3), JetResolution())
    # arXiv:1607.03663, abstract: 15-20% at 30 GeV, 10% at 100 GeV, 5% at 1 TeV.
    assert 0.15 < at[0] < 0.20
    assert at[1:] == pytest.approx([0.10, 0.05], rel=0.15)


def test_a_jet_that_is_a_prompt_lepton_is_measured_like_the_lepton():
    jets = reconstruct_jets(generated_jets(50, 0, prompt_lepton=1), JetResolution(), np.random.default_rng(5))
    assert ak.all(jets.measured_pt == 50)


def test_jet_angles_stay_in_range_and_pt_is_ordered():
    jets = reconstruct_jets(generated_jets(40, 0.0), JetResolution(), np.random.default_rng(6)).nano
    assert ak.all((jets.phi >= -np.float32(np.pi)) & (jets.phi <= np.float32(np.pi)))
    assert ak.all(jets.pt > 15)
    assert 0 < ak.mean(jets.phi < 0) < 1  # smeared around 3.1, some come round to -pi


@pytest.mark.parametrize(
    ("electron", "muon", "photon", "charged", "neutral", "constituents", "eta", "expected"),
    [
        (0.0, 0.0, 0.3, 0.6, 0.1, 20, 0.0, 6),
        (0.9, 0.0, 0.0, 0.1, 0.0, 20, 0.0, 2),
        (0.0, 0.9, 0.0, 0.1, 0.0, 20, 0.0, 2),
        (0.0, 0.0, 0.95, 0.05, 0.0, 20, 0.0, 0),
        (0.0, 0.0, 0.0, 0.05, 0.95, 20, 0.0, 0),
        (1.0, 0.0, 0.0, 0.0, 0.0, 1, 0.0, 0),
        (0.0, 0.0, 0.5, 0.0, 0.5, 20, 0.0, 0),
        (0.0, 0.0, 0.5, 0.0, 0.5, 20, 3.0, 6),
    ],
    ids=["hadrons", "electron", "muon", "photons", "neutral", "one particle", "no track", "forward"],
)
def test_jet_id_vetoes_leptons_and_noise(electron, muon, photon, charged, neutral, constituents, eta, expected):
    jet = {
        "electron": electron, "muon": muon, "photon": photon, "charged_hadron": charged,
        "neutral_hadron": neutral, "constituents": constituents, "charged": 5 if charged else 0,
    }  # fmt: skip
    assert identification(ak.Array([jet]), np.array([eta]))["jetId"].tolist() == [expected]


@pytest.mark.parametrize(("pt", "eta"), [(40.0, 0.4), (40.0, 2.2), (150.0, 1.0)])
def test_electrons_have_configured_efficiencies_and_the_resolution_of_the_formula(pt, eta):
    events = lonely_leptons(11, pt, eta)
    electrons = reconstruct_electrons(events, Detector(electron_efficiency=0.6), np.random.default_rng(7)).nano
    reconstructed = float(electron_reconstruction_efficiency(np.array(pt), np.array(eta)))
    found = ak.num(electrons) == 1
    assert ak.mean(found) == pytest.approx(reconstructed, abs=4 * binomial_error(reconstructed, MANY))
    tight = ak.flatten(electrons.cutBased) == 4
    assert ak.mean(tight) == pytest.approx(0.6, abs=4 * binomial_error(0.6, int(ak.sum(found))))
    width = float(electron_resolution(np.array(pt * math.cosh(eta)), np.array(eta)))
    assert np.std(ak.flatten(electrons.pt)) / pt == pytest.approx(width, rel=0.04)


@pytest.mark.parametrize(("pt", "eta"), [(40.0, 0.2), (40.0, -2.2), (300.0, 1.0)])
def test_muons_have_configured_efficiencies_and_the_resolution_of_the_formula(pt, eta):
    events = lonely_leptons(-13, pt, eta)
    muons = reconstruct_muons(events, Detector(muon_efficiency=0.9), np.random.default_rng(8)).nano
    reconstructed = float(muon_reconstruction_efficiency(np.array(eta)))
    found = ak.num(muons) == 1
    assert ak.mean(found) == pytest.approx(reconstructed, abs=4 * binomial_error(reconstructed, MANY))
    tight = ak.flatten(muons.tightId)
    assert ak.mean(tight) == pytest.approx(0.9, abs=4 * binomial_error(0.9, int(ak.sum(found))))
    assert np.std(ak.flatten(muons.pt)) / pt == pytest.approx(
        float(muon_resolution(np.array(pt), np.array(eta))), rel=0.04
    )
    assert ak.all(muons.charge == 1)


@pytest.mark.parametrize(("pdg_id", "eta"), [(11, 2.6), (13, 2.45)])
def test_leptons_outside_the_acceptance_are_not_found(pdg_id, eta):
    events = lonely_leptons(pdg_id, 40.0, eta, 500)
    for reconstruct in (reconstruct_electrons, reconstruct_muons):
        assert ak.sum(ak.num(reconstruct(events, Detector(), np.random.default_rng(9)).nano)) == 0


def test_isolation_sums_what_is_in_the_cone_and_is_neither_lepton_nor_neutrino():
    leptons = ak.Array([[{"pt": 50.0, "eta": 0.0, "phi": 3.1}], []])
    particles = ak.Array(
        [
            [
                {"pdg_id": 13, "pt": 50.0, "eta": 0.0, "phi": 3.1},  # the lepton itself
                {"pdg_id": 211, "pt": 5.0, "eta": 0.1, "phi": -3.1},  # inside, across the seam in phi
                {"pdg_id": 22, "pt": 2.5, "eta": 0.0, "phi": 3.0},
                {"pdg_id": 14, "pt": 30.0, "eta": 0.0, "phi": 3.1},
                {"pdg_id": 211, "pt": 0.4, "eta": 0.0, "phi": 3.1},  # too soft
                {"pdg_id": 211, "pt": 9.0, "eta": 0.41, "phi": 3.1},  # outside
            ],
            [{"pdg_id": 211, "pt": 5.0, "eta": 0.0, "phi": 0.0}],
        ]
    )
    assert relative_isolation(leptons, particles, 0.4).tolist() == [[pytest.approx(0.15)], []]


def test_impact_parameters_follow_geometry():
    lepton = {"pt": 1e6, "eta": 0.0, "phi": 0.0, "vx": 5.0, "vy": 2.0, "vz": 1.0}
    found = impact_parameters(ak.Array([lepton]), np.random.default_rng(10))
    assert found["dxy"][0] == pytest.approx(0.2, abs=0.02)  # cm
    assert found["dz"][0] == pytest.approx(0.1, abs=0.03)
    assert found["ip3d"][0] == pytest.approx(math.hypot(0.2, 0.1), abs=0.03)
    assert found["sip3d"][0] > 50


def test_a_displaced_track_that_points_back_has_no_impact_parameter():
    eta, phi, flight = 1.2, 0.7, 4.0
    vertex = flight * np.array([math.cos(phi), math.sin(phi), math.sinh(eta)])
    lepton = {"pt": 1e6, "eta": eta, "phi": phi} | dict(zip(("vx", "vy", "vz"), vertex, strict=True))
    found = impact_parameters(ak.Array([lepton]), np.random.default_rng(11))
    assert found["sip3d"][0] < 5


def test_prompt_leptons_rarely_look_displaced():
    one = ak.Array([{"pt": 40.0, "eta": 0.5, "phi": 0.0, "vx": 0.0, "vy": 0.0, "vz": 0.0}])
    found = impact_parameters(one[np.zeros(MANY, dtype=int)], np.random.default_rng(12))
    # Two Gaussian components: P(sip3d > 4) = exp(-8) = 3e-4.
    assert np.mean(found["sip3d"] > 4) < 1e-3
    assert np.std(found["dxy"]) == pytest.approx(float(transverse_resolution(np.array(40.0))), rel=0.04)


def test_charges_of_hadrons_agree_with_pythia():
    pythia8mc = pytest.importorskip("pythia8mc")
    data = pythia8mc.Pythia("", False).particleData
    codes = np.array([211, 321, 130, 310, 111, 2212, 2112, 3122, 3112, 3222, 3312, 3322, 3334, 411, 421, 511, 521])
    assert is_charged_hadron(codes).tolist() == [data.chargeType(int(code)) != 0 for code in codes]

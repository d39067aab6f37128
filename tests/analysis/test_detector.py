"""Simulated events: real physics comes out, in files that NanoAOD code reads."""

from __future__ import annotations

import awkward as ak
import numpy as np
import pytest
import uproot
from generated_samples import EVENTS, top_pairs, z_bosons

from analysis.campaign import Detector
from analysis.detector import simulate_detector
from analysis.detector.jets import jet_resolution


def dimuon_masses() -> np.ndarray:
    muons = z_bosons().collection("Muon")
    muons = muons[(muons.pt > 20) & muons.tightId & (muons.pfRelIso04_all < 0.15)]
    pairs = muons[(ak.num(muons) == 2) & (ak.sum(muons.charge, axis=1) == 0)]
    first, second = pairs[:, 0], pairs[:, 1]
    opening = np.cosh(first.eta - second.eta) - np.cos(first.phi - second.phi)
    return ak.to_numpy(np.sqrt(2 * first.pt * second.pt * opening))


def trijet_masses(jets: ak.Array) -> np.ndarray:
    """Mass of the three jets with the largest vector sum of pT, of which at least one is b-tagged."""
    vectors = ak.zip(
        {
            "x": jets.pt * np.cos(jets.phi), "y": jets.pt * np.sin(jets.phi), "z": jets.pt * np.sinh(jets.eta),
            "e": np.sqrt((jets.pt * np.cosh(jets.eta)) ** 2 + jets.mass**2), "tag": jets.btagCSVV2 > 0.5,
        }
    )  # fmt: skip
    triples = ak.unzip(ak.combinations(vectors, 3))
    x, y, z, e = (sum(jet[name] for jet in triples) for name in ("x", "y", "z", "e"))
    tagged = triples[0].tag | triples[1].tag | triples[2].tag
    best = ak.argmax(ak.where(tagged, np.hypot(x, y), -1), axis=1, keepdims=True)
    return ak.to_numpy(ak.flatten(np.sqrt(e**2 - x**2 - y**2 - z**2)[best]))


def test_dimuon_mass_peaks_at_the_z():
    masses = dimuon_masses()
    assert len(masses) > 150
    peak = masses[abs(masses - 91.2) < 8]
    assert len(peak) > 0.7 * len(masses)
    assert np.mean(peak) == pytest.approx(91.2, abs=0.6)  # photons that muons radiate pull it down by 0.2
    # Natural width 2.5 GeV and some 1.2% of 91 GeV from two muons.
    assert 1.0 < np.std(peak) < 3.5


def test_trijet_mass_peaks_at_the_top_mass():
    events, jets = top_pairs().events, top_pairs().collection("Jet")
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4) & (jets.jetId == 6)]
    jets = jets[(ak.num(jets) >= 4) & (ak.sum(jets.btagCSVV2 > 0.5, axis=1) >= 2)]
    assert len(jets) > 0.1 * len(events)
    masses = np.sort(trijet_masses(jets))
    # The 50 GeV with the most events, wherever they are: no histogram decides.
    inside = np.searchsorted(masses, masses + 50) - np.arange(len(masses))
    densest = masses[(first := np.argmax(inside)) : first + inside[first]]
    assert np.mean(densest) == pytest.approx(172.5, abs=15)


def test_jets_contain_leptons_and_their_id_says_so():
    sample = top_pairs()
    jets = sample.collection("Jet")
    jets = jets[(jets.pt > 25) & (abs(jets.eta) < 2.4)]
    for name, isolation, largest in (("Muon", "pfRelIso04_all", 0.1), ("Electron", "pfRelIso03_all", 0.05)):
        collection = sample.collection(name)
        collection = collection[(collection.pt > 30) & (collection.genPartFlav == 1)]
        collection = collection[collection[isolation] < largest]
        pairs = ak.cartesian({"lepton": collection, "jet": jets}, nested=True)
        near = np.hypot(pairs.lepton.eta - pairs.jet.eta, np.sin((pairs.lepton.phi - pairs.jet.phi) / 2) * 2) < 0.15
        matched = pairs.jet[near & (abs(pairs.lepton.pt / pairs.jet.pt - 1) < 0.1)]
        assert ak.sum(ak.any(near, axis=2)) > 0.9 * ak.sum(ak.num(collection))
        assert ak.mean(ak.flatten(matched.jetId, axis=None) == 6) < 0.02
    # Hadronic jets pass: those of b hadrons lose few, to hard leptons of their decays.
    assert ak.mean(jets[jets.hadronFlavour == 5].jetId == 6) > 0.95


def test_jet_multiplicity_is_that_of_top_pairs():
    jets = top_pairs().collection("Jet")
    hadronic = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4) & (jets.jetId == 6)]
    assert 2.5 < ak.mean(ak.num(hadronic)) < 4.5
    assert ak.all(jets.pt[:, :-1] >= jets.pt[:, 1:])
    tagged = jets[jets.hadronFlavour == 5]
    assert 1.5 < ak.mean(ak.num(tagged[(tagged.pt > 20) & (abs(tagged.eta) < 2.4)])) < 2.1


def test_flavour_of_hadrons_and_of_partons_agree_for_b_jets():
    jets = top_pairs().collection("Jet")
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4)]
    assert ak.mean(jets.hadronFlavour[abs(jets.partonFlavour) == 5] == 5) > 0.95
    assert ak.mean(jets.hadronFlavour[abs(jets.partonFlavour) == 1] == 0) > 0.9
    assert ak.mean(jets.hadronFlavour[abs(jets.partonFlavour) == 4] == 4) > 0.8


def test_b_tag_efficiency_in_events_is_the_configured_one():
    jets = top_pairs().collection("Jet")
    jets = jets[(jets.pt > 30) & (abs(jets.eta) < 2.4)]
    for flavour, efficiency in ((5, 0.75), (4, 0.15), (0, 0.015)):
        tags = ak.flatten(jets.btagCSVV2[jets.hadronFlavour == flavour] > 0.5)
        error = np.sqrt(efficiency * (1 - efficiency) / len(tags))
        assert ak.mean(tags) == pytest.approx(efficiency, abs=4 * error)


def test_jets_and_their_generated_jets_differ_by_the_resolution():
    sample = top_pairs()
    jets, generated = sample.collection("Jet"), sample.collection("GenJet")
    jets = jets[(jets.genJetIdx >= 0) & (jets.muEF + jets.chEmEF < 0.05)]
    true = generated[jets.genJetIdx]
    chosen = true.pt > 40  # far above the threshold of 15 GeV, which would cut into the response
    pull = (jets.pt / true.pt - 1)[chosen]
    widths = jet_resolution(
        ak.to_numpy(ak.flatten(true.pt[chosen])), ak.to_numpy(ak.flatten(true.eta[chosen])), Detector().jet_resolution
    )
    pulls = ak.to_numpy(ak.flatten(pull)) / widths
    assert np.mean(pulls) == pytest.approx(0, abs=4 / np.sqrt(len(pulls)))
    assert np.std(pulls) == pytest.approx(1, abs=0.05)


def test_leptons_from_w_are_isolated_and_prompt_and_those_from_b_are_not():
    muons = ak.flatten(top_pairs().collection("Muon"))
    prompt, from_b = muons[(muons.genPartFlav == 1) & (muons.pt > 25)], muons[muons.genPartFlav == 5]
    assert np.mean(prompt.pfRelIso04_all < 0.15) > 0.85
    assert np.mean(from_b.pfRelIso04_all < 0.15) < 0.1
    assert np.mean(prompt.sip3d < 4) > 0.99
    assert np.mean(from_b.sip3d < 4) < 0.4


def test_missing_momentum_is_that_of_neutrinos_plus_resolution():
    events = top_pairs().events
    along_x = events.MET_pt * np.cos(events.MET_phi) - events.GenMET_pt * np.cos(events.GenMET_phi)
    assert ak.mean(along_x) == pytest.approx(0, abs=4 * np.std(along_x) / np.sqrt(EVENTS))
    assert 8 < np.std(along_x) < 25
    assert np.median(events.GenMET_pt) > 30
    boson = z_bosons().events
    assert np.median(boson.GenMET_pt) < 1
    assert np.median(boson.MET_pt) < 25


def test_leptons_point_to_their_generated_particle():
    sample = top_pairs()
    muons, partons = sample.collection("Muon"), sample.collection("GenPart")
    prompt = muons[muons.genPartIdx >= 0]
    matched = partons[prompt.genPartIdx]
    assert ak.all(matched.pdgId == prompt.pdgId)
    assert np.median(abs(ak.flatten(matched.pt / prompt.pt)) - 1) < 0.01


def test_every_event_is_kept_and_weights_are_summed():
    sample = top_pairs()
    with uproot.open(sample.nano) as file:
        assert file["Events"].num_entries == EVENTS
        runs = file["Runs"].arrays()
        events = file["Events"].arrays(["run", "luminosityBlock", "event", "genWeight"])
    assert runs.genEventCount.tolist() == [EVENTS]
    assert runs.genEventSumw.tolist() == [sample.summary["sum_of_weights"]]
    assert runs.genEventSumw2.tolist() == [sample.summary["sum_of_squared_weights"]]
    assert len(np.unique(events.event)) == EVENTS


def test_weights_reach_the_file(tmp_path):
    events = top_pairs().generated[:4]
    events["weight"] = np.array([0.5, 2.0, -1.0, 1.5])
    ak.to_parquet(events, tmp_path / "weighted.parquet")
    simulate_detector(tmp_path / "weighted.parquet", tmp_path / "nano.root", Detector(), 1)
    with uproot.open(tmp_path / "nano.root") as file:
        assert file["Events/genWeight"].array().tolist() == [0.5, 2.0, -1.0, 1.5]
        assert file["Events/Generator_weight"].array().tolist() == [0.5, 2.0, -1.0, 1.5]
        assert file["Runs/genEventSumw"].array().tolist() == [3.0]
        assert file["Runs/genEventSumw2"].array().tolist() == [0.25 + 4 + 1 + 2.25]


def test_the_same_seed_gives_the_same_events_and_another_seed_does_not(tmp_path):
    ak.to_parquet(top_pairs().generated[:50], tmp_path / "some.parquet")
    contents = []
    for name, seed in (("first", -5), ("again", -5), ("other", 6)):
        simulate_detector(tmp_path / "some.parquet", tmp_path / f"{name}.root", Detector(), seed)
        with uproot.open(tmp_path / f"{name}.root") as file:
            contents.append(file["Events"].arrays())
    assert ak.array_equal(contents[0], contents[1])
    assert not ak.array_equal(contents[0].Jet_pt, contents[2].Jet_pt)


def test_an_input_without_events_gives_a_file_without_events(tmp_path):
    ak.to_parquet(top_pairs().generated[:0], tmp_path / "none.parquet")
    simulate_detector(tmp_path / "none.parquet", tmp_path / "none.root", Detector(), 1)
    with uproot.open(tmp_path / "none.root") as file:
        assert file["Events"].num_entries == file["Runs"].num_entries == 0
        assert file["Events/Jet_pt"].array().tolist() == []


def test_an_event_without_visible_particles_survives(tmp_path):
    events = top_pairs().generated[:3]
    lists = {name: events[name] for name in ("particles", "leptons", "partons", "heavy_hadrons")}
    nothing = [ak.with_field(events[:1], values[:1][:, :0], name) for name, values in lists.items()]
    empty = events[:1]
    for name, piece in zip(lists, nothing, strict=True):
        empty = ak.with_field(empty, piece[name], name)
    ak.to_parquet(ak.concatenate([events, empty]), tmp_path / "mixed.parquet")
    simulate_detector(tmp_path / "mixed.parquet", tmp_path / "mixed.root", Detector(), 1)
    with uproot.open(tmp_path / "mixed.root") as file:
        found = file["Events"].arrays()
    assert len(found) == 4
    assert found.nJet[3] == found.nMuon[3] == found.nElectron[3] == 0
    assert found.MET_pt[3] == 0


@pytest.mark.filterwarnings("ignore:Missing cross-reference")
@pytest.mark.parametrize("events", [0, 20])
def test_coffea_opens_the_file_as_nanoaod(tmp_path, events):
    from coffea import nanoevents

    ak.to_parquet(top_pairs().generated[:events], tmp_path / "some.parquet")
    path = tmp_path / "nano.root"
    simulate_detector(tmp_path / "some.parquet", path, Detector(), 1)
    factory = nanoevents.NanoEventsFactory.from_root(
        {str(path): "Events"}, schemaclass=nanoevents.NanoAODSchema, mode="eager"
    )
    opened = factory.events()
    assert len(opened) == events
    tops = opened.GenPart[(abs(opened.GenPart.pdgId) == 6) & opened.GenPart.hasFlags("isLastCopy")]
    assert ak.all(ak.num(tops) == 2)
    assert ak.all(abs(tops.children.pdgId[:, :, 0]) <= 24)
    assert ak.all(opened.Jet.matched_gen.pt[opened.Jet.genJetIdx >= 0] > 10)
    assert ak.all((opened.Muon + opened.Muon).mass >= 0)


def test_branches_have_the_types_of_real_nanoaod(shared_data):
    with (
        uproot.open(shared_data / "nanoaod" / "nanoAOD_2015_CMS_Open_Data_ttbar.root") as real,
        uproot.open(top_pairs().nano) as ours,
    ):
        real_types = {name: branch.typename for name, branch in real["Events"].items()}
        our_types = {name: branch.typename for name, branch in ours["Events"].items()}
        counters = {name for name in our_types if name.startswith("n")}
        assert counters == {"nElectron", "nMuon", "nJet", "nGenJet", "nGenPart"}
        shared = set(our_types) & set(real_types) - counters
        assert {name for name in our_types if name not in real_types} == set()
        assert {name: our_types[name] for name in shared} == {name: real_types[name] for name in shared}
        # Counters are signed when written by uproot, as in NanoAODv12.
        assert {our_types[name] for name in counters} == {"int32_t"}

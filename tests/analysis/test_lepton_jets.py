"""The lepton+jets selection against an independent loop, on real and on simulated files."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import uproot

from analysis.campaign import BTagging, Corrections, Detector, LeptonJets
from analysis.corrections import write_corrections
from analysis.nanoaod import MissingBranch, UnreadableFile
from analysis.selection.lepton_jets import core_branches, select_events

FILES = {
    "nano_tt_v12.root": "Jet_btagDeepFlavB",
    "nano_dy.root": "Jet_btagCSVV2",
    "nano_dimuon.root": "Jet_btagCSVV2",
    "nano_dimuon_rntuple.root": "Jet_btagCSVV2",
    "nanoAOD_2015_CMS_Open_Data_ttbar.root": "Jet_btagCSVV2",
}


def chosen(branch: str) -> LeptonJets:
    return LeptonJets(b_tagging=BTagging(branch=branch))


def four_vector(pt: float, eta: float, phi: float, mass: float) -> tuple[float, float, float, float]:
    x, y, z = pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta)
    return x, y, z, math.sqrt(x * x + y * y + z * z + mass * mass)


def plain_loop(path: Path, branch: str) -> dict[int, tuple[int, float, float]]:
    """Selected events by number: region, H_T, trijet mass; one event and one object at a time."""
    events = uproot.open(path)["Events"]
    wanted = ["event", *(b.name for b in core_branches(chosen(branch)) if b.required)]
    columns = {name: events[name].array().tolist() for name in wanted}
    found = {}
    for i in range(len(columns["event"])):
        of = {name: values[i] for name, values in columns.items()}
        leptons = sum(
            of["Electron_pt"][k] > 30 and abs(of["Electron_eta"][k]) < 2.1 and of["Electron_cutBased"][k] == 4
            and of["Electron_sip3d"][k] < 4 for k in range(len(of["Electron_pt"]))
        )  # fmt: skip
        leptons += sum(
            of["Muon_pt"][k] > 30 and abs(of["Muon_eta"][k]) < 2.1 and of["Muon_tightId"][k]
            and of["Muon_sip3d"][k] < 4 and of["Muon_pfRelIso04_all"][k] < 0.15 for k in range(len(of["Muon_pt"]))
        )  # fmt: skip
        jets = [
            k for k in range(len(of["Jet_pt"]))
            if of["Jet_pt"][k] > 30 and abs(of["Jet_eta"][k]) < 2.4 and of["Jet_jetId"][k] & 4
        ]  # fmt: skip
        tags = [k for k in jets if of[branch][k] > 0.5]
        if leptons != 1 or len(jets) < 4 or not tags:
            continue
        best = (-1.0, 0.0)
        for trio in itertools.combinations(jets, 3):
            if set(trio) & set(tags):
                vectors = [four_vector(*(of[f"Jet_{n}"][k] for n in ("pt", "eta", "phi", "mass"))) for k in trio]
                x, y, z, e = (sum(parts) for parts in zip(*vectors, strict=True))
                best = max(best, (x * x + y * y, math.sqrt(max(e * e - x * x - y * y - z * z, 0))))
        found[of["event"]] = (min(len(tags), 2), sum(of["Jet_pt"][k] for k in jets), best[1])
    return found


@pytest.mark.parametrize("name", FILES)
def test_selection_agrees_event_by_event_with_a_plain_loop(shared_data, tmp_path, name):
    path = shared_data / "nanoaod" / name
    select_events(path, tmp_path / "events", tmp_path / "cutflow", chosen(FILES[name]), chunk_size=37)
    table = pq.read_table(tmp_path / "events").to_pydict()
    expected = plain_loop(path, FILES[name])
    assert table["event"] == list(expected)
    for number, region, ht, mass in zip(
        table["event"], table["region"], table["ht"], table["trijet_mass"], strict=True
    ):
        assert region == expected[number][0]
        assert (ht, mass) == pytest.approx(expected[number][1:], rel=1e-9)


def test_top_quark_file_fills_both_regions(shared_data, tmp_path):
    select_events(
        shared_data / "nanoaod" / "nano_tt_v12.root", tmp_path / "events", tmp_path / "cutflow",
        chosen("Jet_btagDeepFlavB"),
    )  # fmt: skip
    rows = {row["cut"]: row["raw"] for row in json.loads((tmp_path / "cutflow").read_text())["rows"]}
    assert rows == {"all events": 200, "one lepton": 46, "four jets": 41, "4j1b": 9, "4j2b": 30}


def test_tree_and_ntuple_hold_the_same_selected_events(shared_data, tmp_path):
    for name in ("nano_dimuon.root", "nano_dimuon_rntuple.root"):
        select_events(shared_data / "nanoaod" / name, tmp_path / name, tmp_path / "cutflow", LeptonJets())
    tree, ntuple = (pq.read_table(tmp_path / name) for name in ("nano_dimuon.root", "nano_dimuon_rntuple.root"))
    assert tree.equals(ntuple)


@pytest.mark.parametrize("name", FILES)
def test_kernel_and_awkward_reference_write_the_same_file(shared_data, tmp_path, name):
    for implementation in ("kernel", "awkward"):
        select_events(
            shared_data / "nanoaod" / name, tmp_path / implementation, tmp_path / f"{implementation}.json",
            chosen(FILES[name]), implementation=implementation,
        )  # fmt: skip
    one, other = (pq.read_table(tmp_path / implementation).to_pandas() for implementation in ("kernel", "awkward"))
    assert list(one.columns) == list(other.columns)
    for column in one.columns:
        np.testing.assert_allclose(one[column].astype(float), other[column].astype(float), rtol=1e-9, atol=1e-6)
    assert (tmp_path / "kernel.json").read_text() == (tmp_path / "awkward.json").read_text()


@pytest.fixture(scope="module")
def corrections(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("corrections") / "corrections.json"
    write_corrections(path, Corrections(), Detector())
    return path


@pytest.mark.parametrize("shift", ["nominal", "jes_up", "jer_down"])
def test_chunks_do_not_change_the_result(shared_data, tmp_path, corrections, shift):
    contents = []
    for size in (7, 1_000, 10_000):
        paths = tmp_path / f"events{size}", tmp_path / f"cutflow{size}"
        select_events(
            shared_data / "nanoaod" / "nano_tt_v12.root", *paths, chosen("Jet_btagDeepFlavB"),
            correction_file=corrections, process="ttbar", shift=shift, chunk_size=size,
        )  # fmt: skip
        contents.append((pq.read_table(paths[0]), paths[1].read_text()))
    assert contents[0] == contents[1] == contents[2]


def test_jet_energy_scale_up_raises_jets_and_adds_events(shared_data, tmp_path, corrections):
    heights = {}
    for shift in ("jes_down", "nominal", "jes_up"):
        select_events(
            shared_data / "nanoaod" / "nano_tt_v12.root", tmp_path / shift, tmp_path / "cutflow",
            chosen("Jet_btagDeepFlavB"), correction_file=corrections, process="ttbar", shift=shift,
        )  # fmt: skip
        table = pq.read_table(tmp_path / shift)
        assert {"weight_btag_heavy_up", "weight_w_scale_down"} < set(table.column_names)
        heights[shift] = dict(zip(table["event"].to_pylist(), table["jet1_pt"].to_pylist(), strict=True))
    common = heights["jes_down"].keys() & heights["jes_up"].keys()
    assert common
    assert all(heights["jes_down"][n] < heights["nominal"][n] < heights["jes_up"][n] for n in common)
    assert len(heights["jes_up"]) >= len(heights["jes_down"])


def test_file_without_events_gives_empty_outputs(shared_data, tmp_path, corrections):
    select_events(
        shared_data / "nanoaod" / "nano_dy_empty.root", tmp_path / "events", tmp_path / "cutflow", LeptonJets(),
        correction_file=corrections, process="drell_yan",
    )  # fmt: skip
    assert pq.read_table(tmp_path / "events").num_rows == 0
    assert json.loads((tmp_path / "cutflow").read_text())["rows"][0]["raw"] == 0


def attempt(path: Path, tmp_path: Path) -> None:
    select_events(path, tmp_path / "events", tmp_path / "cutflow", LeptonJets())


def test_missing_branch_is_named(shared_data, tmp_path):
    path = shared_data / "nanoaod" / "nano_tt_v12.root"
    with pytest.raises(MissingBranch, match=r"nano_tt_v12.root.*Jet_btagCSVV2.*near: .*Jet_btagDeepFlavB"):
        attempt(path, tmp_path)


def test_file_without_tree_or_content_is_named(shared_data, tmp_path):
    (tmp_path / "empty.root").touch()
    (tmp_path / "noise.root").write_bytes(bytes(range(256)) * 64)
    for path in (shared_data / "nanoaod" / "bad_delphes.root", tmp_path / "empty.root", tmp_path / "noise.root"):
        with pytest.raises(UnreadableFile, match=path.name):
            attempt(path, tmp_path)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9])
def test_truncated_file_is_an_error(shared_data, tmp_path, part):
    whole = (shared_data / "nanoaod" / "nano_tt_v12.root").read_bytes()
    path = tmp_path / "short.root"
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(UnreadableFile, match=r"short\.root"):
        select_events(path, tmp_path / "events", tmp_path / "cutflow", chosen("Jet_btagDeepFlavB"))

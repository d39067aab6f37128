"""Damaged files: one clear error, or the right numbers; never a hang, never wrong numbers."""

from __future__ import annotations

import signal
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from test_nanoaod import BRANCHES, make_events, write_tree

from analysis.campaign import BTagging, LeptonJets
from analysis.nanoaod import Branch, MissingBranch, UnreadableFile, open_nano, per_object
from analysis.selection.lepton_jets import core_branches

SECONDS = 10
SELECTION = {
    "nano_tt_v12.root": "Jet_btagDeepFlavB",
    "nano_dy.root": "Jet_btagCSVV2",
    "nano_dimuon_rntuple.root": "Jet_btagCSVV2",
}


@pytest.fixture(autouse=True)
def no_hang():
    def stop(*_: object) -> None:
        raise AssertionError(f"still reading after {SECONDS} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


def read(path: Path, branches: list[Branch]) -> dict[str, np.ndarray]:
    with open_nano(path) as file:
        chunks = list(file.chunks(branches, 64))
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0].arrays}


def selection_branches(tag: str) -> list[Branch]:
    return core_branches(LeptonJets(b_tagging=BTagging(branch=tag)))


def outcome(path: Path, content: bytes, branches: list[Branch], expected: dict[str, np.ndarray]) -> str:
    """'error' or 'right'; a wrong result fails the test, and so does an error that does not name the file."""
    path.write_bytes(content)
    signal.alarm(SECONDS)
    try:
        found = read(path, branches)
    except UnreadableFile as error:
        assert path.name in str(error)
        assert len(str(error)) < 500
        return "error"
    assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in expected)
    return "right"


@pytest.mark.parametrize("name", SELECTION)
def test_real_file_truncated_anywhere_is_an_error(shared_data, tmp_path, name):
    whole = (shared_data / "nanoaod" / name).read_bytes()
    branches = selection_branches(SELECTION[name])
    for length in (0, 1, 4, 63, 100, 300, *np.linspace(1000, len(whole) - 1, 25, dtype=int)):
        assert outcome(tmp_path / "short.root", whole[:length], branches, {}) == "error", length


@pytest.mark.parametrize("name", SELECTION)
def test_damage_of_a_real_file_never_changes_the_numbers(shared_data, tmp_path, name):
    whole = (shared_data / "nanoaod" / name).read_bytes()
    branches = selection_branches(SELECTION[name])
    expected = read(shared_data / "nanoaod" / name, branches)
    rng = np.random.default_rng(8)
    for fill in (bytes(512), b"\xff" * 512, rng.bytes(512), rng.bytes(16)):
        place = rng.integers(len(whole) - len(fill))
        content = whole[:place] + fill + whole[place + len(fill) :]
        outcome(tmp_path / "overwritten.root", content, branches, expected)


def compressible(seed: int) -> dict[str, ak.Array | np.ndarray]:
    """Events whose numbers repeat, so that no basket is stored uncompressed (and without a checksum)."""
    made = make_events([2, 0, 3, 1] * 100, seed)
    made["MET_pt"] = np.round(made["MET_pt"])
    made["Jet"] = ak.zip({"pt": np.round(made["Jet"].pt, 0), "jetId": made["Jet"].jetId})
    return made


@pytest.fixture(params=["ZLIB", "LZMA", "LZ4"])
def made_file(request, tmp_path) -> Path:
    """Small files with every compression that protects its content by checksums (ZSTD in ROOT does not)."""
    pieces = [compressible(seed) for seed in range(2)]
    return write_tree(tmp_path / "made.root", pieces, getattr(uproot, request.param)(4))


def check_flips(path: Path, work: Path, branches: list[Branch]) -> None:
    whole, expected = path.read_bytes(), read(path, branches)
    rng = np.random.default_rng(7)
    outcomes = []
    for _ in range(200):
        content = bytearray(whole)
        content[rng.integers(len(whole))] ^= 1 << rng.integers(8)
        outcomes.append(outcome(work / "flipped.root", bytes(content), branches, expected))
    assert outcomes.count("error") > 50


def test_flipped_bits_of_a_tree_never_change_the_numbers(made_file, tmp_path):
    check_flips(made_file, tmp_path, BRANCHES)


def test_flipped_bits_of_an_ntuple_never_change_the_numbers(shared_data, tmp_path):
    name = "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root"
    branches = [
        *(per_object(f"Muon_{name}") for name in ("pt", "eta", "phi", "mass")),
        per_object("Muon_charge", "int32"),
    ]
    check_flips(shared_data / "nanoaod" / name, tmp_path, branches)


def test_truncation_anywhere_is_an_error(made_file, tmp_path):
    whole = made_file.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 100, dtype=int):
        assert outcome(tmp_path / "short.root", whole[:length], BRANCHES, {}) == "error", length


@pytest.mark.parametrize("content", [b"", b"root", b"no file of ROOT", bytes(4096), bytes(range(256)) * 64])
def test_file_of_another_kind_is_an_error(tmp_path, content):
    path = tmp_path / "other.root"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"other\.root"), open_nano(path):
        pass


def test_file_without_the_tree_says_what_it_holds(shared_data, tmp_path):
    with uproot.recreate(tmp_path / "runs.root") as file:
        file["Runs"] = {"run": np.arange(3)}
    for path, content in ((tmp_path / "runs.root", "Runs"), (shared_data / "nanoaod" / "bad_delphes.root", "nothing")):
        message = f"{path.name}.*no TTree or RNTuple 'Events'.*{content}"
        with pytest.raises(UnreadableFile, match=message), open_nano(path):
            pass


def test_basket_that_disagrees_with_its_counter_is_named(tmp_path):
    """The numbers of objects of two events change places: every size still fits, but no offset."""
    path = write_tree(tmp_path / "tree.root", [make_events([1, 2, 3, 4])])
    content = path.read_bytes()
    counts = np.array([1, 2, 3, 4], ">i4").tobytes()
    assert content.count(counts) == 1
    path.write_bytes(content.replace(counts, np.array([2, 1, 3, 4], ">i4").tobytes()))
    with open_nano(path) as file, pytest.raises(UnreadableFile, match=r"tree\.root.*'Jet_pt', basket 0 disagrees"):
        list(file.chunks([per_object("Jet_pt")], 10))


def test_missing_branch_is_an_unreadable_file(shared_data):
    with pytest.raises(MissingBranch) as caught:
        read(shared_data / "nanoaod" / "nano_tt_v12.root", selection_branches("Jet_btagCSVV2"))
    assert isinstance(caught.value, UnreadableFile)
    assert "near: Jet_" in str(caught.value)

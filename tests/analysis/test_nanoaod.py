"""Reading NanoAOD: what comes out of a file is what is in it, whatever its layout."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.nanoaod import Chunk, MissingBranch, UnreachableFile, open_nano, per_event, per_object
from analysis.nanoaod.baskets import BasketReader

COMPRESSIONS = [None, uproot.ZLIB(1), uproot.LZMA(1), uproot.LZ4(4), uproot.ZSTD(5)]
BRANCHES = [
    per_event("event", "uint64"),
    per_event("MET_pt"),
    per_object("Jet_pt"),
    per_object("Jet_jetId", "int32"),
    per_object("Muon_tightId", "bool"),
]


def make_events(counts: list[int], seed: int = 1) -> dict[str, ak.Array | np.ndarray]:
    rng = np.random.default_rng(seed)
    size = sum(counts)
    jets = {"pt": rng.exponential(40, size).astype(np.float32), "jetId": rng.integers(0, 7, size).astype(np.uint8)}
    return {
        "event": np.arange(len(counts), dtype=np.uint64),
        "MET_pt": rng.exponential(40, len(counts)).astype(np.float32),
        "Jet": ak.unflatten(ak.zip(jets), counts),
        "Muon": ak.unflatten(ak.zip({"tightId": rng.random(size) < 0.5}), counts[::-1]),
    }


def write_tree(path: Path, pieces: list[dict], compression: uproot.compression.Compression | None = None) -> Path:
    with uproot.recreate(path, compression=compression) as file:
        tree = file.mktree("Events", {n: getattr(a, "dtype", None) or a.type.content for n, a in pieces[0].items()})
        for piece in pieces:
            tree.extend(piece)
    return path


def joined(chunks: list[Chunk]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """All events of all chunks: flat arrays, and objects per event."""
    arrays = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0].arrays}
    counts = {n: np.concatenate([np.diff(chunk.offsets[n]) for chunk in chunks]) for n in chunks[0].offsets}
    return arrays, counts


def check_equal(path: Path, pieces: list[dict], size: int) -> None:
    with open_nano(path) as file:
        chunks = list(file.chunks(BRANCHES, size))
    assert [chunk.start for chunk in chunks[1:]] == [chunk.stop for chunk in chunks[:-1]]
    arrays, counts = joined(chunks)
    whole = {name: ak.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    expected = {
        "event": whole["event"], "MET_pt": whole["MET_pt"], "Jet_pt": ak.flatten(whole["Jet"].pt),
        "Jet_jetId": ak.flatten(whole["Jet"].jetId), "Muon_tightId": ak.flatten(whole["Muon"].tightId),
    }  # fmt: skip
    for branch in BRANCHES:
        assert arrays[branch.name].dtype == branch.dtype
        assert arrays[branch.name].flags.writeable
        assert arrays[branch.name].tolist() == expected[branch.name].tolist()
    for collection in ("Jet", "Muon"):
        assert counts[collection].tolist() == ak.num(whole[collection]).tolist()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=12), min_size=1, max_size=4),
    size=st.integers(1, 50),
    compression=st.sampled_from(COMPRESSIONS),
)
def test_tree_of_any_baskets_is_read_in_any_chunks(tmp_path, pieces, size, compression):
    made = [make_events(counts, seed) for seed, counts in enumerate(pieces)]
    check_equal(write_tree(tmp_path / "tree.root", made, compression), made, size)


@pytest.mark.parametrize("size", [1, 3, 8, 100])
def test_ntuple_of_several_clusters_is_read_in_any_chunks(tmp_path, size):
    made = [make_events(counts, seed) for seed, counts in enumerate([[1, 0, 3, 2], [0, 0, 1], [4, 4, 0, 0, 1, 2]])]
    flat = [
        {"event": piece["event"], "MET_pt": piece["MET_pt"], "Jet_pt": piece["Jet"].pt,
         "Jet_jetId": piece["Jet"].jetId, "Muon_tightId": piece["Muon"].tightId}
        for piece in made
    ]  # fmt: skip
    with uproot.recreate(tmp_path / "ntuple.root") as file:
        ntuple = file.mkrntuple("Events", flat[0])
        for piece in flat[1:]:
            ntuple.extend(piece)
    check_equal(tmp_path / "ntuple.root", made, size)


@pytest.mark.parametrize("name", ["nano_tt_v12.root", "nano_dy.root", "nanoAOD_2015_CMS_Open_Data_ttbar.root"])
def test_real_files_agree_with_uproot(shared_data, name):
    path = shared_data / "nanoaod" / name
    tree = uproot.open(path)["Events"]
    wanted = ("Electron_", "Muon_", "Jet_", "GenPart_", "GenJet_")
    branches = [
        per_object(branch.name, str(branch.interpretation.content.to_dtype))
        for branch in tree.branches
        if branch.name.startswith(wanted) and isinstance(branch.interpretation, uproot.AsJagged)
    ]
    assert len(branches) > 50
    with open_nano(path) as file:
        arrays, counts = joined(list(file.chunks(branches, 37)))
    for branch in branches:
        expected = tree[branch.name].array()
        assert np.array_equal(arrays[branch.name], ak.flatten(expected), equal_nan=True), branch.name
        assert np.array_equal(counts[branch.collection], ak.num(expected)), branch.name


def test_every_basket_is_decompressed_once_for_small_chunks(tmp_path, monkeypatch):
    made = [make_events([2] * 50, seed) for seed in range(4)]
    path = write_tree(tmp_path / "tree.root", made, uproot.ZSTD(5))
    read: list[str] = []
    original = BasketReader._parse

    def counting(self: BasketReader, raw: memoryview, events: int, where: str):
        read.append(where)
        return original(self, raw, events, where)

    monkeypatch.setattr(BasketReader, "_parse", counting)
    with open_nano(path) as file:
        assert sum(len(chunk) for chunk in file.chunks(BRANCHES, 7)) == 200
    assert len(read) == len(set(read)) == 4 * 7  # five branches and two counters


def test_file_without_events_gives_one_empty_chunk(shared_data):
    with open_nano(shared_data / "nanoaod" / "nano_dy_empty.root") as file:
        (chunk,) = file.chunks([per_event("genWeight"), per_object("Jet_pt")], 10)
    assert len(chunk) == len(chunk["Jet_pt"]) == 0
    assert chunk.offsets["Jet"].tolist() == [0]


def test_absent_branches_are_left_out_only_if_not_required(shared_data):
    with open_nano(shared_data / "nanoaod" / "nano_dimuon.root") as file:
        (chunk,) = file.chunks([per_event("genWeight", required=False), per_object("Muon_pt")], 100)
        assert "genWeight" not in chunk
        with pytest.raises(MissingBranch, match=r"nano_dimuon\.root: 'Events' has no branch 'genWeight'"):
            next(file.chunks([per_event("genWeight")], 100))


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        (per_event("Jet_pt"), "'Jet_pt' has one value per object; one per event is needed"),
        (per_object("MET_pt"), "'MET_pt' has one value per event; one per object is needed"),
        (per_object("Jet_pt", "int32"), "'Jet_pt': numbers of type float32 where int32 is needed"),
        (per_event("event", "uint8"), "'event': numbers of type uint64 that do not fit into uint8"),
    ],
)
def test_branch_of_another_type_is_named(tmp_path, branch, message):
    path = write_tree(tmp_path / "tree.root", [make_events([1, 2] * 300)])
    with open_nano(path) as file, pytest.raises(MissingBranch, match=message) as caught:
        next(file.chunks([branch], 1000))
    assert caught.value.branches == (branch.name,)


def test_integers_of_another_width_are_read_if_they_fit(tmp_path):
    path = write_tree(tmp_path / "tree.root", [make_events([1, 2] * 100)])
    with open_nano(path) as file:
        (chunk,) = file.chunks([per_event("event", "uint8")], 1000)
    assert chunk["event"].tolist() == list(range(200))


class RangeServer(http.server.SimpleHTTPRequestHandler):
    """Serves byte ranges, which Python's own handler does not."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        first, last = 0, len(content) - 1
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(asked[1]), min(int(asked[2] or last), last)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.wfile.write(content[first : last + 1])


@pytest.fixture
def served(tmp_path):
    handler = functools.partial(RangeServer, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_file_behind_a_url_is_read(tmp_path, served):
    made = [make_events([1, 0, 2, 3], seed) for seed in range(3)]
    write_tree(tmp_path / "tree.root", made, uproot.ZSTD(5))
    check_equal(f"{served}/tree.root", made, 5)


def test_unreachable_file_is_not_called_damaged():
    with (
        pytest.raises(UnreachableFile, match=r"nowhere\.root.*try again"),
        open_nano("http://127.0.0.1:9/nowhere.root"),
    ):
        pass


def test_missing_file_is_not_called_damaged(tmp_path):
    with pytest.raises(FileNotFoundError), open_nano(tmp_path / "none.root"):
        pass

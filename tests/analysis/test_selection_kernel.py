"""The compiled kernel: equal to the awkward reference on any events, and usable where nothing can be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.campaign import BTagging, JetCuts, LeptonJets
from analysis.nanoaod import Chunk
from analysis.selection import kernel, reference
from analysis.selection.columns import TWO_B_TAGS

ROOT = Path(__file__).resolve().parents[2]


def make_chunk(counts: dict[str, list[int]], seed: int, tag: str = "Jet_btagCSVV2") -> Chunk:
    """Events that mostly pass, with many numbers exactly at a cut."""
    rng = np.random.default_rng(seed)
    events = len(counts["Jet"])
    chunk = Chunk(0, events, {"genWeight": np.ones(events, np.float32)})

    def near(*values: float, size: int) -> np.ndarray:
        chosen = rng.choice(np.array(values, np.float32), size)
        return np.where(rng.random(size) < 0.3, chosen, chosen * rng.uniform(0.8, 2.0, size)).astype(np.float32)

    for name, numbers in counts.items():
        size = sum(numbers)
        chunk.offsets[name] = np.concatenate([[0], np.cumsum(numbers)]).astype(np.int64)
        columns = {
            "pt": near(30, 40, 80, size=size), "eta": near(0.1, -0.5, 1.5, 2.1, -2.1, 2.4, size=size),
            "phi": rng.uniform(-np.pi, np.pi, size).astype(np.float32), "mass": near(1, 8, 15, size=size),
            "sip3d": near(0.5, 1, 4, size=size), "pfRelIso04_all": near(0.05, 0.15, size=size),
            "cutBased": rng.choice(np.array([3, 4, 4, 4], np.int32), size), "tightId": rng.random(size) < 0.8,
            "jetId": rng.choice(np.array([2, 4, 6, 6, 6, 7], np.int32), size),
            tag.partition("_")[2]: near(0.2, 0.5, 0.9, size=size),
        }  # fmt: skip
        chunk.arrays.update({f"{name}_{column}": values for column, values in columns.items()})
    return chunk


few = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 9)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(events=few, seed=st.integers(0, 2**32), at_least=st.integers(4, 6), cut=st.sampled_from([0.2, 0.5, 0.9]))
def test_kernel_and_reference_agree_on_any_events(events, seed, at_least, cut):
    counts = dict(zip(("Electron", "Muon", "Jet"), (list(n) for n in zip(*events, strict=True)), strict=False))
    chunk = make_chunk(counts or {name: [] for name in ("Electron", "Muon", "Jet")}, seed)
    selection = LeptonJets(jets=JetCuts(at_least=at_least), b_tagging=BTagging(cut=cut))
    one, other = kernel.select(chunk, selection), reference.select(chunk, selection)
    for field in fields(one):
        found, expected = getattr(one, field.name), getattr(other, field.name)
        assert found.dtype == expected.dtype, field.name
        assert found.shape == expected.shape, field.name
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-5, err_msg=field.name)


def test_cuts_are_compared_in_double_precision():
    """2.1 as float32 is below 2.1, and 30 is not above 30."""
    chunk = make_chunk({"Electron": [0, 0], "Muon": [1, 1], "Jet": [4, 4]}, 1)
    chunk.arrays.update({
        "Muon_pt": np.array([31, 31], np.float32), "Muon_eta": np.array([2.1, -2.1], np.float32),
        "Muon_sip3d": np.ones(2, np.float32), "Muon_pfRelIso04_all": np.full(2, 0.1, np.float32),
        "Muon_tightId": np.ones(2, np.bool_),
        "Jet_pt": np.array([40, 40, 40, 40, 40, 40, 40, 30], np.float32), "Jet_eta": np.zeros(8, np.float32),
        "Jet_jetId": np.full(8, 6, np.int32), "Jet_btagCSVV2": np.full(8, 0.9, np.float32),
    })  # fmt: skip
    for select in (kernel.select, reference.select):
        selected = select(chunk, LeptonJets())
        assert selected.last_cut.tolist() == [TWO_B_TAGS, 1]
        assert selected.event.tolist() == [0]


def test_read_only_installation_without_a_home_still_selects(tmp_path):
    """No folder for machine code: it is compiled in memory, and nothing is written beside the source."""
    installed = tmp_path / "installed"
    shutil.copytree(ROOT / "analysis", installed / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    before = sorted(installed.rglob("*"))
    program = (
        "import numba.core.caching as caching\n"
        "def refuse(self): raise OSError('read-only')\n"
        "caching._CacheLocator.ensure_cache_path = refuse\n"
        "from analysis.selection import kernel\n"
        "print(kernel._trijet_mass(__import__('numpy').ones((3, 5)), 3))\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == 0.0
    assert sorted(installed.rglob("*")) == before

"""The dimuon selection and the fit of the Z peak, on real data."""

from __future__ import annotations

import csv
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
import uproot

from analysis.campaign import Dimuon
from analysis.columns import read_columns
from analysis.nanoaod import MissingBranch, UnreadableFile
from analysis.selection.dimuon import MUON_BRANCHES, pair_mass, select_dimuons
from analysis.z_peak import Z_WIDTH, ZFitError, fit_z_peak, measure_z

ROOT = Path(__file__).resolve().parents[2]
MUON_MASS = 0.1056583755  # GeV


@pytest.fixture(scope="module")
def real_masses(shared_data, tmp_path_factory) -> Path:
    """Candidates of the 100,000 real events."""
    out = tmp_path_factory.mktemp("dimuon") / "masses.parquet"
    select_dimuons(shared_data / "agc" / "open-data-example.root", out, Dimuon())
    return out


def four_vector(pt: float, eta: float, phi: float, mass: float) -> tuple[float, float, float, float]:
    x, y, z = pt * math.cos(phi), pt * math.sin(phi), pt * math.sinh(eta)
    return math.sqrt(x * x + y * y + z * z + mass * mass), x, y, z


def plain_mass(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    e, x, y, z = (a + b for a, b in zip(four_vector(*first), four_vector(*second), strict=True))
    return math.sqrt(e * e - x * x - y * y - z * z)


def plain_loop(path: Path, cuts: Dimuon, stop: int | None = None) -> dict[int, float]:
    """Masses by position of the event; one event and one muon at a time."""
    tree = uproot.open(path)["Events"]
    columns = {b.name.removeprefix("Muon_"): tree[b.name].array(entry_stop=stop).tolist() for b in MUON_BRANCHES}
    found = {}
    for entry in range(len(columns["pt"])):
        muons = [{name: values[entry][k] for name, values in columns.items()} for k in range(len(columns["pt"][entry]))]
        good = [m for m in muons if m["pt"] > cuts.muon_pt and abs(m["eta"]) < cuts.muon_abs_eta]
        good.sort(key=lambda m: -m["pt"])
        if len(good) < 2 or good[0]["charge"] == good[1]["charge"]:
            continue
        mass = plain_mass(*((m["pt"], m["eta"], m["phi"], m["mass"]) for m in good[:2]))
        if cuts.mass_window[0] <= mass < cuts.mass_window[1]:
            found[entry] = mass
    return found


def selected(path: Path, out: Path, cuts: Dimuon, **options: int) -> dict[int, float]:
    select_dimuons(path, out, cuts, **options)
    columns = read_columns(out, ["entry", "mass"])
    return dict(zip(columns["entry"].tolist(), columns["mass"].tolist(), strict=True))


LOOSE = Dimuon(muon_pt=1e-3, mass_window=(0.1, 1000.0))


def test_tree_and_rntuple_agree_with_a_plain_loop(shared_data, tmp_path):
    tree, rntuple = (shared_data / "nanoaod" / name for name in ("nano_dimuon.root", "nano_dimuon_rntuple.root"))
    found = selected(tree, tmp_path / "masses.parquet", Dimuon())
    assert found
    assert found == pytest.approx(plain_loop(tree, Dimuon()), rel=1e-6)
    loose = selected(rntuple, tmp_path / "masses.parquet", LOOSE)
    assert loose == pytest.approx(plain_loop(rntuple, LOOSE), rel=1e-6)
    assert len(loose) > len(found)
    assert selected(rntuple, tmp_path / "masses.parquet", Dimuon()) == found


def test_muons_that_the_file_has_not_sorted(shared_data, real_masses):
    expected = plain_loop(shared_data / "agc" / "open-data-example.root", Dimuon(), stop=5000)
    columns = read_columns(real_masses, ["entry", "mass"])
    found = {e: m for e, m in zip(columns["entry"].tolist(), columns["mass"].tolist(), strict=True) if e < 5000}
    assert len(expected) > 300
    assert found == pytest.approx(expected, rel=1e-6)


def test_chunks_do_not_matter(shared_data, tmp_path):
    path = shared_data / "nanoaod" / "Run2012BC_DoubleMuParked_Muons_1000evts_rntuple_v1-0-0-0.root"
    expected = plain_loop(path, Dimuon())
    assert len(expected) > 10
    found = [selected(path, tmp_path / "masses.parquet", Dimuon(), chunk_size=size) for size in (7, 333, 1000)]
    assert found[0] == pytest.approx(expected, rel=1e-6)
    assert found[0] == found[1] == found[2]


def test_mass_of_known_pairs():
    pairs = itertools.pairwise([(45.0, 0.0, 0.0, MUON_MASS), (45.0, 0.0, math.pi, MUON_MASS), (21.0, 2.3, -3.0, 1.0)])
    for first, second in pairs:
        assert pair_mass(np.array(first), np.array(second)) == pytest.approx(plain_mass(first, second), rel=1e-9)
    assert pair_mass((45.0, 0.0, 0.0, 0.0), (45.0, 0.0, math.pi, 0.0)) == pytest.approx(90.0)


def test_z_in_100_000_real_events(real_masses, tmp_path):
    measure_z([real_masses], tmp_path / "z.json", Dimuon().fit_window)
    peak = json.loads((tmp_path / "z.json").read_text())
    assert peak["mass"] == pytest.approx(91.0, abs=0.5)
    assert 0.01 < peak["mass_error"] < 0.1
    assert peak["width"] == Z_WIDTH
    assert 1.0 < peak["resolution"] < 2.0
    assert 0.8 < peak["signal"] / peak["events"] < 1


def test_z_in_10_583_candidates_of_2011(shared_data, real_masses):
    with (shared_data / "z2011" / "Zmumu_Run2011A.csv").open() as file:
        rows = list(csv.DictReader(file))
    sides = [
        [[float(row[f"{name}{side}"]) for name in ("pt", "eta", "phi")] + [MUON_MASS] for row in rows]
        for side in (1, 2)
    ]
    masses = pair_mass(*(tuple(np.array(side).T) for side in sides))
    assert len(masses) == 10_583
    assert masses[:200] == pytest.approx([plain_mass(a, b) for a, b in zip(*sides, strict=True)][:200], rel=1e-6)
    peak = fit_z_peak(masses)
    assert peak.mass == pytest.approx(91.0, abs=0.5)
    other = fit_z_peak(read_columns(real_masses, ["mass"])["mass"])
    assert abs(peak.mass - other.mass) < 4 * math.hypot(peak.mass_error, other.mass_error)


def test_fit_finds_what_was_generated():
    """Masses drawn as Z (Cauchy + normal) at 91.2 GeV, resolution 1.4 GeV, on an exponential background."""
    random = np.random.default_rng(1)
    signal = 91.2 + Z_WIDTH / 2 * random.standard_cauchy(20_000) + 1.4 * random.standard_normal(20_000)
    background = 60 + random.exponential(40, 10_000)
    peak = fit_z_peak(np.concatenate([signal, background]), (75.0, 105.0))
    assert abs(peak.mass - 91.2) < 4 * peak.mass_error
    assert abs(peak.resolution - 1.4) < 4 * peak.resolution_error
    assert peak.signal == pytest.approx(((signal >= 75) & (signal < 105)).sum(), rel=0.05)
    assert 0.8 < peak.mass_error / (1.9 / math.sqrt(20_000)) < 2  # a peak of about 1.9 GeV


def test_file_without_events_has_no_candidates_and_no_peak(shared_data, tmp_path):
    out = tmp_path / "masses.parquet"
    assert selected(shared_data / "nanoaod" / "nano_dy_empty.root", out, Dimuon()) == {}
    with pytest.raises(ZFitError, match=r"0 of 0 dimuon candidates lie between 75 and 105 GeV: at least 50"):
        measure_z([out], tmp_path / "z.json")
    assert not (tmp_path / "z.json").exists()


def damaged(kind: str, good: Path, folder: Path) -> Path:
    content = bytearray(good.read_bytes())
    if kind == "truncated":
        content = content[: len(content) // 2]
    elif kind == "empty":
        content = bytearray()
    elif kind == "corrupt":
        content[100_000:3_000_000] = bytes(byte ^ 0xFF for byte in content[100_000:3_000_000])
    path = folder / f"{kind}.root"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["truncated", "empty", "corrupt"])
def test_damaged_file_is_named_and_leaves_nothing(shared_data, tmp_path, kind):
    path = damaged(kind, shared_data / "agc" / "open-data-example.root", tmp_path)
    with pytest.raises(UnreadableFile) as caught:
        select_dimuons(path, tmp_path / "masses.parquet", Dimuon())
    assert str(path) in str(caught.value)
    assert not (tmp_path / "masses.parquet").exists()


def test_file_without_tree_is_named(shared_data, tmp_path):
    path = shared_data / "nanoaod" / "bad_delphes.root"
    with pytest.raises(UnreadableFile, match="'Events'") as caught:
        select_dimuons(path, tmp_path / "masses.parquet", Dimuon())
    assert str(path) in str(caught.value)


def test_file_without_branch_names_file_and_branch(tmp_path):
    path = tmp_path / "no_charge.root"
    columns = {b.name: np.ones((3, 2), np.float32) for b in MUON_BRANCHES if b.name != "Muon_charge"}
    with uproot.recreate(path) as file:
        file["Events"] = columns
    with pytest.raises(MissingBranch, match="no branch 'Muon_charge'") as caught:
        select_dimuons(path, tmp_path / "masses.parquet", Dimuon())
    assert str(path) in str(caught.value)
    assert caught.value.branches == ("Muon_charge",)


@pytest.fixture
def dimuon_project(project):
    """The tasks of this repository in a project of its own, with an empty store."""
    project.write("tasks/__init__.py", "")
    project.write("tasks/dimuon.py", (ROOT / "tasks" / "dimuon.py").read_text())
    (project.root / "analysis").symlink_to(ROOT / "analysis")
    settings = (project.root / "law.cfg").read_text()
    project.write("law.cfg", settings + "first_party: analysis, tasks\n")
    return project


def test_task_measures_the_z_from_several_files(shared_data, dimuon_project):
    files = [shared_data / "agc" / "open-data-example.root", shared_data / "nanoaod" / "nano_dimuon.root"]
    dimuon_project.run("tasks.dimuon.MeasureZ", "--files", ",".join(map(str, files)))
    assert len(dimuon_project.made("SelectDimuons")) == 2
    (result,) = dimuon_project.made("MeasureZ")
    assert json.loads((dimuon_project.root / "data" / result).read_text())["mass"] == pytest.approx(91.0, abs=0.5)


def test_damaged_file_fails_its_own_branch_only(shared_data, dimuon_project, tmp_path):
    good = shared_data / "agc" / "open-data-example.root"
    bad = damaged("truncated", good, tmp_path)
    printed = dimuon_project.run("tasks.dimuon.MeasureZ", "--files", f"{bad},{good}", code=30)
    assert "truncated.root" in printed
    assert "UnreadableFile" in printed
    assert len(dimuon_project.made("SelectDimuons")) == 1
    assert dimuon_project.made("MeasureZ") == set()

from __future__ import annotations

import itertools
from pathlib import Path

import correctionlib
import numpy as np
import pytest
from correctionlib import schemav2
from pydantic import ValidationError

from analysis import campaign
from analysis.corrections import (
    SHIFTS,
    WEIGHT_VARIATIONS,
    CorrectionError,
    event_weights,
    shifted_jet_pt,
    write_corrections,
)
from analysis.detector.jets import jet_resolution
from analysis.selection.columns import JetColumns, SelectedJets

CORRECTIONS = campaign.Corrections()
DETECTOR = campaign.Detector()
EFFICIENCY = {5: DETECTOR.b_efficiency, 4: DETECTOR.c_mistag, 0: DETECTOR.light_mistag}


@pytest.fixture(scope="module")
def correction_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("corrections") / "corrections.json"
    write_corrections(path, CORRECTIONS, DETECTOR)
    return path


def make_jets(pt, eta, counts=None, gen_pt=None) -> JetColumns:
    pt = np.asarray(pt, np.float32)
    counts = [1] * len(pt) if counts is None else counts
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    phi = np.zeros_like(pt)
    gen = None if gen_pt is None else np.asarray(gen_pt, np.float32)
    return JetColumns(offsets, pt, np.asarray(eta, np.float32), phi, gen)


def numbers(events: int, first: int = 1):
    return (
        np.ones(events, np.uint32),
        np.full(events, 3, np.uint32),
        np.arange(first, first + events, dtype=np.uint64),
    )


def resolution(pt: float, eta: float = 0.0) -> float:
    return float(jet_resolution(np.array([pt]), np.array([eta]), DETECTOR.jet_resolution)[0])


def test_the_file_is_valid_correctionlib_and_always_the_same(correction_file: Path, tmp_path: Path) -> None:
    content = correction_file.read_text()
    schemav2.CorrectionSet.model_validate_json(content)
    opened = correctionlib.CorrectionSet.from_string(content)
    assert opened["btag_scale_factor"].evaluate("heavy_up", 5, 30.0) == 1.05
    assert opened["btag_scale_factor"].evaluate("heavy_up", 4, 30.0) == 1.10
    assert opened["btag_scale_factor"].evaluate("light_down", 0, 250.0) == 0.80
    write_corrections(tmp_path / "again.json", CORRECTIONS, DETECTOR)
    assert (tmp_path / "again.json").read_text() == content


def test_energy_scale_moves_jets_by_their_uncertainty(correction_file: Path) -> None:
    jets = make_jets([10, 40, 80, 400, 40, 40], [0.5, -0.5, 0.5, 0.5, -2.0, 4.0])
    uncertainty = np.array([0.030, 0.030, 0.020, 0.015, 0.040, 0.040])  # outside: the nearest range
    up, down = (shifted_jet_pt(jets, f"jes_{d}", numbers(6), correction_file) for d in ("up", "down"))
    assert np.allclose(up / jets.pt - 1, uncertainty, rtol=1e-12)
    assert np.allclose(1 - down / jets.pt, uncertainty, rtol=1e-12)


def test_nominal_jets_stay_as_they_are(correction_file: Path) -> None:
    jets = make_jets([31.7, 50.1], [0.1, -1.0])
    assert np.array_equal(shifted_jet_pt(jets, "nominal", numbers(2), correction_file), jets.pt)


def test_resolution_changes_by_its_uncertainty(correction_file: Path) -> None:
    size, gen = 40_000, 60.0
    pt = gen * (1 + resolution(gen) * np.random.default_rng(1).normal(size=size).clip(-2.5, 2.5))
    matched = make_jets(pt, np.zeros(size), gen_pt=np.full(size, gen))
    spread = (matched.pt.astype(float) - gen).std()
    for direction, factor in (("up", 1.10), ("down", 0.90)):
        smeared = shifted_jet_pt(matched, f"jer_{direction}", numbers(size), correction_file)
        inside = np.abs(matched.pt - gen) < 3 * 0.95 * resolution(gen) * matched.pt
        expected = gen + factor * (matched.pt.astype(float) - gen)
        assert np.allclose(smeared[inside], expected[inside], rtol=1e-9)
        assert smeared.std() == pytest.approx(factor * spread, rel=0.05)


@pytest.mark.parametrize("eta", [0.0, -1.5, 2.7, 4.0, 6.0])
def test_the_resolution_is_that_of_the_simulated_detector(correction_file: Path, eta: float) -> None:
    opened = correctionlib.CorrectionSet.from_file(str(correction_file))
    for pt in (16.0, 45.0, 500.0):
        assert opened["jer_resolution"].evaluate(abs(eta), pt) == pytest.approx(resolution(pt, eta), rel=1e-12)


def test_jets_without_generator_jet_are_smeared_up_but_never_sharpened(correction_file: Path) -> None:
    size = 40_000
    jets = make_jets(np.full(size, 60.0), np.zeros(size), gen_pt=np.zeros(size))
    smeared = shifted_jet_pt(jets, "jer_up", numbers(size), correction_file)
    assert smeared.std() / 60 == pytest.approx(resolution(60) * np.sqrt(1.1**2 - 1), rel=0.03)
    assert smeared.mean() == pytest.approx(60, abs=0.1)
    assert np.array_equal(shifted_jet_pt(jets, "jer_down", numbers(size), correction_file), jets.pt)


def test_smearing_depends_on_neither_chunks_nor_order(correction_file: Path) -> None:
    counts = np.random.default_rng(2).integers(0, 6, 300)
    size = int(counts.sum())
    pt = np.random.default_rng(3).uniform(15, 200, size)
    whole = shifted_jet_pt(make_jets(pt, np.zeros(size), counts), "jer_up", numbers(300), correction_file)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    pieces = {}
    for start in (200, 0, 100):
        rows = slice(bounds[start], bounds[start + 100])
        jets = make_jets(pt[rows], np.zeros(size)[rows], counts[start : start + 100])
        pieces[start] = shifted_jet_pt(jets, "jer_up", numbers(100, start + 1), correction_file)
    assert np.array_equal(np.concatenate([pieces[0], pieces[100], pieces[200]]), whole)
    assert len(np.unique(whole)) == size


def test_smeared_jets_keep_a_momentum(correction_file: Path) -> None:
    jets = make_jets(np.full(2000, 0.5), np.zeros(2000))  # the resolution is six times the momentum
    assert (shifted_jet_pt(jets, "jer_up", numbers(2000), correction_file) >= 0.01 - 1e-12).all()


@pytest.mark.parametrize("shift", SHIFTS)
def test_no_jets_are_fine_in_every_shift(correction_file: Path, shift: str) -> None:
    jets = make_jets([], [], counts=[0, 0])
    assert shifted_jet_pt(jets, shift, numbers(2), correction_file).shape == (0,)


def make_selected(flavours, tags, pt=None) -> SelectedJets:
    """Events with the same number of jets each: arrays of shape (events, jets)."""
    flavours, tags = np.asarray(flavours, np.int32), np.asarray(tags, bool)
    events, jets = flavours.shape
    pt = np.full((events, jets), 40.0) if pt is None else np.asarray(pt)
    offsets = np.arange(events + 1) * jets
    return SelectedJets(offsets, pt.ravel(), np.zeros(events * jets), tags.ravel(), flavours.ravel())


def test_weights_are_products_of_scale_factors(correction_file: Path) -> None:
    selected = make_selected([[5, 0, 4], [5, 5, 0]], [[True, False, False], [False, True, True]])
    b, c, light = EFFICIENCY[5], EFFICIENCY[4], EFFICIENCY[0]
    weights = event_weights(selected, "ttbar", correction_file)
    heavy = [1.05 * (1 - 1.10 * c) / (1 - c), (1 - 1.05 * b) / (1 - b) * 1.05]
    assert weights["btag_heavy_up"] == pytest.approx(heavy, rel=1e-12)
    assert weights["btag_light_down"] == pytest.approx([(1 - 0.85 * light) / (1 - light), 0.85], rel=1e-12)
    assert weights["nominal"].tolist() == [1.0, 1.0]
    assert set(weights) == {"nominal", *WEIGHT_VARIATIONS}


def test_reweighting_turns_the_simulated_efficiency_into_that_of_data(correction_file: Path) -> None:
    """Over all possible tags of the jets: the total stays 1, the tag rate becomes SF times efficiency."""
    flavours = np.array([5, 5, 4, 0])
    tags = np.array(list(itertools.product([False, True], repeat=4)))
    efficiency = np.array([EFFICIENCY[flavour] for flavour in flavours])
    probability = np.where(tags, efficiency, 1 - efficiency).prod(axis=1)
    weights = event_weights(make_selected(np.tile(flavours, (16, 1)), tags), "ttbar", correction_file)
    scale = {"btag_heavy_up": [1.05, 1.05, 1.10, 1.0], "btag_light_up": [1.0, 1.0, 1.0, 1.15]}
    for name, factors in scale.items():
        assert (probability * weights[name]).sum() == pytest.approx(1.0, rel=1e-12)
        rate = (probability * weights[name]) @ tags
        assert rate == pytest.approx(efficiency * factors, rel=1e-12)


def test_the_w_scale_moves_w_plus_jets_only(correction_file: Path) -> None:
    selected = make_selected([[5, 0]], [[True, False]])
    wjets = event_weights(selected, "wjets", correction_file)
    assert (wjets["w_scale_up"][0], wjets["w_scale_down"][0]) == (1.025, 0.975)
    ttbar = event_weights(selected, "ttbar", correction_file)
    assert (ttbar["w_scale_up"][0], ttbar["w_scale_down"][0]) == (1.0, 1.0)


def test_no_selected_event_gives_empty_weights(correction_file: Path) -> None:
    weights = event_weights(make_selected(np.empty((0, 4)), np.empty((0, 4))), "ttbar", correction_file)
    assert all(weight.shape == (0,) for weight in weights.values())


def test_a_perfect_tagger_gives_finite_weights(tmp_path: Path) -> None:
    detector = DETECTOR.model_copy(update={"b_efficiency": 1.0})
    write_corrections(tmp_path / "c.json", CORRECTIONS, detector)
    weights = event_weights(make_selected([[5, 5]], [[True, True]]), "ttbar", tmp_path / "c.json")
    assert weights["btag_heavy_down"] == pytest.approx([0.95**2])


def test_an_unknown_shift_and_a_broken_file_are_named(correction_file: Path, tmp_path: Path) -> None:
    jets = make_jets([40], [0])
    with pytest.raises(CorrectionError, match=r"unknown jet shift 'jes_sideways' .*jes_up"):
        shifted_jet_pt(jets, "jes_sideways", numbers(1), correction_file)
    broken = tmp_path / "broken.json"
    broken.write_text(correction_file.read_text()[:200])
    with pytest.raises(CorrectionError, match=r"broken\.json: not a correctionlib file"):
        shifted_jet_pt(jets, "jes_up", numbers(1), broken)
    with pytest.raises(CorrectionError, match=r"absent\.json: not a correctionlib file"):
        shifted_jet_pt(jets, "jes_up", numbers(1), tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("section", "values", "complaint"),
    [
        (campaign.JetCorrections, {"pt_edges": [20, 50]}, "2 rows .* of 1 values"),
        (campaign.JetCorrections, {"abs_eta_edges": [1.3, 0.0]}, "increasing"),
        (campaign.JetCorrections, {"resolution_uncertainty": [0.1]}, "2 values"),
        (campaign.BTagCorrections, {"heavy_uncertainty": [0.1]}, "'heavy_uncertainty' needs 3 values"),
        (campaign.BTagCorrections, {"charm_inflation": 30}, "above 1"),
    ],
)
def test_tables_of_the_wrong_shape_are_refused(section, values, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        section(**values)

from __future__ import annotations

import json
from pathlib import Path

import boost_histogram as bh
import hist
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_events import WEIGHTS, make_events, part, write_columns, write_parts

from analysis.campaign import Observable
from analysis.columns import ColumnError
from analysis.histograms import HistogramError, fill_histograms, read_histograms, write_histograms
from analysis.templates import read_histograms as read_templates

OBSERVABLES = {
    "ht_4j1b": Observable(column="ht", region="4j1b", label="$H_T$"),
    "trijet_mass_4j2b": Observable(column="trijet_mass", region="4j2b", label="$m_{bjj}$"),
    "score_4j2b": Observable(column="score", region="4j2b", bins=20, low=0, high=1, label="score", unit=""),
}
NO_SCORE = {name: OBSERVABLES[name] for name in ("ht_4j1b", "trijet_mass_4j2b")}
REGION_CODE = {"4j1b": 1, "4j2b": 2}


def scores_of(columns, seed: int = 5):
    ids = {name: columns[name] for name in ("run", "luminosityBlock", "event")}
    random = np.random.default_rng(seed).random(len(columns["event"]))
    return ids | {"score": random.astype(np.float32)}


@pytest.fixture
def filled(tmp_path: Path):
    """Nominal and jes_up events with scores, and the histograms of them times 0.5."""
    made, files = {}, {}
    for shift, weights in (("nominal", WEIGHTS), ("jes_up", ())):
        columns = make_events(5000, seed=len(shift), weights=weights)
        events = write_columns(tmp_path / f"{shift}.parquet", columns)
        scores = write_columns(tmp_path / f"{shift}_scores.parquet", scores_of(columns))
        made[shift] = columns | {"score": scores_of(columns)["score"]}
        files[shift] = [(events, scores)]
    fill_histograms(files, 0.5, OBSERVABLES, tmp_path / "histograms.json")
    return made, read_histograms(tmp_path / "histograms.json")


def test_sums_of_weights_are_those_of_numpy(filled) -> None:
    made, histograms = filled
    variations = {"nominal": ("nominal", "weight"), "jes_up": ("jes_up", "weight")}
    variations |= {name: ("nominal", f"weight_{name}") for name in WEIGHTS}
    for name, observable in OBSERVABLES.items():
        assert set(histograms[name].axes["variation"]) == set(variations)
        for variation, (shift, column) in variations.items():
            inside = made[shift]["region"] == REGION_CODE[observable.region]
            values = made[shift][observable.column][inside].astype(np.float64)
            weights = 0.5 * made[shift][column][inside]
            edges = np.linspace(observable.low, observable.high, observable.bins + 1)
            found = histograms[name][variation, :]
            sums, squares = (np.histogram(values, edges, weights=w)[0] for w in (weights, weights**2))
            assert np.allclose(found.values(), sums, rtol=1e-12)
            assert np.allclose(found.variances(), squares, rtol=1e-12)
            assert np.isclose(found.view(flow=True)["value"].sum(), weights.sum(), rtol=1e-12)


def test_bins_are_those_of_boost_histogram_even_at_edges_and_beyond(tmp_path: Path) -> None:
    edges = [50, 70, 69.99999, 90, 549.9999, 550, 49.9999]
    special = np.array([*edges, -1, 1e9, np.inf, -np.inf, np.nan], np.float32)
    columns = make_events(len(special)) | {"ht": special, "region": np.ones(len(special), np.int8)}
    events = write_columns(tmp_path / "events.parquet", columns)
    fill_histograms({"nominal": [(events, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")
    reference = bh.Histogram(bh.axis.Regular(25, 50, 550), storage=bh.storage.Weight())
    reference.fill(special, weight=columns["weight"])
    found = read_histograms(tmp_path / "h.json")["ht_4j1b"]["nominal", :]
    assert np.allclose(found.values(flow=True), reference.values(flow=True), rtol=1e-14)
    assert np.allclose(found.variances(flow=True), reference.variances(flow=True), rtol=1e-14)


@pytest.mark.parametrize("size", [1_000, 10_000])
def test_the_file_is_the_same_for_every_split_and_order(tmp_path: Path, size: int) -> None:
    columns = make_events(10_000)
    shuffled = part(columns, np.random.default_rng(3).permutation(10_000))
    whole = write_columns(tmp_path / "whole.parquet", columns)
    parts = write_parts(tmp_path / "parts", shuffled, size)
    fill_histograms({"nominal": [(whole, None)]}, 0.1, NO_SCORE, tmp_path / "whole.json")
    fill_histograms({"nominal": [(p, None) for p in reversed(parts)]}, 0.1, NO_SCORE, tmp_path / "parts.json")
    assert (tmp_path / "whole.json").read_bytes() == (tmp_path / "parts.json").read_bytes()


def test_no_event_gives_empty_histograms_with_all_variations(tmp_path: Path) -> None:
    events = write_columns(tmp_path / "events.parquet", make_events(0))
    fill_histograms({"nominal": [(events, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")
    histogram = read_histograms(tmp_path / "h.json")["ht_4j1b"]
    assert list(histogram.axes["variation"]) == ["nominal", *WEIGHTS]
    assert histogram.sum(flow=True).value == 0


def test_real_data_have_the_nominal_variation_only(tmp_path: Path) -> None:
    events = write_columns(tmp_path / "events.parquet", make_events(10, weights=()))
    fill_histograms({"nominal": [(events, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")
    assert list(read_histograms(tmp_path / "h.json")["ht_4j1b"].axes["variation"]) == ["nominal"]


def test_scores_of_other_events_are_refused(tmp_path: Path) -> None:
    columns = make_events(10)
    events = write_columns(tmp_path / "events.parquet", columns)
    scores = write_columns(tmp_path / "scores.parquet", scores_of(part(columns, slice(None, None, -1))))
    with pytest.raises(ColumnError, match=r"scores\.parquet: .* are not those of .*events\.parquet"):
        fill_histograms({"nominal": [(events, scores)]}, 1.0, OBSERVABLES, tmp_path / "h.json")


def test_files_with_other_weights_than_their_neighbours_are_refused(tmp_path: Path) -> None:
    first = write_columns(tmp_path / "first.parquet", make_events(5))
    second = write_columns(tmp_path / "second.parquet", make_events(5, weights=WEIGHTS[:2]))
    with pytest.raises(HistogramError, match=r"second\.parquet: weight variations"):
        fill_histograms({"nominal": [(first, None), (second, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")


def test_a_weight_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    columns = make_events(5)
    columns["weight_btag_heavy_up"][2] = np.nan
    events = write_columns(tmp_path / "events.parquet", columns)
    with pytest.raises(HistogramError, match=r"events\.parquet: .*not finite.*weight_btag_heavy_up"):
        fill_histograms({"nominal": [(events, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")


def test_a_missing_column_and_a_broken_file_are_named(tmp_path: Path) -> None:
    columns = make_events(5)
    del columns["ht"]
    events = write_columns(tmp_path / "events.parquet", columns)
    with pytest.raises(ColumnError, match=r"events\.parquet: no column 'ht'"):
        fill_histograms({"nominal": [(events, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(events.read_bytes()[:-50])
    with pytest.raises(ColumnError, match=r"broken\.parquet: not a readable Parquet file"):
        fill_histograms({"nominal": [(broken, None)]}, 1.0, NO_SCORE, tmp_path / "h.json")


def test_templates_read_what_histograms_write(tmp_path: Path, filled) -> None:
    _, histograms = filled
    write_histograms(histograms, tmp_path / "h.json")
    template = read_templates(tmp_path / "h.json")["ht_4j1b"]["btag_heavy_up"]
    assert np.array_equal(template.values, histograms["ht_4j1b"]["btag_heavy_up", :].values(flow=True))
    assert np.array_equal(template.variances, histograms["ht_4j1b"]["btag_heavy_up", :].variances(flow=True))


numbers = st.floats(-1e12, 1e12, allow_nan=False)


@settings(max_examples=50)
@given(st.lists(st.tuples(numbers, st.floats(0, 1e12)), min_size=10, max_size=10), st.text(max_size=20))
def test_histograms_come_back_bit_by_bit(tmp_path_factory, cells, label) -> None:
    axes = (
        hist.axis.StrCategory(["nominal", "jes_up"], name="variation", overflow=False),
        hist.axis.Regular(3, 0.1, 0.7, name="x", label=label),
    )
    histogram = hist.Hist(*axes, storage=hist.storage.Weight(), name="shape")
    view = histogram.view(flow=True)
    view["value"] = np.array([value for value, _ in cells]).reshape(2, 5)
    view["variance"] = np.array([variance for _, variance in cells]).reshape(2, 5)
    path = tmp_path_factory.getbasetemp() / "round_trip.json"
    write_histograms({"shape": histogram}, path)
    back = read_histograms(path)["shape"]
    assert back == histogram
    assert back.axes["x"].label == histogram.axes["x"].label


def test_a_file_that_holds_no_histograms_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"ht": [1, 2, 3]}))
    with pytest.raises(HistogramError, match=r"other\.json: not a file of UHI histograms"):
        read_histograms(path)

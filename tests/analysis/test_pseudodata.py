from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_events import Columns, make_events, part, write_columns, write_parts

from analysis.campaign import Observable
from analysis.histograms import read_histograms
from analysis.normalisation import Normalisation
from analysis.pseudodata import PseudoDataError, PseudoDataSample, draw_pseudodata

OBSERVABLES = {
    "ht_4j1b": Observable(column="ht", region="4j1b", label="$H_T$"),
    "trijet_mass_4j2b": Observable(column="trijet_mass", region="4j2b", label="$m_{bjj}$"),
}
GENERATED = 10_000


def scaled_by(factor: float, generated: int = GENERATED) -> Normalisation:
    """A normalisation that multiplies the weights by `factor`."""
    return Normalisation(factor * generated, 0.0, 1.0, generated, generated)


def make_sample(folder: Path, columns: Columns, factor: float, name: str = "events.parquet"):
    return PseudoDataSample([(write_columns(folder / name, columns), None)], scaled_by(factor))


def unweighted(size: int) -> Columns:
    return make_events(size) | {"weight": np.ones(size)}


def test_counts_are_integers_that_add_up(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, unweighted(3000), 0.3)
    drawn = draw_pseudodata({"ttbar": sample}, OBSERVABLES, tmp_path / "h.json", seed=1)
    histograms = read_histograms(tmp_path / "h.json")
    for name, observable in OBSERVABLES.items():
        histogram = histograms[name]
        assert list(histogram.axes["variation"]) == ["nominal"]
        values = histogram.values(flow=True)
        assert np.array_equal(values, np.round(values))
        assert np.array_equal(values, histogram.variances(flow=True))
        assert values.sum() == drawn["ttbar"][observable.region]


def test_counts_are_poisson_distributed(tmp_path: Path) -> None:
    """120 independent samples of 400 generated events, 360 of them selected, 270 expected, on average.

    Accepting each event by its weight would give a variance of a third of the mean.
    """
    totals = []
    for seed in range(120):
        size = np.random.default_rng(seed).binomial(400, 0.9)
        events = write_columns(tmp_path / "events.parquet", unweighted(size))
        sample = PseudoDataSample([(events, None)], scaled_by(0.75, 400))
        drawn = draw_pseudodata({"ttbar": sample}, {}, tmp_path / "h.json", seed=seed)
        totals.append(sum(drawn["ttbar"].values()))
    assert np.mean(totals) == pytest.approx(270, abs=4 * np.sqrt(270 / 120))
    assert np.var(totals) / np.mean(totals) == pytest.approx(1.0, abs=4 * np.sqrt(2 / 120))


def test_weights_shape_what_is_drawn(tmp_path: Path) -> None:
    columns = unweighted(8000)
    columns["weight"] = np.where(columns["region"] == 1, 0.25, 1.0)
    sample = make_sample(tmp_path, columns, 0.5)
    drawn = draw_pseudodata({"ttbar": sample}, OBSERVABLES, tmp_path / "h.json", seed=4)["ttbar"]
    expected = {"4j1b": 0.125 * (columns["region"] == 1).sum(), "4j2b": 0.5 * (columns["region"] == 2).sum()}
    for region, mean in expected.items():
        assert drawn[region] == pytest.approx(mean, abs=4 * np.sqrt(mean))


def test_the_same_seed_draws_the_same_events_in_any_order_and_split(tmp_path: Path) -> None:
    columns = make_events(4000)
    draw_pseudodata({"ttbar": make_sample(tmp_path, columns, 0.2)}, OBSERVABLES, tmp_path / "a.json", seed=9)
    parts = write_parts(tmp_path / "parts", part(columns, np.random.default_rng(1).permutation(4000)), 700)
    split = PseudoDataSample([(path, None) for path in parts], scaled_by(0.2))
    draw_pseudodata({"ttbar": split}, OBSERVABLES, tmp_path / "b.json", seed=9)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    draw_pseudodata({"ttbar": split}, OBSERVABLES, tmp_path / "c.json", seed=10)
    assert (tmp_path / "a.json").read_bytes() != (tmp_path / "c.json").read_bytes()


def test_samples_with_the_same_event_numbers_are_drawn_independently(tmp_path: Path) -> None:
    columns = unweighted(4000)
    sample = make_sample(tmp_path, columns, 0.5)
    numbered = {"n": Observable(column="event", region="4j1b", bins=4000, low=0.5, high=4000.5, label="n")}
    for name in ("ttbar", "wjets"):
        draw_pseudodata({name: sample}, numbered, tmp_path / f"{name}.json", seed=2)
    first, second = (read_histograms(tmp_path / f"{name}.json")["n"].values() for name in ("ttbar", "wjets"))
    both = ((first > 0) & (second > 0)).sum()
    assert both == pytest.approx(0.25 * (columns["region"] == 1).sum(), abs=100)


def test_a_sample_without_selected_events_contributes_nothing(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, make_events(0), 0.3)
    drawn = draw_pseudodata({"wjets": sample}, OBSERVABLES, tmp_path / "h.json", seed=1)
    assert drawn == {"wjets": {"4j1b": 0, "4j2b": 0}}


def test_a_sample_that_is_too_small_says_how_many_events_are_needed(tmp_path: Path) -> None:
    sample = make_sample(tmp_path, unweighted(100), 1.5)
    with pytest.raises(PseudoDataError, match=r"'ttbar' is too small .* up to 1\.5 events.* 3 times as many"):
        draw_pseudodata({"ttbar": sample}, OBSERVABLES, tmp_path / "h.json", seed=1)
    assert not (tmp_path / "h.json").exists()


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    negative = make_events(10)
    negative["weight"][3] = -1.0
    with pytest.raises(PseudoDataError, match="'ttbar': weights that are negative"):
        draw_pseudodata({"ttbar": make_sample(tmp_path, negative, 0.1)}, OBSERVABLES, tmp_path / "h", seed=1)
    twice = make_events(10)
    twice["event"][3] = twice["event"][4]
    with pytest.raises(PseudoDataError, match="'ttbar' has events of the same run, block and number"):
        draw_pseudodata({"ttbar": make_sample(tmp_path, twice, 0.1)}, OBSERVABLES, tmp_path / "h", seed=1)
    with pytest.raises(PseudoDataError, match="no event file"):
        nothing = PseudoDataSample([], scaled_by(0.1))
        draw_pseudodata({"ttbar": nothing}, OBSERVABLES, tmp_path / "h", seed=1)

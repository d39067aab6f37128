from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow.parquet as pq
import pytest
from made_events import Columns, make_events, part, write_columns, write_parts
from sklearn.ensemble import GradientBoostingClassifier

from analysis import campaign
from analysis.classifier import (
    ClassifierError,
    ScoreMismatchError,
    TrainingSample,
    evaluate_classifier,
    train_classifier,
    training,
)
from analysis.classifier.quality import area_error, roc_points, separation
from analysis.columns import ColumnError

SETTINGS = campaign.Classifier(features=("ht", "trijet_mass", "n_jets", "met"), trees=12)


def make_classes(size: int = 1500) -> dict[str, Columns]:
    return {
        "ttbar": make_events(size, seed=1, mass=172.5),
        "wjets": make_events(size, seed=2, mass=240.0),
        "drell_yan": make_events(size // 3, seed=3, mass=260.0),
    }


def write_samples(folder: Path, classes: dict[str, Columns]) -> list[TrainingSample]:
    folder.mkdir(parents=True, exist_ok=True)
    return [
        TrainingSample((write_columns(folder / f"{name}.parquet", columns),), name == "ttbar", 0.5)
        for name, columns in classes.items()
    ]


@dataclass(frozen=True)
class Trained:
    folder: Path
    samples: Sequence[TrainingSample]
    classes: dict[str, Columns]

    @property
    def model(self) -> Path:
        return self.folder / "model.onnx"

    @property
    def summary(self) -> dict:
        return json.loads((self.folder / "summary.json").read_text())

    def score(self, events: Path, name: str = "scores.parquet") -> np.ndarray:
        evaluate_classifier(events, self.model, self.folder / name)
        return pq.read_table(self.folder / name)["score"].to_numpy()


def train(folder: Path, samples: Sequence[TrainingSample], settings=SETTINGS, seed: int = 5) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    train_classifier(samples, folder / "model.onnx", folder / "summary.json", settings, seed=seed)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Trained:
    folder = tmp_path_factory.mktemp("classifier")
    classes = make_classes()
    samples = write_samples(folder, classes)
    train(folder, samples)
    return Trained(folder, samples, classes)


def reference(trained: Trained, parity: int) -> GradientBoostingClassifier:
    """The model of one half, trained anew without the project's code."""
    rows, signal, weight = [], [], []
    for name, columns in trained.classes.items():
        rows.append(np.stack([columns[f].astype(np.float32) for f in SETTINGS.features], axis=1))
        signal.append(np.full(len(rows[-1]), name == "ttbar"))
        weight.append(np.abs(columns["weight"]))
    x, y, w = np.concatenate(rows), np.concatenate(signal), np.concatenate(weight)
    for of_class in (y, ~y):
        w[of_class] *= 0.5 * len(w) / w[of_class].sum()
    half = np.concatenate([columns["event"] % 2 == parity for columns in trained.classes.values()])
    trees = GradientBoostingClassifier(
        n_estimators=SETTINGS.trees, max_depth=SETTINGS.depth, learning_rate=SETTINGS.learning_rate
    )
    return trees.fit(x[half], y[half], w[half])


def test_no_event_is_scored_by_a_model_that_has_seen_it(trained: Trained) -> None:
    """Scores of even events are those of a model of odd ones only, and the other way round."""
    score = trained.score(trained.samples[0].files[0])
    columns = trained.classes["ttbar"]
    features = np.stack([columns[f].astype(np.float32) for f in SETTINGS.features], axis=1)
    for parity in (0, 1):
        mine = columns["event"] % 2 == parity
        unseen = reference(trained, 1 - parity).predict_proba(features[mine])[:, 1]
        seen = reference(trained, parity).predict_proba(features[mine])[:, 1]
        assert np.abs(score[mine] - unseen).max() < 1e-5
        assert np.abs(score[mine] - seen).max() > 1e-2


def test_scores_agree_with_the_trainer_and_the_summary_says_so(trained: Trained) -> None:
    assert 0 <= trained.summary["score_difference"] < 1e-5


def test_the_trees_split_on_mass_and_separate(trained: Trained) -> None:
    summary = trained.summary
    assert max(summary["importances"], key=summary["importances"].get) == "trijet_mass"
    assert summary["auc"] > 0.8
    assert summary["auc_of_training_events"] > summary["auc"]
    assert abs(summary["halves"]["scored_even"]["auc"] - summary["halves"]["scored_odd"]["auc"]) < 0.06
    assert summary["events"]["signal"]["raw"] == 1500
    assert summary["events"]["background"]["raw"] == 2000
    roc = summary["roc"]
    assert np.trapezoid(roc["signal"], roc["background"]) == pytest.approx(summary["auc"], abs=2e-3)


def test_the_same_events_give_the_same_bytes_however_they_are_split(trained: Trained, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    samples = []
    for name, columns in trained.classes.items():
        shuffled = part(columns, random.permutation(len(columns["event"])))
        files = tuple(write_parts(tmp_path / name, shuffled, 400))
        samples.append(TrainingSample(files, name == "ttbar", 0.5))
    train(tmp_path / "again", samples)
    for name in ("model.onnx", "summary.json"):
        assert (tmp_path / "again" / name).read_bytes() == (trained.folder / name).read_bytes()


def test_one_file_says_what_it_needs(trained: Trained) -> None:
    session = onnxruntime.InferenceSession(trained.model)
    assert [(i.name, i.shape[1:]) for i in session.get_inputs()] == [("features", [4]), ("event", [])]
    assert [o.name for o in session.get_outputs()] == ["score"]
    assert json.loads(session.get_modelmeta().custom_metadata_map["features"]) == list(SETTINGS.features)


def test_scores_keep_the_order_and_numbers_of_the_events(trained: Trained, tmp_path: Path) -> None:
    columns = trained.classes["wjets"]
    order = np.random.default_rng(1).permutation(len(columns["event"]))
    shuffled = write_columns(tmp_path / "shuffled.parquet", part(columns, order))
    straight = trained.score(trained.samples[1].files[0])
    assert np.array_equal(trained.score(shuffled), straight[order])
    table = pq.read_table(trained.folder / "scores.parquet")
    assert table.column_names == ["run", "luminosityBlock", "event", "score"]
    assert np.array_equal(table["event"].to_numpy(), columns["event"][order])
    assert table.schema.field("event").type == "uint64"


def test_threads_do_not_change_scores(trained: Trained, tmp_path: Path, monkeypatch) -> None:
    events = trained.samples[0].files[0]
    single = trained.score(events)
    for threads in (2, 3, 2000):
        evaluate_classifier(events, trained.model, tmp_path / "s.parquet", threads=threads)
        assert np.array_equal(pq.read_table(tmp_path / "s.parquet")["score"].to_numpy(), single)
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    with pytest.raises(ClassifierError, match="OMP_NUM_THREADS is 'many'"):
        evaluate_classifier(events, trained.model, tmp_path / "s.parquet")


def test_no_event_gives_no_score(trained: Trained, tmp_path: Path) -> None:
    empty = write_columns(tmp_path / "empty.parquet", make_events(0))
    assert trained.score(empty).shape == (0,)


def test_an_empty_file_among_others_does_not_disturb_the_training(trained: Trained, tmp_path: Path) -> None:
    empty = write_columns(tmp_path / "empty.parquet", make_events(0))
    first = trained.samples[0]
    samples = [TrainingSample((empty, *first.files), True, 0.5), *trained.samples[1:]]
    train(tmp_path / "again", samples)
    assert (tmp_path / "again" / "model.onnx").read_bytes() == trained.model.read_bytes()


def test_too_few_events_say_which_and_how_many(trained: Trained, tmp_path: Path) -> None:
    few = write_columns(tmp_path / "few.parquet", make_events(60))
    with pytest.raises(ClassifierError, match="30 signal events with even event number are too few"):
        train(tmp_path, [TrainingSample((few,), True), *trained.samples[1:]])
    with pytest.raises(ClassifierError, match="0 background events with even event number"):
        train(tmp_path, trained.samples[:1])
    with pytest.raises(ClassifierError, match="no event file"):
        train(tmp_path, [])
    assert not (tmp_path / "model.onnx").exists()


def test_missing_columns_and_values_that_are_not_finite_are_named(trained: Trained, tmp_path: Path) -> None:
    columns = make_events(10)
    columns["met"][4] = np.inf
    broken = write_columns(tmp_path / "broken.parquet", columns)
    with pytest.raises(ClassifierError, match=r"broken\.parquet: values that are not finite in met"):
        trained.score(broken)
    del columns["met"]
    lacking = write_columns(tmp_path / "lacking.parquet", columns)
    with pytest.raises(ColumnError, match=r"lacking\.parquet: no column 'met'"):
        trained.score(lacking)


def test_a_file_that_is_no_model_is_named(trained: Trained, tmp_path: Path) -> None:
    events = trained.samples[0].files[0]
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(trained.model.read_bytes()[:1000])
    for model in (cut, tmp_path / "absent.onnx"):
        with pytest.raises(ClassifierError, match=rf"{model.stem}\.onnx: not a usable ONNX model"):
            evaluate_classifier(events, model, tmp_path / "scores.parquet")


def test_an_export_with_other_scores_is_refused(trained: Trained, tmp_path: Path, monkeypatch) -> None:
    """Were the models of the halves exchanged in the file, training would fail and write nothing."""
    original = training.onnx_model
    monkeypatch.setattr(training, "onnx_model", lambda even, odd, features: original(odd, even, features))
    with pytest.raises(ScoreMismatchError, match="differ by up to"):
        train(tmp_path, trained.samples)
    assert list(tmp_path.iterdir()) == []


def test_negative_weights_count_with_their_magnitude(trained: Trained, tmp_path: Path) -> None:
    classes = {name: dict(columns) for name, columns in trained.classes.items()}
    sign = np.where(np.arange(len(classes["wjets"]["weight"])) % 10 == 0, -1, 1)
    classes["wjets"]["weight"] = classes["wjets"]["weight"] * sign
    train(tmp_path, write_samples(tmp_path / "events", classes))
    assert (tmp_path / "model.onnx").read_bytes() == trained.model.read_bytes()
    assert json.loads((tmp_path / "summary.json").read_text())["events"]["background"]["negative"] == 150


def test_area_counts_ordered_pairs() -> None:
    random = np.random.default_rng(2)
    signal = random.random(300) < 0.4
    score = np.round(random.normal(signal * 0.8, 1.0), 1)  # with ties
    weight = random.random(300)
    pairs = np.sign(score[signal][:, None] - score[~signal][None, :]) * 0.5 + 0.5
    weights = weight[signal][:, None] * weight[~signal][None, :]
    expected = (pairs * weights).sum() / weights.sum()
    assert separation(signal, score, weight)["auc"] == pytest.approx(expected, rel=1e-12)


def test_area_error_is_that_of_repeated_samples() -> None:
    """Exponential scores, for which Hanley and McNeil's formula is exact."""
    random = np.random.default_rng(3)
    signal, background = random.exponential(3.0, (600, 80, 1)), random.exponential(1.0, (600, 1, 120))
    areas = (signal > background).mean(axis=(1, 2))
    assert areas.mean() == pytest.approx(0.75, abs=0.005)
    assert area_error(0.75, 80, 120) == pytest.approx(areas.std(), rel=0.12)


def test_roc_points_run_from_corner_to_corner() -> None:
    random = np.random.default_rng(6)
    signal = random.random(2000) < 0.5
    points = roc_points(signal, random.normal(signal * 1.0, 1.0), np.ones(2000))
    efficiency = np.array(points["signal"])
    assert points["background"][0] == 0 and points["background"][-1] == 1
    assert 0 <= efficiency[0] < 0.1 and efficiency[-1] == 1
    assert (np.diff(efficiency) >= 0).all()

"""Training of the classifier, and the proof that its ONNX file says the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from analysis import campaign
from analysis.classifier.model import OnnxClassifier, onnx_model
from analysis.classifier.quality import effective_number, feature_importances, roc_points, separation
from analysis.classifier.sample import ClassifierError, TrainingEvents, TrainingSample, read_training_events

TOLERANCE = 1e-5


class ScoreMismatchError(RuntimeError):
    """The exported model gives other scores than the trained one."""


def train_classifier(
    samples: Sequence[TrainingSample],
    model: PathLike[str] | str,
    summary: PathLike[str] | str,
    settings: campaign.Classifier,
    *,
    seed: int,
) -> None:
    """Train on events with even and with odd numbers, write `model` (ONNX) and `summary` (JSON).

    Signal and background enter with equal total weight. Negative weights, as generators beyond leading order give them,
    enter with their magnitude, since trees need positive ones; the summary says how many there were. The same events
    give the same bytes, however they are split into files. Raises `ScoreMismatchError` where the scores of the ONNX
    model are not those of scikit-learn.
    """
    events = read_training_events(samples, settings.features)
    weight = _class_weights(events, settings.least_events)
    halves = {"even": events.even, "odd": ~events.even}
    trained = {
        name: _trained(events, weight, half, settings, seed + position)
        for position, (name, half) in enumerate(halves.items())
    }
    content = onnx_model(trained["even"], trained["odd"], settings.features)
    classifier = OnnxClassifier(content, threads=1)
    score = classifier.scores(events.features, events.event)
    difference = _score_difference(score, events, trained)
    if not difference <= TOLERANCE:
        raise ScoreMismatchError(
            f"the scores of the ONNX model and of scikit-learn differ by up to {difference:.2g} "
            f"(allowed: {TOLERANCE:g}); do the installed skl2onnx and scikit-learn go together?"
        )
    report = {
        "features": list(settings.features),
        "settings": settings.model_dump(mode="json", exclude={"features"}),
        "seed": seed,
        "events": _event_numbers(events),
        "score_difference": difference,
        **_quality(events, weight, score, trained),
        "importances": _importances(classifier, events, weight, seed),
    }
    Path(model).write_bytes(content)
    Path(summary).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _class_weights(events: TrainingEvents, least: int) -> np.ndarray:
    """Magnitudes of the weights, scaled to the same total for signal and background (mean 1)."""
    weight = np.abs(events.weight)
    for name, of_class in (("signal", events.signal), ("background", ~events.signal)):
        for parity, half in (("even", events.even), ("odd", ~events.even)):
            count = int(np.count_nonzero(of_class & half & (weight > 0)))
            if count < least:
                raise ClassifierError(
                    f"{count} {name} events with {parity} event number are too few to train the classifier "
                    f"(classifier.least_events = {least}); generate more events or loosen the selection"
                )
        weight[of_class] *= 0.5 * len(weight) / weight[of_class].sum()
    return weight


def _trained(
    events: TrainingEvents, weight: np.ndarray, half: np.ndarray, settings: campaign.Classifier, seed: int
) -> GradientBoostingClassifier:
    trees = GradientBoostingClassifier(
        n_estimators=settings.trees,
        max_depth=settings.depth,
        learning_rate=settings.learning_rate,
        random_state=seed % 2**32,
    )
    return trees.fit(events.features[half], events.signal[half].astype(np.int64), weight[half])


def _score_difference(
    score: np.ndarray, events: TrainingEvents, trained: dict[str, GradientBoostingClassifier]
) -> float:
    """Largest difference between the ONNX scores and those of the models before conversion."""
    expected = np.where(events.even, *(_probability(trained[name], events) for name in ("odd", "even")))
    return float(np.max(np.abs(score - expected)))


def _probability(trees: GradientBoostingClassifier, events: TrainingEvents) -> np.ndarray:
    return trees.predict_proba(events.features)[:, 1]


def _event_numbers(events: TrainingEvents) -> dict[str, dict[str, float]]:
    return {
        name: {
            "raw": int(np.count_nonzero(of_class)),
            "effective": effective_number(events.weight[of_class]),
            "negative": int(np.count_nonzero(events.weight[of_class] < 0)),
        }
        for name, of_class in (("signal", events.signal), ("background", ~events.signal))
    }


def _quality(
    events: TrainingEvents,
    weight: np.ndarray,
    score: np.ndarray,
    trained: dict[str, GradientBoostingClassifier],
) -> dict[str, object]:
    """Separation of events that the model has not seen, per half and together, and of those it has."""
    seen = np.where(events.even, *(_probability(trained[name], events) for name in ("even", "odd")))
    halves = {
        name: separation(events.signal[half], score[half], weight[half])
        for name, half in (("scored_even", events.even), ("scored_odd", ~events.even))
    }
    return {
        **separation(events.signal, score, weight),
        "auc_of_training_events": separation(events.signal, seen, weight)["auc"],
        "halves": halves,
        "roc": roc_points(events.signal, score, weight),
    }


def _importances(classifier: OnnxClassifier, events: TrainingEvents, weight: np.ndarray, seed: int) -> dict[str, float]:
    def auc(features: np.ndarray) -> float:
        return separation(events.signal, classifier.scores(features, events.event), weight)["auc"]

    random = np.random.default_rng(seed)
    return feature_importances(classifier.features, events.features, auc, random)

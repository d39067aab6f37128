"""What the classifier learns from: features, class, weight and event number of selected events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath

import numpy as np

from analysis.columns import EVENT_ID, read_columns


class ClassifierError(ValueError):
    """Events or a model that the classifier cannot work with."""


@dataclass(frozen=True)
class TrainingSample:
    """The event files of one dataset, and the factor that scales its weights to the luminosity."""

    files: tuple[PathLike[str] | str, ...]
    signal: bool
    normalisation: float = 1.0


@dataclass(frozen=True)
class TrainingEvents:
    """Events of all samples, n of them, in an order that does not depend on the files."""

    features: np.ndarray  # float32, (n, number of features)
    signal: np.ndarray  # bool
    weight: np.ndarray  # float64, expected events; may be negative
    event: np.ndarray  # int64, event number

    def __len__(self) -> int:
        return len(self.event)

    @property
    def even(self) -> np.ndarray:
        """Whether the event number is even, bool of shape (n,)."""
        return self.event % 2 == 0


def feature_matrix(columns: Mapping[str, np.ndarray], features: Sequence[str], path: PathLike[str] | str) -> np.ndarray:
    """The features side by side, float32 of shape (n, number of features).

    Raises `ClassifierError` for values that are not finite.
    """
    matrix = np.stack([columns[name].astype(np.float32) for name in features], axis=1)
    broken = [name for name, ok in zip(features, np.isfinite(matrix).all(axis=0), strict=True) if not ok]
    if broken:
        raise ClassifierError(f"{fspath(path)}: values that are not finite in {', '.join(broken)}")
    return matrix


def read_training_events(samples: Iterable[TrainingSample], features: Sequence[str]) -> TrainingEvents:
    """Read all samples; within one, events are ordered by their numbers, not by files.

    Raises `ClassifierError` where there is no file.
    """
    parts = [_read_sample(sample, features) for sample in samples]
    if not parts:
        raise ClassifierError("no event file to train the classifier with")
    return TrainingEvents(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.signal for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.event for part in parts]),
    )


def _read_sample(sample: TrainingSample, features: Sequence[str]) -> TrainingEvents:
    matrices, weights, numbers = [np.empty((0, len(features)), np.float32)], [np.empty(0)], []
    for path in sample.files:
        columns = read_columns(path, (*EVENT_ID, "weight", *features))
        matrices.append(feature_matrix(columns, features, path))
        weights.append(columns["weight"] * sample.normalisation)
        numbers.append(np.stack([columns[name].astype(np.int64) for name in EVENT_ID]))
    ids = np.concatenate([np.empty((3, 0), np.int64), *numbers], axis=1)
    order = np.lexsort(ids[::-1])
    return TrainingEvents(
        np.concatenate(matrices)[order],
        np.full(len(order), sample.signal),
        np.concatenate(weights)[order],
        ids[2][order],
    )

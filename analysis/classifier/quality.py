"""How well two classes separate: ROC curve, the area under it, and what the features contribute.

Scores, weights and labels have shape (events,), features (events, features); none has a unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

ROC_POINTS = 201
IMPORTANCE_REPEATS = 3


def effective_number(weights: np.ndarray) -> float:
    """Number of unweighted events with the same relative uncertainty: (Σw)²/Σw²."""
    squares = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0


def area_error(area: float, signal: float, background: float) -> float:
    """Standard error of an AUC (Hanley and McNeil, Radiology 143 (1982) 29, equations 1 and 2).

    `signal` and `background` are (effective) numbers of events.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (signal - 1) * (q1 - area**2) + (background - 1) * (q2 - area**2)
    return math.sqrt(max(variance, 0.0) / (signal * background))


def separation(signal: np.ndarray, score: np.ndarray, weight: np.ndarray) -> dict[str, float]:
    """Area under the ROC curve with its error; weights are not negative."""
    area = float(roc_auc_score(signal, score, sample_weight=weight))
    numbers = effective_number(weight[signal]), effective_number(weight[~signal])
    return {"auc": area, "auc_error": area_error(area, *numbers)}


def roc_points(signal: np.ndarray, score: np.ndarray, weight: np.ndarray) -> dict[str, list[float]]:
    """Signal efficiency at ROC_POINTS equidistant background efficiencies from 0 to 1."""
    background, efficiency, _ = roc_curve(signal, score, sample_weight=weight, drop_intermediate=False)
    grid = np.linspace(0, 1, ROC_POINTS)
    # of several points at one background efficiency the last, highest one counts
    last = np.append(np.flatnonzero(np.diff(background)), len(background) - 1)
    points = np.interp(grid, background[last], efficiency[last])
    return {"background": grid.tolist(), "signal": points.tolist()}


def feature_importances(
    names: Sequence[str],
    features: np.ndarray,
    auc: Callable[[np.ndarray], float],
    random: np.random.Generator,
) -> dict[str, float]:
    """Loss of AUC when a feature's values are shuffled between events (Breiman 2001, section 10)."""
    best = auc(features)
    importances = {}
    for column, name in enumerate(names):
        losses = []
        for _ in range(IMPORTANCE_REPEATS):
            shuffled = features.copy()
            shuffled[:, column] = random.permutation(shuffled[:, column])
            losses.append(best - auc(shuffled))
        importances[name] = float(np.mean(losses))
    return importances

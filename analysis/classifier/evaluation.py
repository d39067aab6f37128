"""Scores of selected events."""

from __future__ import annotations

from os import PathLike, fspath

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.classifier.model import OnnxClassifier
from analysis.classifier.sample import feature_matrix
from analysis.columns import EVENT_ID, read_columns


def evaluate_classifier(
    events: PathLike[str] | str,
    model: PathLike[str] | str,
    scores: PathLike[str] | str,
    *,
    threads: int | None = None,
) -> None:
    """Write run, luminosityBlock, event and score (float32, 0 to 1) of every event, in the same order.

    `threads` of onnxruntime; by default OMP_NUM_THREADS, else 1.
    """
    classifier = OnnxClassifier(model, threads)
    columns = read_columns(events, (*EVENT_ID, *classifier.features))
    features = feature_matrix(columns, classifier.features, events)
    table = {name: columns[name] for name in EVENT_ID}
    table["score"] = classifier.scores(features, columns["event"])
    pq.write_table(pa.table(table), fspath(scores), compression="zstd")

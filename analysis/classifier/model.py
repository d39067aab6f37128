"""The classifier's file: one ONNX graph that holds two models and picks by the event number.

Inputs `features` (float32, (n, number of features)) and `event` (int64, (n,)), output `score`
(float32, (n,)). Events with even numbers are scored by the model that was trained with odd ones, and
the other way round. The names of the features are in the file's metadata.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import PathLike, fspath
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, compose, helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier

from analysis.classifier.sample import ClassifierError

OPSETS = {"": 16, "ai.onnx.ml": 1}


def onnx_model(
    trained_on_even: GradientBoostingClassifier,
    trained_on_odd: GradientBoostingClassifier,
    features: Sequence[str],
) -> bytes:
    """Convert both models and join them; the same models give the same bytes."""
    graphs = [
        _converted(trained_on_even, len(features), "trained_on_even_"),
        _converted(trained_on_odd, len(features), "trained_on_odd_"),
    ]
    nodes, initializers = [], [
        helper.make_tensor("zero", TensorProto.INT64, [], [0]),
        helper.make_tensor("one", TensorProto.INT64, [], [1]),
        helper.make_tensor("two", TensorProto.INT64, [], [2]),
    ]  # fmt: skip
    for graph in graphs:
        nodes.extend(graph.node)
        initializers.extend(graph.initializer)
    nodes += [
        helper.make_node("Gather", [f"{half}probabilities", "one"], [f"{half}score"], axis=1)
        for half in ("trained_on_even_", "trained_on_odd_")
    ]
    nodes += [
        helper.make_node("Mod", ["event", "two"], ["parity"]),
        helper.make_node("Equal", ["parity", "zero"], ["even"]),
        helper.make_node("Where", ["even", "trained_on_odd_score", "trained_on_even_score"], ["score"]),
    ]
    graph = helper.make_graph(
        nodes,
        "signal_against_background",
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(features)]),
            helper.make_tensor_value_info("event", TensorProto.INT64, [None]),
        ],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None])],
        initializers,
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="analysis.classifier")
    helper.set_model_props(model, {"features": json.dumps(list(features))})
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _converted(model: GradientBoostingClassifier, features: int, prefix: str) -> onnx.GraphProto:
    """The graph of one model; all names but that of its input begin with `prefix`."""
    converted = convert_sklearn(
        model,
        name="boosted_trees",  # without a name the converter draws a random one
        initial_types=[("features", FloatTensorType([None, features]))],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    return compose.add_prefix(converted, prefix, rename_inputs=False).graph


class OnnxClassifier:
    """An opened model file; `threads` defaults to OMP_NUM_THREADS, else 1.

    Threads share the events, each with a single thread of onnxruntime: its own threads would share the
    trees of an event and add them in another order, which moves scores by a unit in the last place.
    """

    def __init__(self, model: PathLike[str] | str | bytes, threads: int | None = None) -> None:
        name = "the model" if isinstance(model, bytes) else fspath(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._threads = threads or _thread_number()
        options.log_severity_level = 3
        try:
            content = model if isinstance(model, bytes) else Path(model).read_bytes()
            self._session = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
            metadata = self._session.get_modelmeta().custom_metadata_map
            self.features: tuple[str, ...] = tuple(json.loads(metadata["features"]))
        except KeyError as error:
            raise ClassifierError(f"{name}: the ONNX file does not name its features") from error
        except Exception as error:  # onnxruntime raises a class of its own for each reason
            raise ClassifierError(f"{name}: not a usable ONNX model ({error})") from error

    def scores(self, features: np.ndarray, event: np.ndarray) -> np.ndarray:
        """Signal probability of each event, float32 of shape (n,)."""
        if len(event) == 0:
            return np.empty(0, np.float32)
        features = np.ascontiguousarray(features, np.float32)
        parts = zip(
            np.array_split(features, self._threads), np.array_split(event.astype(np.int64), self._threads),
            strict=True,
        )  # fmt: skip
        inputs = [{"features": rows, "event": numbers} for rows, numbers in parts if len(rows)]
        with ThreadPoolExecutor(len(inputs)) as pool:
            return np.concatenate(list(pool.map(lambda part: self._session.run(["score"], part)[0], inputs)))


def _thread_number() -> int:
    value = os.environ.get("OMP_NUM_THREADS", "1").split(",")[0]
    if not value.isdigit() or int(value) < 1:
        raise ClassifierError(f"OMP_NUM_THREADS is '{value}', which is not a number of threads")
    return int(value)

"""ONNX: the model without the name and version of the program that wrote it, and a random name of its graph."""

from __future__ import annotations

import re

from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.hashing import digest

VERSION = 1

MODEL_BYTES = 512 << 20
"""A larger model counts with its bytes: it is parsed in memory."""

_RANDOM = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def content(source: ContentSource) -> str:
    """Digest of a model; weights in other files are not part of it. Raises `ValueError` for damaged ones."""
    import onnx

    model = onnx.ModelProto.FromString(source.read(MODEL_BYTES))
    if not model.ir_version or not model.HasField("graph"):
        raise ValueError("no model")
    model.ClearField("producer_name")
    model.ClearField("producer_version")
    if _RANDOM.fullmatch(model.graph.name):  # as skl2onnx names the graphs of models without a name
        model.graph.name = "#"
    return digest("onnx", VERSION, model.SerializeToString(deterministic=True))

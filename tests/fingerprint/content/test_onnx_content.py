"""Content digests of ONNX models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression

from caselaw.fingerprint import file_digest
from caselaw.fingerprint.content import content_digest
from caselaw.fingerprint.content import onnx as reader

POINTS = np.eye(3, dtype="f4")


def write(path: Path, change: Callable[[Any], None] | None = None) -> str:
    model = to_onnx(LinearRegression().fit(POINTS, [1.0, 2.0, 3.0]), POINTS)
    if change is not None:
        change(model)
    onnx.save(model, path)
    return content_digest(path)


def set_field(name: str, value: Any) -> Callable[[Any], None]:
    return lambda model: setattr(model, name, value)


@pytest.mark.parametrize("field", ["producer_name", "producer_version"])
def test_the_program_that_wrote_a_model_does_not_count(tmp_path: Path, field: str) -> None:
    one, two = write(tmp_path / "one.onnx"), write(tmp_path / "two.onnx", set_field(field, "other"))
    assert getattr(onnx.load(tmp_path / "two.onnx"), field) == "other"
    assert one == two
    assert one.startswith("onnx:")


def test_a_random_name_of_a_graph_does_not_count(tmp_path: Path) -> None:
    def named(name: str) -> str:
        return write(tmp_path / "file.onnx", lambda model: setattr(model.graph, "name", name))

    assert named("0123456789abcdef" * 2) == named("fedcba98-0123-0123-0123-0123456789ab")
    assert len({named("regression"), named("classifier"), named("0123456789abcdef" * 2)}) == 3


@pytest.mark.parametrize(
    "change",
    [
        set_field("doc_string", "calibrated"), set_field("ir_version", 7), set_field("model_version", 2),
        set_field("domain", "other"), lambda model: onnx.helper.set_model_props(model, {"campaign": "2024"}),
        lambda model: setattr(model.graph.node[0], "name", "other"),
        lambda model: model.graph.node[0].attribute[0].floats.__setitem__(0, 5.0),
        lambda model: setattr(model.opset_import[0], "version", 7),
        lambda model: setattr(model.graph.input[0], "name", "Y"),
    ],
)  # fmt: skip
def test_every_change_counts(tmp_path: Path, change: Callable[[Any], None]) -> None:
    two = write(tmp_path / "two.onnx", change)
    assert two.startswith("onnx:")
    assert two != write(tmp_path / "one.onnx")


@pytest.mark.parametrize("content", [b"\x08", b"\x08\x01", b"\x08\x08\x12\x01", b"\x08 something else"])
def test_what_is_no_model_counts_with_its_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.onnx"
    path.write_bytes(content)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_a_truncated_or_large_model_counts_with_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.onnx"
    write(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert content_digest(path) == f"bytes:{file_digest(path)}"
    path.write_bytes(whole)
    monkeypatch.setattr(reader, "MODEL_BYTES", 10)
    assert content_digest(path) == f"bytes:{file_digest(path)}"


def test_without_onnx_a_model_counts_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file.onnx"
    write(path)
    script = (
        "import sys\nsys.modules['onnx'] = None\n"
        "from caselaw.fingerprint.content import content_digest\nprint(content_digest(sys.argv[1]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"bytes:{file_digest(path)}"

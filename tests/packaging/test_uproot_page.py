"""What docs/uproot.md shows, runs, against a real server over TLS."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import numpy
import pytest
import uproot
from apache import Apache

from griddav import WebDavFileSystem

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "uproot.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
SHOWN = "davs://dcache.example.org:2880/store"
MISSING = [name for name in ("dask",) if importlib.util.find_spec(name) is None]


def test_the_page_runs(apache: Apache, tmp_path: Path) -> None:
    folder = f"/store/{uuid.uuid4().hex}"
    with uproot.recreate(tmp_path / "run.root") as file:
        file["Events"] = {"Jet_pt": numpy.arange(1000.0)}
    fs = WebDavFileSystem(apache.url, ca=str(apache.ca), skip_instance_cache=True)
    for name in ("run1.root", "run2.root"):
        fs.put_file(str(tmp_path / "run.root"), f"{folder}/{name}")
    shown = [example for example in EXAMPLES if not any(f"import {name}" in example for name in MISSING)]
    assert len(shown) >= len(EXAMPLES) - 1 >= 8
    program = "\n".join(shown).replace(SHOWN, apache.url + folder)
    assert "example.org" not in program
    environment = {**os.environ, "FSSPEC_DAVS_CA": str(apache.ca), "FSSPEC_DAVS_DEADLINE": "20 s"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert fs.exists(f"{folder}/histograms.root") and fs.exists(f"{folder}/bosons.parquet")


@pytest.mark.parametrize("lines", re.findall(r"^```bash\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE))
def test_its_commands_are_those_of_a_shell(lines: str) -> None:
    subprocess.run(["bash", "-n", "-c", lines], check=True)

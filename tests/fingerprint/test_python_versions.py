"""Digests are the same on every supported Python: each one runs `digest_corpus.py`, and all agree.

Compared with the Python that runs the tests: every other one from 3.11 on that is installed, and 3.14,
which `tests/services/python314.sh` brings as WebAssembly, so that at least one is always there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from closure_rows import ROWS
from registering_rows import ROWS as REGISTERING

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests/fingerprint/digest_corpus.py"
SYNTAX = ROOT / "tests/fingerprint/syntax"
WEBASSEMBLY = ROOT / "tests/services/python314/python.mjs"
PACKAGE = ROOT / ".venv/share/python314/node_modules/pyodide"
INSTALLED = ROOT / ".venv/share/python314/installed.json"

# Digests of what Python 3.11, 3.12 and 3.14 can read. Raise caselaw.fingerprint.SCHEME when they must change.
PINNED = {
    "python311": "fe3652329e1866338b07",
    "python312": "15ed9c1c5a2089563c27",
    "python314": "bcabe18992d04cbdeeb3",
}

SUPPORTED = ("3.11.", "3.12.", "3.13.", "3.14.")

Answer = dict[str, Any]


def version_of(python: str) -> str:
    """`3.12.1`; empty when it does not run (as pyenv's placeholders) or is not supported."""
    asked = [python, "-I", "-S", "-c", "import platform; print(platform.python_version())"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    version = done.stdout.strip()
    return version if version.startswith(SUPPORTED) else ""


def installed() -> dict[str, str]:
    """Version → path of every supported Python on the path and under pyenv, but for the one that runs this."""
    candidates = [shutil.which(f"python{name}") for name in ("3", "3.11", "3.12", "3.13", "3.14")]
    candidates += [str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.1[1-4].*/bin/python"))]
    found = {version_of(python): python for python in candidates if python}
    found.pop("", None)
    found.pop(version_of(sys.executable), None)
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The projects of the edit table, the files of syntax and an installed distribution."""
    folder = tmp_path_factory.mktemp("corpus")
    for number, files in enumerate([*ROWS.values(), *REGISTERING.values()]):
        for name, text in files.items():
            path = folder / f"projects/row{number}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
    project = folder / "projects/distributed"
    project.mkdir()
    (project / "work.py").write_text("import fastlib\nimport nowhere\ndef run():\n    return fastlib.f, nowhere.g\n")
    metadata = folder / "installed/fastlib-1.2.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: fastlib\nVersion: 1.2\n")
    (metadata / "RECORD").write_text("fastlib/__init__.py,,\n")
    shutil.copytree(SYNTAX, folder / "syntax")
    return folder


@cache
def native(python: str, corpus: Path) -> Answer:
    return answer([python, "-I", "-S", "-B", str(DRIVER), str(ROOT), str(corpus)])


@cache
def webassembly(corpus: Path) -> Answer:
    if not INSTALLED.exists():
        reason = "Python 3.14 for WebAssembly is missing: tests/services/python314.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folders = f"{ROOT}:{corpus}"
    return answer(["node", str(WEBASSEMBLY), str(PACKAGE), folders, str(DRIVER), str(ROOT), str(corpus)])


def answer(command: list[str]) -> Answer:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found: Answer = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def here(corpus: Path) -> Answer:
    """What this Python gives."""
    return native(sys.executable, corpus)


OTHERS: dict[str, Callable[[Path], Answer]] = {
    **{version: lambda corpus, python=python: native(python, corpus) for version, python in installed().items()},
    "3.14 WebAssembly": webassembly,
}


@pytest.fixture(scope="module", params=OTHERS)
def other(request: pytest.FixtureRequest, corpus: Path) -> Answer:
    """What another Python gives."""
    return OTHERS[request.param](corpus)


def differences(part: str, here: Answer, other: Answer) -> dict[str, Any]:
    """What both Pythons can read, and read in two ways."""
    common = here[part].keys() & other[part].keys()
    assert len(common) >= min(len(here[part]), len(other[part]))  # only syntax that came later may be missing
    return {key: (here[part][key], other[part][key]) for key in common if here[part][key] != other[part][key]}


def test_code_has_the_same_digest(here: Answer, other: Answer) -> None:
    assert not differences("code", here, other)


def test_values_have_the_same_encoding(here: Answer, other: Answer) -> None:
    assert not differences("values", here, other)


def test_closures_are_the_same(here: Answer, other: Answer) -> None:
    assert not differences("closures", here, other)


def test_the_standard_library_is_the_same(here: Answer, other: Answer) -> None:
    assert here["standard library"] == other["standard library"]


def test_all_syntax_keeps_its_digest(here: Answer, other: Answer) -> None:
    for answered in (here, other):
        found = {name: digest[:20] for name, digest in answered["code"].items() if name.startswith("python")}
        assert found == {name: PINNED[name] for name in found}
        assert "python311" in found


def test_python_314_is_among_the_compared(corpus: Path) -> None:
    assert webassembly(corpus)["python"].startswith("3.14.")
    assert "python314" in webassembly(corpus)["code"]


def test_names_in_template_strings_and_type_parameters_are_followed(corpus: Path) -> None:
    closure = webassembly(corpus)["closures"]["python314 outer.inner.work:run"]
    used = {"outer.inner.work." + name for name in ("NAME", "WIDTH", "Class", "template", "run")}
    assert used | {"helpers.helper", "helpers.default"} <= closure["symbols"].keys()

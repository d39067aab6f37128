"""The wheel is the engine alone; the workspace beside it is for editable installs."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import caselaw.version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of the repository as it is, built in a copy (a build leaves folders behind)."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("caselaw", "analysis", "tasks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", "."]
    done = subprocess.run(build, cwd=source, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (source / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_the_wheel_holds_caselaw_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"caselaw"}


def test_every_module_of_caselaw_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "caselaw").rglob("*.py")}
    assert modules <= set(wheel.namelist()), "a folder without __init__.py is not a package"


def test_the_wheel_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "caselaw/py.typed" in wheel.namelist()


def test_the_wheel_carries_the_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert any(name.endswith("/LICENSE") for name in wheel.namelist())


def test_the_physics_is_an_extra(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    core = {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower() for line in required if "extra ==" not in line}
    assert {"law", "luigi", "fsspec", "pyyaml", "pydantic", "click", "rich"} <= core
    assert len(core) <= 9, f"the core depends on little: {sorted(core)}"
    extras = set(metadata.get_all("Provides-Extra") or [])
    assert {"analysis", "dcache", "digests", "generator", "snakemake", "test", "docs"} <= extras


def test_the_gpl_packages_are_required_by_the_generator_extra_only(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    gpl = [line for line in required if line.lower().startswith(("pythia8mc", "fastjet"))]
    assert len(gpl) == 2
    assert all(re.search(r"""extra == ["']generator["']""", line) for line in gpl)


def test_the_version_comes_from_one_place(metadata: Message) -> None:
    assert metadata["Version"] == caselaw.version.__version__
    text = (ROOT / "setup.cfg").read_text()
    config = configparser.ConfigParser()
    config.read_string(text)
    assert config["metadata"]["version"] == "attr: caselaw.version.__version__"


def test_the_version_is_in_the_changelog() -> None:
    released = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert released[0] == "Unreleased"
    assert caselaw.version.__version__ in released or len(released) == 1


def test_an_editable_install_is_of_the_current_version() -> None:
    assert importlib.metadata.version("caselaw") == caselaw.version.__version__


def test_an_editable_install_puts_the_workspace_on_the_path(tmp_path: Path) -> None:
    show = "import analysis, caselaw, tasks; print(*(m.__file__ for m in (analysis, caselaw, tasks)), sep='\\n')"
    found = subprocess.run(
        [sys.executable, "-I", "-c", show], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [Path(name).parent for name in found] == [ROOT / "analysis", ROOT / "caselaw", ROOT / "tasks"]

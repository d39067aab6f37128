"""Each wheel holds one package; the workspace beside them is for editable installs."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import caselaw.version
import griddav.version

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = {"caselaw": caselaw.version.__version__, "griddav": griddav.version.__version__}
FILES_OF_CASELAW = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")


@dataclass(frozen=True)
class Wheel:
    """A wheel of the repository as it is."""

    name: str
    archive: zipfile.ZipFile
    metadata: Message

    @property
    def core(self) -> set[str]:
        """What it requires without extras."""
        required = self.metadata.get_all("Requires-Dist") or []
        return {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower() for line in required if "extra ==" not in line}


def built(name: str, folder: Path) -> Wheel:
    """Build in a copy, as a build leaves folders behind."""
    copied = ("caselaw", "griddav", "analysis", "tasks") if name == "caselaw" else ("griddav",)
    for each in copied:
        shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    for each in FILES_OF_CASELAW if name == "caselaw" else ():
        shutil.copy(ROOT / each, folder)
    source = folder if name == "caselaw" else folder / name
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", source]
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (folder / "dist").glob("*.whl")
    archive = zipfile.ZipFile(path)
    (inside,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
    return Wheel(name, archive, Parser().parsestr(archive.read(inside).decode()))


@pytest.fixture(scope="module")
def caselaw_wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    return built("caselaw", tmp_path_factory.mktemp("caselaw"))


@pytest.fixture(scope="module")
def griddav_wheel(tmp_path_factory: pytest.TempPathFactory) -> Wheel:
    return built("griddav", tmp_path_factory.mktemp("griddav"))


@pytest.fixture(params=["caselaw", "griddav"])
def wheel(request: pytest.FixtureRequest) -> Wheel:
    found: Wheel = request.getfixturevalue(f"{request.param}_wheel")
    return found


def test_a_wheel_holds_its_package_and_nothing_else(wheel: Wheel) -> None:
    tops = {name.split("/")[0] for name in wheel.archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {wheel.name}
    strange = [name for name in wheel.archive.namelist() if not name.endswith((".py", "/py.typed"))]
    assert all(".dist-info/" in name for name in strange), strange


def test_every_module_is_in_the_wheel(wheel: Wheel) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / wheel.name).rglob("*.py") if "build" not in path.parts}
    assert modules <= set(wheel.archive.namelist()), "a package is not listed, or a folder has no __init__.py"


def test_the_wheel_says_that_it_is_typed(wheel: Wheel) -> None:
    assert f"{wheel.name}/py.typed" in wheel.archive.namelist()


def test_the_wheel_carries_the_licence(wheel: Wheel) -> None:
    assert wheel.metadata["License-Expression"] == "BSD-3-Clause"
    (inside,) = (name for name in wheel.archive.namelist() if name.endswith("/LICENSE"))
    assert wheel.archive.read(inside) == (ROOT / "LICENSE").read_bytes()


def test_the_version_comes_from_one_place(wheel: Wheel) -> None:
    assert wheel.metadata["Version"] == VERSIONS[wheel.name]
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["metadata"]["version"] == "attr: caselaw.version.__version__"
    assert "version" in tomllib.loads((ROOT / "griddav" / "pyproject.toml").read_text())["project"]["dynamic"]


def test_the_physics_is_an_extra(caselaw_wheel: Wheel) -> None:
    assert {"law", "luigi", "fsspec", "pyyaml", "pydantic", "click", "rich"} <= caselaw_wheel.core
    assert len(caselaw_wheel.core) <= 9, f"the core depends on little: {sorted(caselaw_wheel.core)}"
    extras = set(caselaw_wheel.metadata.get_all("Provides-Extra") or [])
    assert {"analysis", "dcache", "digests", "generator", "snakemake", "test", "docs"} <= extras


def test_the_client_is_an_extra_of_caselaw_and_needs_little_itself(caselaw_wheel: Wheel, griddav_wheel: Wheel) -> None:
    required = caselaw_wheel.metadata.get_all("Requires-Dist") or []
    assert [line for line in required if line.startswith("griddav")] == ['griddav>=0.1; extra == "dcache"']
    assert griddav_wheel.core == {"aiohttp", "fsspec", "yarl"}


def test_the_client_brings_its_schemes_to_fsspec(caselaw_wheel: Wheel, griddav_wheel: Wheel) -> None:
    def specs(wheel: Wheel) -> dict[str, str]:
        config = configparser.ConfigParser()
        (inside,) = (name for name in wheel.archive.namelist() if name.endswith("/entry_points.txt"))
        config.read_string(wheel.archive.read(inside).decode())
        return dict(config["fsspec.specs"]) if config.has_section("fsspec.specs") else {}

    assert specs(caselaw_wheel) == {}
    assert set(specs(griddav_wheel)) == {"dav", "davs", "dcache"}


def test_the_gpl_packages_are_required_by_the_generator_extra_only(caselaw_wheel: Wheel) -> None:
    required = caselaw_wheel.metadata.get_all("Requires-Dist") or []
    gpl = [line for line in required if line.lower().startswith(("pythia8mc", "fastjet"))]
    assert len(gpl) == 2
    assert all(re.search(r"""extra == ["']generator["']""", line) for line in gpl)


def test_the_version_is_in_the_changelog() -> None:
    released = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert released[0] == "Unreleased"
    assert caselaw.version.__version__ in released or len(released) == 1


@pytest.mark.parametrize("name", VERSIONS)
def test_an_editable_install_is_of_the_current_version(name: str) -> None:
    assert importlib.metadata.version(name) == VERSIONS[name], "run make setup"


def test_an_editable_install_puts_the_workspace_on_the_path(tmp_path: Path) -> None:
    show = "import analysis, caselaw, tasks; print(*(m.__file__ for m in (analysis, caselaw, tasks)), sep='\\n')"
    found = subprocess.run(
        [sys.executable, "-I", "-c", show], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [Path(name).parent for name in found] == [ROOT / "analysis", ROOT / "caselaw", ROOT / "tasks"]

"""The API reference says what the docstrings say, names everything that is public, and its examples run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import api_reference
import pytest
from apache import Apache
from double import Double
from projects import LAW_CFG, SmallProject

import caselaw
import griddav
import griddav.dcache
from caselaw.storage import law as law_targets

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"
PAGES = sorted(FOLDER.glob("*.md"))
STORE, CERTIFICATES = "davs://dcache.example.org:2880", "/etc/grid-security/certificates"


def blocks(page: str, language: str = "python") -> list[str]:
    """What stands in a page as code."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)


def run(project: SmallProject, examples: list[str], replaced: Mapping[str, str] | None = None) -> None:
    """Run examples in a project: those that begin with the name of a file are put there."""
    texts: dict[str, str] = {}
    for example in examples:
        for shown, real in (replaced or {}).items():
            example = example.replace(shown, real)
        named = re.match(r"# (\w+\.py)\n", example)
        name = named[1] if named else "example.py"
        texts[name] = texts.get(name, "") + example
    for name, text in texts.items():
        project.write(name, text)
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_of_a_page_is_found_and_explained(page: Path) -> None:
    text = api_reference.expanded(page.read_text())
    assert not re.search("^:::", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "module"),
    [
        ("caselaw.md", caselaw), ("law-targets.md", law_targets), ("griddav.md", griddav),
        ("griddav.md", griddav.dcache),
    ],
)  # fmt: skip
def test_everything_public_is_on_its_page_with_an_example(page: str, module: ModuleType) -> None:
    text = (FOLDER / page).read_text()
    sections = re.split(r"^::: ", text, flags=re.MULTILINE)[1:]
    named = {re.match(r"[\w.]+", section)[0]: section for section in sections}  # type: ignore[index]
    public = {f"{module.__name__}.{name}" for name in module.__all__ if not name.startswith("__")}
    assert public <= set(named)
    assert [name for name, section in named.items() if "." in name and not blocks(section)] == []


def test_every_error_is_explained_and_stands_in_the_tree() -> None:
    text = api_reference.expanded((FOLDER / "errors.md").read_text())
    (drawn,) = blocks(text, "text")
    errors = [name for name, found in vars(caselaw.errors).items() if isinstance(found, type)
              and found.__module__ == "caselaw.errors"]  # fmt: skip
    assert "StoreUnavailable" in errors
    for name in errors:
        assert re.search(rf"(?:^|─ ){name}\b", drawn, flags=re.MULTILINE)
        assert f"{{#{name}}}" in text or f".{name}}}" in text


def test_the_tree_is_drawn_as_the_classes_derive() -> None:
    lines = list(api_reference.tree("caselaw.errors"))
    assert lines[0].startswith("CaselawError")
    depth = {line.split("─ ")[-1].split()[0]: line.find("─ ") for line in lines}
    assert depth["CampaignError"] > depth["ConfigError"]


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="caselaw neither defines nor imports Missing"):
        api_reference.expanded("::: caselaw.Missing")


def test_errors_in_docstrings_lead_to_their_explanation() -> None:
    text = api_reference.expanded("Raises `StoreUnavailable` or `ValueError`.\n\n```python\n`StoreUnavailable`\n```\n")
    assert "[`StoreUnavailable`](errors.md#StoreUnavailable) or `ValueError`" in text
    assert "\n`StoreUnavailable`\n" in text


def test_examples_of_tasks_run(project: SmallProject) -> None:
    run(project, blocks((FOLDER / "caselaw.md").read_text()))


def test_examples_of_errors_run(project: SmallProject) -> None:
    run(project, blocks((FOLDER / "errors.md").read_text()))


def test_examples_of_targets_run(project: SmallProject, apache: Apache) -> None:
    page = (FOLDER / "law-targets.md").read_text()
    real = {STORE: apache.url, CERTIFICATES: str(apache.ca)}
    (settings,) = blocks(page, "ini")
    for shown, found in real.items():
        settings = settings.replace(shown, found)
    project.write("law.cfg", LAW_CFG.format(modules="", settings="") + settings)
    run(project, blocks(page), real)


def test_examples_of_file_systems_run(project: SmallProject, apache: Apache, double_with_tls: Double) -> None:
    page = (FOLDER / "griddav.md").read_text()
    webdav, dcache = blocks(page)
    run(project, [webdav], {STORE: apache.url, CERTIFICATES: str(apache.ca)})
    rest, door = double_with_tls.rest, double_with_tls.door
    real = {"https://dcache.example.org:3880/api/v1": rest, "https://dcache.example.org:2880": door}
    authority = {"dcache.example.org:2880": door.partition("://")[2], CERTIFICATES: str(double_with_tls.ca)}
    run(project, [dcache], real | authority)

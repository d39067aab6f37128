"""What the documents promise is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_commands_in_documents_exist(document: Path) -> None:
    code = re.findall(r"```bash\n(.*?)```|`([^`\n]+)`", document.read_text(), flags=re.DOTALL)
    named = re.findall(r"(?:^|&& |time )make ([a-z]+)", "\n".join(map("".join, code)), flags=re.MULTILINE)
    assert set(named) <= TARGETS


def test_ci_calls_nothing_that_the_readme_does_not_name() -> None:
    called = re.findall(r"^make ([a-z]+)", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)
    assert called[0] == "test"
    readme = (ROOT / "README.md").read_text()
    assert [target for target in called if f"make {target}" not in readme] == []


def pages_of(nav: Any) -> Iterator[str]:
    """Paths that a navigation names, in its order."""
    if isinstance(nav, str):
        yield nav
    for each in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from pages_of(each)


def test_every_page_stands_once_in_one_of_four_groups() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert [next(iter(group)) for group in nav] == ["Start", "How to", "Explanation", "Reference"]
    pages = sorted(str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md"))
    assert sorted(pages_of(nav)) == pages


def anchors_of(document: Path) -> set[str]:
    """What links may name in a page: its headings, as mkdocs and git hosts write them."""
    text = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_into_pages_lead_to_a_heading(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", document.read_text())
    there = [(link, (document.parent / link if link else document), anchor) for link, anchor in links]
    assert [(link, anchor) for link, path, anchor in there
            if path.suffix == ".md" and anchor not in anchors_of(path)] == []  # fmt: skip

"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
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

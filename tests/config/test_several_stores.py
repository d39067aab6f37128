"""`store` in law.cfg: one store, or layers in brackets."""

from __future__ import annotations

from pathlib import Path

import pytest

from caselaw.config import load_project
from caselaw.errors import ConfigError


def project_with(tmp_path: Path, text: str):
    (tmp_path / "law.cfg").write_text(f"[caselaw]\n{text}\n")
    return load_project(tmp_path)


@pytest.mark.parametrize(
    ("text", "first", "layers"),
    [
        ("store: grid", "grid", ()),
        ("store: /some/path, with commas", "/some/path, with commas", ()),
        ("store: [mine]", "mine", ()),
        ("store: [mine, group,davs://door.example.org/vo , ./other]", "mine",
         ("group", "davs://door.example.org/vo", "./other")),
    ],
)  # fmt: skip
def test_stores_are_taken_in_their_order(tmp_path: Path, text: str, first: str, layers: tuple[str, ...]) -> None:
    project = project_with(tmp_path, text)
    assert (project.store, project.layers, project.optional_layers) == (first, layers, frozenset())


def test_layers_may_be_optional(tmp_path: Path) -> None:
    project = project_with(tmp_path, "store: [mine, group, published]\noptional_layers: group, published")
    assert project.optional_layers == {"group", "published"}


@pytest.mark.parametrize(
    "text",
    [
        "store: []",
        "store: [mine, mine]",
        "store: [mine, group]\noptional_layers: mine",
        "optional_layers: group",
        "store: mine, group",
        "store: ['mine', group]",
        'store: ["mine", group]',
        "store: ~nobody-of-this-name/store",
    ],
)
def test_layers_that_make_no_sense_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        project_with(tmp_path, text)

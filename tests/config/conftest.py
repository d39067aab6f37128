"""Projects in a folder of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from caselaw.config import Project

ProjectMaker = Callable[..., Project]


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAW_CONFIG_FILE", raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def make_project(folder: Path) -> ProjectMaker:
    """A project with the small schema and campaigns given by name: `make_project(first="title: x")`."""

    def make(schema: str | None = "small_schema:Small", **campaigns: str | bytes) -> Project:
        (folder / "configs").mkdir(exist_ok=True)
        for name, text in campaigns.items():
            content = text if isinstance(text, bytes) else text.encode()
            (folder / "configs" / f"{name}.yaml").write_bytes(content)
        return Project(root=folder, config_file=folder / "law.cfg", schema=schema)

    return make

"""Real servers for `caselaw store`, and a project with a store on each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache as apache_server
import pytest
import xrootd as xrootd_server
from click.testing import CliRunner, Result
from made_store import fill

from caselaw.cli.store import store

LAW_CFG = "[caselaw]\nstore: data\n"


@pytest.fixture(autouse=True)
def nothing_of_the_user(no_token: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests find no token, no proxy and no project of the user who runs them."""
    monkeypatch.delenv("LAW_CONFIG_FILE", raising=False)


@dataclass(frozen=True)
class Desk:
    """A folder with law.cfg, a filled store in `data`, and stores on servers in configs/stores.yaml."""

    root: Path
    outputs: list[str]

    def add(self, name: str, url: str, **options: Any) -> None:
        """Write a store into configs/stores.yaml."""
        entry = json.dumps({"url": url, "patience": "10 s", **{key: str(value) for key, value in options.items()}})
        with (self.root / "configs" / "stores.yaml").open("a") as file:
            file.write(f"{name}: {entry}\n")

    def run(self, *arguments: str, code: int = 0) -> Result:
        """`caselaw store …` in this folder; what it raises comes through."""
        result = CliRunner().invoke(store, arguments, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    def ask(self, *arguments: str, code: int = 0) -> Any:
        """The answer of `caselaw store … --json`."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    root = tmp_path / "project"
    (root / "configs").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "law.cfg").write_text(LAW_CFG)
    (root / "configs" / "stores.yaml").write_text(f"here: {{path: {root}/data}}\n")
    monkeypatch.chdir(root)
    return Desk(root, fill(root / "data"))


@pytest.fixture
def on_apache(desk: Desk, apache: apache_server.Apache, tmp_path: Path) -> Path:
    """The store `grid` of the desk: its folder on the disk of apache."""
    desk.add("grid", f"{apache.url}/store/{tmp_path.name}", ca=apache.ca)
    return apache.data / "store" / tmp_path.name


@pytest.fixture
def on_xrootd(desk: Desk, xrootd: xrootd_server.XRootD, tmp_path: Path) -> Path:
    """The store `pool` of the desk: its folder on the disk of XRootD."""
    desk.add("pool", f"{xrootd.url}/store/{tmp_path.name}", ca=xrootd.ca)
    return xrootd.data / "store" / tmp_path.name


@pytest.fixture(params=["grid", "pool"])
def server(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """Name of a store on a server, on apache and on XRootD, and its folder."""
    fixture = {"grid": "on_apache", "pool": "on_xrootd"}[request.param]
    return request.param, request.getfixturevalue(fixture)

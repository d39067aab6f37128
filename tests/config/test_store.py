"""Where [caselaw] store leads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from caselaw.config import resolve_store
from caselaw.errors import ConfigError


@pytest.fixture
def resolved(make_project, folder: Path):
    def resolve(store: str, stores: str | None = None) -> Path:
        project = make_project()
        if stores is not None:
            (folder / "configs" / "stores.yaml").write_text(stores)
        return resolve_store(replace(project, store=store))

    return resolve


def test_a_path_is_relative_to_law_cfg(resolved, folder: Path) -> None:
    assert resolved("data") == folder / "data"
    assert resolved("../other store") == folder / "../other store"
    assert resolved("/scratch/me") == Path("/scratch/me")


def test_variables_and_the_home_folder_are_replaced(resolved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRATCH", "/big")
    monkeypatch.setenv("HOME", "/home/me")
    assert resolved("$SCRATCH/${SCRATCH}") == Path("/big//big")
    assert resolved("~/store") == Path("/home/me/store")


def test_a_name_is_looked_up_in_stores_yaml(resolved, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRATCH", "/big")
    stores = "local: {path: data}\nscratch:\n  path: $SCRATCH/store\n"
    assert resolved("local", stores) == folder / "data"
    assert resolved("scratch", stores) == Path("/big/store")


def test_an_unknown_name_lists_the_stores(resolved) -> None:
    with pytest.raises(ConfigError, match=r"no store 'scrach'.*did you mean 'scratch'\? stores: scratch.*'\./scrach'"):
        resolved("scrach", "scratch: {path: /big}\n")


def test_an_unset_variable_of_a_store_names_its_line(resolved) -> None:
    with pytest.raises(ConfigError, match=r"^configs/stores\.yaml:3: the environment variable 'NOT_SET_ANYWHERE'"):
        resolved("b", "a: {path: /a}\nb:\n  path: $NOT_SET_ANYWHERE/x\n")


def test_all_problems_of_stores_yaml_are_named(resolved) -> None:
    with pytest.raises(ConfigError) as caught:
        resolved("a", "a: /here\nb:\n  path: /b\n  pth: /c\nc: {path: 3}\n")
    lines = str(caught.value).splitlines()
    assert [line.strip().split(": ")[0] for line in lines[1:4]] == [
        "configs/stores.yaml:1:4", "configs/stores.yaml:4:8", "configs/stores.yaml:5:11",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["file:///scratch/with%20blank", "file://localhost/scratch/with%20blank"])
def test_a_file_url_is_a_folder(resolved, url: str) -> None:
    assert resolved(url) == Path("/scratch/with blank")


@pytest.mark.parametrize(
    "url", ["davs://dcache.example.org:2880/pnfs/me", "root://eos//x", "s3://bucket", "file://host/x"]
)
def test_remote_stores_are_refused_for_now(resolved, url: str) -> None:
    with pytest.raises(ConfigError, match="remote stores are not supported yet"):
        resolved(url)

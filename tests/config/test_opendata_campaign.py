"""The open-data campaign against the Challenge's own list of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from caselaw.config import load_campaign, load_project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def campaign() -> Any:
    return load_campaign(load_project(ROOT), "opendata").content


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> dict[str, tuple[str, int]]:
    """Sample and number of events of every file of the Challenge."""
    inputs = json.loads((shared_data / "agc" / "nanoaod_inputs.json").read_text())
    return {
        file["path"]: (f"{sample}/{variation}", file["nevts"])
        for sample, variations in inputs.items()
        for variation, content in variations.items()
        for file in content["files"]
    }


def test_every_file_is_one_of_the_challenge_and_of_one_sample(campaign: Any, samples: dict[str, Any]) -> None:
    for name, dataset in campaign.datasets.items():
        assert len({samples[path][0] for path in dataset.files.paths}) == 1, name


def test_numbers_of_events_are_those_of_the_files(campaign: Any, samples: dict[str, Any]) -> None:
    for name, dataset in campaign.datasets.items():
        assert dataset.files.events == sum(samples[path][1] for path in dataset.files.paths), name


def test_no_file_is_both_simulation_and_data(campaign: Any) -> None:
    paths = [path for dataset in campaign.datasets.values() for path in dataset.files.paths]
    assert len(paths) == len(set(paths))


def test_cross_sections_and_luminosity_are_those_of_the_challenge(campaign: Any) -> None:
    assert campaign.luminosity.value == 3378
    expected = {
        "ttbar": 396.87 + 332.97,
        "wjets": 61457 * 0.252,
        "single_top_s_channel": 2.0268 + 1.2676,
        "single_top_t_channel": (36.993 + 22.175) / 0.252,
        "single_top_tW": 37.936 + 37.906,
    }
    simulation = {name: each for name, each in campaign.datasets.items() if each.role == "simulation"}
    assert simulation.keys() == expected.keys()
    for name, cross_section in expected.items():
        assert simulation[name].files.cross_section == pytest.approx(cross_section, rel=1e-6)


def test_pseudodata_have_the_cross_sections_of_what_they_play(campaign: Any) -> None:
    totals: dict[str, dict[str, float]] = {"simulation": {}, "pseudodata": {}}
    for dataset in campaign.datasets.values():
        role = totals[dataset.role]
        role[dataset.process] = role.get(dataset.process, 0) + dataset.files.cross_section
    assert totals["pseudodata"] == pytest.approx(totals["simulation"])


def test_the_b_tag_is_that_of_the_challenge(campaign: Any) -> None:
    assert campaign.selection.lepton_jets.b_tagging.branch == "Jet_btagCSVV2"
    assert campaign.selection.lepton_jets.b_tagging.cut == 0.5

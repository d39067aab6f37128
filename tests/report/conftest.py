"""A small campaign: histograms, fit, cutflows and classifier summary as its steps write them."""

from __future__ import annotations

import json
from pathlib import Path

import hist
import numpy as np
import pytest

from analysis.campaign import Fit, Luminosity, Observable, Process
from analysis.campaign_model import campaign_workspace, channel_edges, write_workspace
from analysis.fitting import fit_workspace
from analysis.histograms import empty_histogram, observable_axis, write_histograms
from analysis.plots.campaign_plots import CampaignResults, plot_campaign
from analysis.plots.cutflow import CutflowFiles

PROCESSES = {
    "ttbar": Process(label="$t\\bar{t}$", color="#e42536", signal=True),
    "wjets": Process(label="W+jets", color="#5790fc"),
}
OBSERVABLES = {
    "ht_4j1b": Observable(column="ht", region="4j1b", bins=10, label="$H_T$"),
    "score_4j2b": Observable(column="score", region="4j2b", bins=5, low=0, high=1, label="Score", unit=""),
}
CHANNELS = Fit(channels=("ht_4j1b",), rebin=2, lowest_edge={"ht_4j1b": 150.0}, toys=5)
LUMINOSITY = Luminosity(value=10)


def histogram(name: str, variations: dict[str, float], total: float, peak: float) -> hist.Hist:
    """A bump of `total` events in every variation, tilted by the variation's number."""
    axis = observable_axis(OBSERVABLES[name])
    filled = empty_histogram(name, axis, list(variations))
    place = np.linspace(-1, 1, len(axis))
    shape = np.exp(-((place - peak) ** 2) * 3)
    for row, tilt in enumerate(variations.values()):
        values = total * shape / shape.sum() * (1 + tilt * place)
        filled.view()["value"][row] = values
        filled.view()["variance"][row] = values / 4
    return filled


def write_simulation(folder: Path) -> dict[str, list[Path]]:
    files = {}
    for process, total, peak in (("ttbar", 300.0, 0.1), ("wjets", 200.0, -0.2)):
        variations = {"nominal": 0.0, "jes_up": 0.1, "jes_down": -0.1}
        if process == "wjets":
            variations |= {"w_scale_up": 0.02, "w_scale_down": -0.02}
        contents = {name: histogram(name, variations, total, peak) for name in OBSERVABLES}
        files[process] = [folder / f"{process}.json"]
        write_histograms(contents, files[process][0])
    return files


def write_data(path: Path) -> None:
    random = np.random.default_rng(1)
    data = {name: histogram(name, {"nominal": 0.0}, 500.0, 0.0) for name in OBSERVABLES}
    for filled in data.values():
        view = filled.view()
        view["value"] = view["variance"] = random.poisson(view["value"])
    write_histograms(data, path)


def write_cutflow(path: Path, events: int) -> CutflowFiles:
    cuts = {"all events": events, "one lepton": events // 3, "4j1b": events // 9, "4j2b": 0}
    rows = [{"cut": cut, "raw": n, "weighted": float(n), "weighted_squared": float(n)} for cut, n in cuts.items()]
    path.write_text(json.dumps({"rows": rows}))
    return CutflowFiles([path], 0.5)


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignResults:
    folder = tmp_path_factory.mktemp("campaign")
    simulation = write_simulation(folder)
    write_data(folder / "data.json")
    workspace = campaign_workspace(simulation, folder / "data.json", PROCESSES, CHANNELS, LUMINOSITY)
    write_workspace(folder / "workspace.json", workspace)
    edges = channel_edges(OBSERVABLES, CHANNELS)
    fit_workspace(folder / "workspace.json", folder / "fit.json", edges=edges, toys=CHANNELS.toys, seed=1)
    roc = np.linspace(0, 1, 11)
    summary = {
        "auc": 0.875, "auc_error": 0.004, "auc_of_training_events": 0.889,
        "roc": {"background": roc.tolist(), "signal": np.sqrt(roc).tolist()},
        "importances": {"ht": 0.05, "n_btags": 0.08, "met": -0.001},
    }  # fmt: skip
    (folder / "classifier.json").write_text(json.dumps(summary))
    return CampaignResults(
        title="Top <quarks> & jets",
        luminosity=LUMINOSITY,
        processes=PROCESSES,
        observables=OBSERVABLES,
        channels=CHANNELS.channels,
        histograms=simulation,
        data=folder / "data.json",
        fit=folder / "fit.json",
        cutflows={name: [write_cutflow(folder / f"cuts_{name}.json", 9000)] for name in PROCESSES},
        classifier=folder / "classifier.json",
    )


@pytest.fixture(scope="session")
def plots(campaign: CampaignResults, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plots")
    plot_campaign(campaign, folder)
    return folder

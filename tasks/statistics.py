"""The statistical model and the fit of the signal strength."""

from __future__ import annotations

from typing import Any

import caselaw
from tasks.histograms import CollectData, FillHistograms


def simulated(datasets: Any) -> dict[str, Any]:
    """Datasets that predict the data."""
    return {name: dataset for name, dataset in datasets.items() if dataset.role == "simulation"}


class BuildWorkspace(caselaw.Task):
    """A pyhf workspace of all channels, processes and systematic variations."""

    products = {"workspace": "json"}
    config_keys = ("datasets", "processes", "observables", "fit", "luminosity")

    def upstream(self) -> Any:
        connections = {
            f"histograms_{name}": caselaw.whole(FillHistograms.req(self, dataset=name))
            for name in simulated(self.config["datasets"])
        }
        return {**connections, "data": caselaw.whole(CollectData.req(self))}

    def run(self) -> None:
        from analysis.campaign_model import campaign_workspace, write_workspace

        workspace = campaign_workspace(
            histograms_by_process(self, self.config["datasets"]),
            self.input()["data"],
            self.config["processes"],
            self.config["fit"],
            self.config["luminosity"],
        )
        with self.publish() as out:
            write_workspace(out["workspace"], workspace)


def histograms_by_process(task: Any, datasets: Any) -> dict[str, list[Any]]:
    """Histogram files of simulation, process by process."""
    files: dict[str, list[Any]] = {}
    for name, dataset in simulated(datasets).items():
        files.setdefault(dataset.process, []).append(task.input()[f"histograms_{name}"])
    return files


class Fit(caselaw.Task):
    """Signal strength with uncertainties, pulls, impacts, and the pulls of toy experiments."""

    products = {"fit": "json"}
    config_keys = ("fit", "observables")
    resources = caselaw.Resources(memory="2 GB", runtime="1 h")

    def upstream(self) -> Any:
        return {"workspace": caselaw.whole(BuildWorkspace.req(self))}

    def run(self) -> None:
        from analysis.campaign_model import channel_edges
        from analysis.fitting import fit_workspace

        settings = self.config["fit"]
        with self.publish() as out:
            fit_workspace(
                self.input()["workspace"],
                out["fit"],
                edges=channel_edges(self.config["observables"], settings),
                toys=settings.toys,
                seed=self.seed,
            )

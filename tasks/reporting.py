"""Figures and the report of a campaign."""

from __future__ import annotations

from typing import Any

import caselaw
from tasks.classification import TrainClassifier
from tasks.histograms import CollectData, FillHistograms
from tasks.normalisation import sample_normalisation, sample_upstream
from tasks.outputs import dag_nodes, made_outputs
from tasks.statistics import Fit, histograms_by_process, simulated

KEYS = ("title", "luminosity", "processes", "datasets", "observables", "fit")


def results_upstream(task: Any) -> dict[str, Any]:
    """Everything that figures and report show."""
    datasets = simulated(task.config["datasets"])
    return {
        "data": caselaw.whole(CollectData.req(task)),
        "fit": caselaw.whole(Fit.req(task)),
        "classifier": caselaw.whole(TrainClassifier.req(task)),
        **{f"histograms_{name}": caselaw.whole(FillHistograms.req(task, dataset=name)) for name in datasets},
        **{
            key: connection
            for name, dataset in datasets.items()
            for key, connection in sample_upstream(task, name, dataset).items()
        },
    }


def campaign_results(task: Any) -> Any:
    """Settings and files of the campaign, as figures and report take them."""
    from analysis.plots.campaign_plots import CampaignResults
    from analysis.plots.cutflow import CutflowFiles

    inputs, config = task.input(), task.config
    real = any(dataset.role == "data" for dataset in config["datasets"].values())
    cutflows: dict[str, list[Any]] = {}
    for name, dataset in simulated(config["datasets"]).items():
        files = [outputs["cutflow"] for outputs in inputs[f"events_{name}"]]
        factor = sample_normalisation(task, name, dataset).factor
        cutflows.setdefault(dataset.process, []).append(CutflowFiles(files, factor))
    return CampaignResults(
        title=config["title"],
        luminosity=config["luminosity"],
        processes=config["processes"],
        observables=config["observables"],
        channels=config["fit"].channels,
        histograms=histograms_by_process(task, config["datasets"]),
        data=inputs["data"],
        fit=inputs["fit"],
        cutflows=cutflows,
        classifier=inputs["classifier"]["summary"],
        data_label="Data" if real else "Pseudo-data",
        source="open data" if real else "simulation",
        rates=config["fit"].normalisation,
    )


class DrawPlots(caselaw.Task):
    """Every figure of the campaign as PNG and PDF."""

    products = {"plots": "/"}
    config_keys = KEYS

    def upstream(self) -> Any:
        return results_upstream(self)

    def run(self) -> None:
        from analysis.plots.campaign_plots import plot_campaign

        with self.publish() as out:
            plot_campaign(campaign_results(self), out["plots"])


class Report(caselaw.Task):
    """One self-contained HTML page: result, figures, yields, cutflow, and how every output was made."""

    products = {"report": "html"}
    config_keys = KEYS

    def upstream(self) -> Any:
        return {"plots": caselaw.whole(DrawPlots.req(self)), **results_upstream(self)}

    def run(self) -> None:
        from analysis.report.page import write_report

        with self.publish() as out:
            write_report(
                out["report"],
                campaign_results(self),
                self.input()["plots"],
                made_outputs(self),
                dag_nodes(self),
            )

"""Histograms of simulation under all variations, and of the data."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw
from tasks.classification import EvaluateClassifier
from tasks.normalisation import sample_normalisation, sample_upstream
from tasks.selection import SHIFTS, SelectEvents


class FillHistograms(caselaw.Task):
    """All observables of one simulated dataset, under all variations, scaled to the luminosity."""

    dataset = luigi.Parameter(description="a simulated dataset of the campaign")

    products = {"histograms": "json"}
    config_keys = ("datasets.{dataset}", "observables", "luminosity")
    resources = caselaw.Resources(memory="2 GB", runtime="1 h")

    def upstream(self) -> Any:
        connections = sample_upstream(self, self.dataset, self.config[f"datasets.{self.dataset}"])
        for shift in SHIFTS:
            connections[f"selected_{shift}"] = caselaw.whole(SelectEvents.req(self, shift=shift))
            connections[f"scores_{shift}"] = caselaw.whole(EvaluateClassifier.req(self, shift=shift))
        return connections

    def run(self) -> None:
        from analysis.histograms import fill_histograms

        inputs = self.input()
        shift_events = {
            shift: [
                (selected["events"], scores)
                for selected, scores in zip(inputs[f"selected_{shift}"], inputs[f"scores_{shift}"], strict=True)
            ]
            for shift in SHIFTS
        }
        normalisation = sample_normalisation(self, self.dataset, self.config[f"datasets.{self.dataset}"])
        with self.publish() as out:
            fill_histograms(shift_events, normalisation.factor, self.config["observables"], out["histograms"])


class CollectData(caselaw.Task):
    """Histograms of the data; without real data, unweighted events drawn from independent simulation."""

    products = {"histograms": "json"}
    config_keys = ("datasets", "observables", "luminosity")

    def upstream(self) -> Any:
        connections = {}
        for name, dataset in self.data.items():
            connections.update(sample_upstream(self, name, dataset))
            connections[f"scores_{name}"] = caselaw.whole(EvaluateClassifier.req(self, dataset=name, shift="nominal"))
        return connections

    @property
    def data(self) -> dict[str, Any]:
        """Datasets of real data, or those that play its role."""
        datasets = self.config["datasets"]
        real = {name: dataset for name, dataset in datasets.items() if dataset.role == "data"}
        return real or {name: dataset for name, dataset in datasets.items() if dataset.role == "pseudodata"}

    def event_files(self, name: str) -> list[tuple[Any, Any]]:
        inputs = self.input()
        return [
            (selected["events"], scores)
            for selected, scores in zip(inputs[f"events_{name}"], inputs[f"scores_{name}"], strict=True)
        ]

    def run(self) -> None:
        from analysis.histograms import fill_histograms
        from analysis.pseudodata import PseudoDataSample, draw_pseudodata

        observables = self.config["observables"]
        with self.publish() as out:
            if any(dataset.role == "data" for dataset in self.data.values()):
                files = [pair for name in self.data for pair in self.event_files(name)]
                fill_histograms({"nominal": files}, 1.0, observables, out["histograms"])
            else:
                samples = {
                    name: PseudoDataSample(self.event_files(name), sample_normalisation(self, name, dataset))
                    for name, dataset in self.data.items()
                }
                draw_pseudodata(samples, observables, out["histograms"], seed=self.seed)

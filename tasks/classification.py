"""A classifier of signal against background, trained on selected simulation."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw
from tasks.normalisation import sample_normalisation, sample_upstream
from tasks.selection import SHIFTS, SelectEvents


class TrainClassifier(caselaw.Task):
    """Boosted trees, one for events with even and one for events with odd numbers, as ONNX."""

    products = {"model": "onnx", "summary": "json"}
    config_keys = ("classifier", "datasets", "processes", "luminosity")
    resources = caselaw.Resources(memory="2 GB", runtime="1 h")

    def upstream(self) -> Any:
        connections = {}
        for name, dataset in self.simulation.items():
            connections.update(sample_upstream(self, name, dataset))
        return connections

    @property
    def simulation(self) -> dict[str, Any]:
        return {name: d for name, d in self.config["datasets"].items() if d.role == "simulation"}

    def run(self) -> None:
        from analysis.classifier import TrainingSample, train_classifier

        samples = [
            TrainingSample(
                files=tuple(outputs["events"] for outputs in self.input()[f"events_{name}"]),
                signal=self.config["processes"][dataset.process].signal,
                normalisation=sample_normalisation(self, name, dataset).factor,
            )
            for name, dataset in self.simulation.items()
        ]
        with self.publish() as out:
            train_classifier(samples, out["model"], out["summary"], self.config["classifier"], seed=self.seed)


class EvaluateClassifier(caselaw.Workflow):
    """The classifier's score of every selected event, one branch per file."""

    dataset = luigi.Parameter(description="a dataset of the campaign")
    shift = luigi.ChoiceParameter(default="nominal", choices=SHIFTS, description="shift of jet momenta")

    products = {"scores": "parquet"}
    config_keys = ("datasets.{dataset}.process",)

    def upstream(self) -> Any:
        return {
            "events": caselaw.each(SelectEvents.req(self)),
            "classifier": caselaw.whole(TrainClassifier.req(self)),
        }

    def run(self) -> None:
        from analysis.classifier import evaluate_classifier

        with self.publish() as out:
            evaluate_classifier(
                self.input()["events"]["events"],
                self.input()["classifier"]["model"],
                out["scores"],
                threads=self.resources.cpus,
            )

"""The parametrised detector: from generated particles to NanoAOD-like files."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw
from tasks.generation import GenerateEvents


class SimulateDetector(caselaw.Workflow):
    """NanoAOD-like files of one dataset, one branch per generated file."""

    dataset = luigi.Parameter(description="a generated dataset of the campaign")

    products = {"nano": "root"}
    config_keys = ("detector",)
    resources = caselaw.Resources(memory="1 GB", runtime="30 min")

    def upstream(self) -> Any:
        return {"generated": caselaw.each(GenerateEvents.req(self))}

    def run(self) -> None:
        from analysis.detector import simulate_detector

        with self.publish() as out:
            simulate_detector(self.input()["generated"]["particles"], out["nano"], self.config["detector"], self.seed)

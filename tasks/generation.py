"""Proton collisions by Pythia 8."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw


class GenerateEvents(caselaw.Workflow):
    """Collisions of one dataset, one branch per range of random numbers."""

    dataset = luigi.Parameter(description="a generated dataset of the campaign")

    products = {"particles": "parquet", "summary": "json"}
    config_keys = ("generator", "datasets.{dataset}.generate")
    resources = caselaw.Resources(memory="1 GB", runtime="30 min")

    def upstream(self) -> Any:
        return caselaw.over(range(self.config[f"datasets.{self.dataset}.generate"].branches))

    def run(self) -> None:
        from analysis.generation import generate_events

        generator = self.config["generator"]
        generate = self.config[f"datasets.{self.dataset}.generate"]
        with self.publish() as out:
            generate_events(
                (*generator.settings, *generate.settings),
                generate.events_per_branch,
                self.seed,
                out["particles"],
                out["summary"],
                energy=generator.energy,
                event_filter=generate.filter,
            )

"""The lepton+jets selection and the corrections that it applies."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw
from tasks.detector import SimulateDetector

SHIFTS = ("nominal", "jes_up", "jes_down", "jer_up", "jer_down")


class WriteCorrections(caselaw.Task):
    """Jet energy uncertainties and b-tag scale factors as a correctionlib file."""

    products = {"corrections": "json"}
    config_keys = ("corrections", "detector")

    def run(self) -> None:
        from analysis.corrections import write_corrections

        with self.publish() as out:
            write_corrections(out["corrections"], self.config["corrections"], self.config["detector"])


class SelectEvents(caselaw.Workflow):
    """Lepton+jets selection of one dataset, one branch per file."""

    dataset = luigi.Parameter(description="a dataset of the campaign")
    shift = luigi.ChoiceParameter(default="nominal", choices=SHIFTS, description="shift of jet momenta")

    chunk_size = luigi.IntParameter(default=100_000, significant=False, description="events read at a time")

    products = {"events": "parquet", "cutflow": "json"}
    config_keys = ("datasets.{dataset}", "selection.lepton_jets")
    resources = caselaw.Resources(memory="2 GB", runtime="1 h")

    def upstream(self) -> Any:
        dataset = self.config[f"datasets.{self.dataset}"]
        nano = caselaw.each(SimulateDetector.req(self)) if dataset.generate else caselaw.files(dataset.files.paths)
        if dataset.role == "data":
            return {"nano": nano}
        return {"nano": nano, "corrections": caselaw.whole(WriteCorrections.req(self))}

    def run(self) -> None:
        from analysis.selection.lepton_jets import select_events

        with self.publish() as out:
            select_events(
                self.input()["nano"],
                out["events"],
                out["cutflow"],
                self.config["selection.lepton_jets"],
                correction_file=self.input().get("corrections"),
                process=self.config[f"datasets.{self.dataset}"].process,
                shift=self.shift,
                chunk_size=self.chunk_size,
            )

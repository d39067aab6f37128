"""The measurement of the Analysis Grand Challenge from its published histograms."""

from __future__ import annotations

from typing import Any

import luigi

import caselaw


class BuildPublishedWorkspace(caselaw.Task):
    """The pyhf workspace of the published histograms and their published definition."""

    folder = luigi.Parameter(
        significant=False,  # the files' contents count, not where they lie
        description="folder with histos_1_file_per_process.json, nanoaod_inputs.json and cabinetry_config.yml",
    )

    products = {"workspace": "json"}

    def upstream(self) -> Any:
        return {
            "histograms": caselaw.files([f"{self.folder}/histos_1_file_per_process.json"]),
            "inputs": caselaw.files([f"{self.folder}/nanoaod_inputs.json"]),
            "definition": caselaw.files([f"{self.folder}/cabinetry_config.yml"]),
        }

    def run(self) -> None:
        from analysis.agc_histograms import published_templates
        from analysis.campaign_model import write_workspace

        (histograms,), (inputs,), (definition,) = (
            self.input()[name] for name in ("histograms", "inputs", "definition")
        )
        with self.publish() as out:
            write_workspace(out["workspace"], published_templates(histograms, inputs, definition).workspace())


class FitPublished(caselaw.Task):
    """The fit of the published histograms: ttbar_norm = 0.961 ± 0.108."""

    folder = luigi.Parameter(significant=False, description="folder with the published files")

    products = {"fit": "json"}

    def upstream(self) -> Any:
        return {"workspace": caselaw.whole(BuildPublishedWorkspace.req(self))}

    def run(self) -> None:
        from analysis.fitting import fit_workspace

        with self.publish() as out:
            fit_workspace(self.input()["workspace"], out["fit"])

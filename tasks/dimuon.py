"""The Z peak in dimuon events of NanoAOD files: `law run MeasureZ --files 'one.root,two.root'`."""

from __future__ import annotations

from typing import Any

import law
import luigi

import caselaw


class SelectDimuons(caselaw.Workflow):
    """Masses of opposite-charge muon pairs around the Z, one branch per file."""

    files = law.CSVParameter(
        significant=False,  # the files' contents count, not where they lie
        description="comma-separated NanoAOD files: paths, globs or URLs",
    )
    chunk_size = luigi.IntParameter(default=100_000, significant=False, description="events read at a time")

    products = {"masses": "parquet"}
    resources = caselaw.Resources(memory="1 GB", runtime="1 h")

    def upstream(self) -> Any:
        return {"nano": caselaw.files(list(self.files))}

    def run(self) -> None:
        from analysis.campaign import Dimuon
        from analysis.selection.dimuon import select_dimuons

        with self.publish() as out:
            select_dimuons(self.input()["nano"], out["masses"], Dimuon(), self.chunk_size)


class MeasureZ(caselaw.Task):
    """The mass of the Z from all files together: a fit of the dimuon masses."""

    files = law.CSVParameter(significant=False, description="comma-separated NanoAOD files: paths, globs or URLs")

    products = {"z_peak": "json"}

    def upstream(self) -> Any:
        return {"masses": caselaw.whole(SelectDimuons.req(self))}

    def run(self) -> None:
        from analysis.campaign import Dimuon
        from analysis.z_peak import measure_z

        with self.publish() as out:
            measure_z(self.input()["masses"], out["z_peak"], Dimuon().fit_window)

"""The flagship in miniature: the same numbers, however the work is divided."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from analysis.histograms import read_histograms

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"branches": 2, "events_per_branch": 200}


@pytest.fixture(scope="module")
def campaign() -> dict:
    """The quickstart campaign with few events of two processes."""
    content = yaml.safe_load((ROOT / "configs" / "quickstart.yaml").read_text())
    datasets = content["datasets"]
    content["datasets"] = {
        name: {**datasets[name], "generate": {**datasets[name]["generate"], **SMALL}}
        for name in ("ttbar", "single_top")
    }
    content["classifier"] |= {"trees": 5, "least_events": 2}
    return content


def contents(root: Path, family: str) -> dict[str, bytes]:
    """Bytes of all JSON outputs of a family by their path in the store."""
    folder = root / "data" / family
    outputs = (path for path in folder.rglob("*.json") if path.parent.name != ".records")
    return {str(path.relative_to(folder)): path.read_bytes() for path in outputs}


def test_cutflow_and_histograms_do_not_depend_on_workers_and_chunks(project, campaign):
    settings = "schema: analysis.campaign:Campaign\nfirst_party: analysis, tasks\nworkers: {}\n"
    law_cfg = (project.root / "law.cfg").read_text().partition("[caselaw]")[0] + "[caselaw]\n"
    project.write("configs/small.yaml", yaml.safe_dump(campaign))
    found = []
    for workers, chunk in ((2, 10_000), (1, 1_000), (2, 17)):
        (project.root / "law.cfg").write_text(law_cfg + settings.format(workers))
        for family in ("SelectEvents", "TrainClassifier", "EvaluateClassifier", "FillHistograms"):
            shutil.rmtree(project.root / "data" / family, ignore_errors=True)
        project.run(
            "tasks.histograms.FillHistograms", "--campaign", "small", "--dataset", "ttbar",
            "--SelectEvents-chunk-size", str(chunk), timeout=300, PYTHONPATH=f"{project.root}:{ROOT}",
        )  # fmt: skip
        found.append((contents(project.root, "SelectEvents"), contents(project.root, "FillHistograms")))
    assert found[0][0]
    assert found[0] == found[1] == found[2]
    (histograms,) = (project.root / "data" / name for name in project.made("FillHistograms"))
    mass = read_histograms(histograms)["trijet_mass_4j2b"]
    assert set(mass.axes[0]) >= {"nominal", "jes_up", "jer_down", "btag_heavy_up", "w_scale_down"}
    assert mass["nominal", :].sum().value > 0
    cutflow = [json.loads(text)["rows"] for text in found[0][0].values()]
    assert all(row["raw"] <= rows[0]["raw"] for rows in cutflow for row in rows)
    assert np.isfinite(mass.values()).all()


def test_every_task_passes_its_campaign_on():
    import importlib

    from caselaw.task.base import FingerprintedTask

    for path in sorted((ROOT / "tasks").glob("*.py")):
        module = importlib.import_module(f"tasks.{path.stem}")
        for found in vars(module).values():
            ours = (
                isinstance(found, type) and issubclass(found, FingerprintedTask) and found.__module__ == module.__name__
            )
            if ours and path.stem not in ("dimuon", "published"):
                assert "campaign" in dict(found.get_params()), found

"""columnflow's own task classes, on a changed base class: `law.Task` is `caselaw.Task`, and nothing else changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from projects import SmallProject

INSTALLED = Path(__file__).resolve().parents[3] / ".venv/share/columnflow"
BASE = "class BaseTask(law.Task):"
SANDBOX = "bash::$CF_REPO_BASE/sandboxes/columnar.sh"

IMPORT_ALL = """\
import importlib, pkgutil
import caselaw, law, luigi
import columnflow.tasks
from luigi.task_register import Register

for module in pkgutil.walk_packages(columnflow.tasks.__path__, "columnflow.tasks."):
    importlib.import_module(module.name)
classes = [cls for cls in Register._reg if cls.__module__.startswith("columnflow.")]
adopted = [cls for cls in classes if issubclass(cls, caselaw.Task)]
workflows = [cls for cls in classes if issubclass(cls, law.BaseWorkflow)]
print(len(adopted), sorted({cls.__name__ for cls in classes} - {cls.__name__ for cls in adopted}))
print(all(issubclass(cls, caselaw.Workflow) for cls in workflows if cls in adopted))
"""


@dataclass(frozen=True)
class Columnflow(SmallProject):
    """A small analysis with columnflow as a package of its own beside it."""

    def environment(self, **extra: str) -> dict[str, str]:
        here = str(self.root)
        found = super().environment(**extra)
        for name in ("BASE", "REPO_BASE", "SOFTWARE_BASE", "VENV_BASE", "CONDA_BASE"):
            found[f"CF_{name}"] = here
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        # as columnflow's `claw` does it, all runs within the sandbox of the tasks
        within = {"LAW_SANDBOX": SANDBOX, "OMP_NUM_THREADS": "1", "PATH": path}
        store = {"CF_STORE_LOCAL": f"{here}/store", "CF_LOCAL_ENV": "true"}
        return {**found, **within, **store, "PYTHONPATH": f"{here}:{INSTALLED / 'packages'}"}

    def program(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=self.root, env=self.environment(), timeout=120,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def outputs(self, family: str) -> list[str]:
        return sorted(path.name for path in (self.root / "store/small" / family).rglob("*.parquet"))

    def states(self, *arguments: str, code: int) -> dict[str, str]:
        answer = self.ask("status", *arguments, code=code)
        return {each["family"]: each["state"] for each in answer["tasks"]}


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Columnflow:
    """The analysis, its events, and columnflow with its base class changed."""
    if not (INSTALLED / "installed.lock").is_file():
        why = "columnflow is not there: tests/services/columnflow.sh"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    root = tmp_path_factory.mktemp("columnflow")
    shutil.copytree(Path(__file__).with_name("project"), root, dirs_exist_ok=True)
    shutil.copytree(INSTALLED / "columnflow", root / "columnflow")
    base = root / "columnflow/tasks/framework/base.py"
    text = base.read_text()
    assert text.count(BASE) == 1
    text = text.replace("\nimport law\n", "\nimport caselaw\nimport law\n")
    base.write_text(text.replace(BASE, "class BaseTask(caselaw.Task):"))
    write_events(root / "nano/signal_0.root")
    analysis = Columnflow(root)
    analysis.program("-m", "law", "index", "--quiet")
    return analysis


def write_events(path: Path) -> None:
    """A small file in the form of NanoAOD."""
    path.parent.mkdir()
    random = np.random.default_rng(0)
    counts = random.integers(0, 4, 100)
    ones = np.ones(100, "u4")
    hits = ak.zip({"pt": ak.unflatten(random.exponential(40, counts.sum()).astype("f4"), counts)})
    events: dict[str, Any] = {
        "run": ones, "luminosityBlock": ones, "event": np.arange(100, dtype="u8"), "genWeight": ones.astype("f4"),
        "Hit": hits,
    }  # fmt: skip
    with uproot.recreate(path) as file:
        file.mktree("Events", {name: getattr(array, "dtype", None) or ak.type(array) for name, array in events.items()})
        file["Events"].extend(events)


def test_all_of_its_tasks_are_tasks_of_caselaw(analysis: Columnflow) -> None:
    analysis.write("import_all.py", IMPORT_ALL)
    printed = analysis.program("import_all.py").splitlines()[-2:]
    number, others = printed[0].split(maxsplit=1)
    assert int(number) > 90
    assert others == "['PlotShiftedVariablesPerShiftAndProcess1D']"  # derived from law.WrapperTask alone
    assert printed[1] == "True"


def test_it_runs_and_an_edit_of_the_analysis_is_noticed(analysis: Columnflow) -> None:
    select = ("cf.SelectEvents", "--version", "v1")
    analysis.run(*select, timeout=300)
    assert analysis.states(*select, code=0) == {
        "cf.SelectEvents": "complete", "cf.CalibrateEvents": "complete", "cf.GetDatasetLFNs": "complete",
    }  # fmt: skip
    (first,) = analysis.outputs("cf.CalibrateEvents")
    assert "existent" in analysis.run(*select, "--print-status", "1", timeout=120)

    steps = analysis.root / "ana/steps.py"
    steps.write_text(steps.read_text().replace("SCALE = 1.5", "SCALE = 2.5"))
    assert analysis.states(*select, code=1)["cf.CalibrateEvents"] == "stale"
    assert "ana.steps.SCALE" in json.dumps(analysis.ask("why", "cf.CalibrateEvents", "--version", "v1", code=None))
    analysis.run(*select, timeout=300)
    assert len(analysis.outputs("cf.CalibrateEvents")) == 2
    assert first in analysis.outputs("cf.CalibrateEvents")

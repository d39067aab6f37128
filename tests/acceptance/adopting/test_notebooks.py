"""Tasks of a converted project run from a notebook, by law's magics and by `law_run`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from projects import LAW_CFG, SmallProject

WORK = """
    import os

    import caselaw
    import law
    import luigi


    class Base(caselaw.Task):
        version = luigi.Parameter(default="v1")

        def local_target(self, *names):
            return law.LocalFileTarget(os.path.join(os.environ["RESULTS"], self.task_family, self.version, *names))


    class Source(Base):
        def output(self):
            return self.local_target("x.json")

        def run(self):
            self.output().dump({"version": self.version})
"""
NOTEBOOK = """
import json, os, sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.loads(Path("cells.json").read_text()):
    done = shell.run_cell(cell)
    done.raise_error()
"""
HERE = """
class Here(Base):
    def output(self):
        return self.local_target("here.json")

    def run(self):
        self.output().dump(["made in a cell"])
"""


@pytest.fixture
def notebook(tmp_path: Path):
    """Runs cells one after the other; returns what they printed."""
    project = SmallProject(tmp_path)
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 1"))
    project.write("work.py", WORK)
    project.write("notebook.py", NOTEBOOK)

    def run(*cells: str) -> str:
        load = 'import law\nlaw.contrib.load("ipython")\nfrom work import Base, Source'
        (tmp_path / "cells.json").write_text(json.dumps([load, *cells]))
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        environment = project.environment(PATH=path, RESULTS=str(tmp_path / "results"))
        done = subprocess.run(
            [sys.executable, "notebook.py"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
        )  # fmt: skip
        return done.stdout

    return run


def test_tasks_run_by_magics_and_by_law_run_and_are_read_in_the_next_cell(notebook):
    printed = notebook(
        "%law run work.Source --version v2",
        "%ilaw run Source --version v3",
        'Source(version="v4").law_run()',
        'print("READ", *(Source(version=f"v{n}").output().load()["version"] for n in (2, 3, 4)))',
    )
    assert "READ v2 v3 v4" in printed, printed


def test_a_task_of_a_cell_is_refused_with_what_to_do(notebook):
    printed = notebook(HERE, "Here().law_run()")
    assert "no source of module '__main__'" in printed, printed
    assert "define the task in a module under this folder" in printed, printed

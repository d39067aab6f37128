"""Modules whose names stand in parameters and in law.cfg count where code looks modules up by such names."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import LAW_CFG, SmallProject

from caselaw.fingerprint import first_party, named_modules

FRAMEWORK = """\
import importlib

import caselaw
import law
import luigi

STEPS = {}


def step(function):
    STEPS[function.__name__] = function
    return function


for name in law.config.get_expanded("analysis", "steps", [], split_csv=True):
    importlib.import_module(name)


class Select(caselaw.Task):
    analysis = luigi.Parameter(default="physics.config.small")
    step = luigi.Parameter(default="tight")
    products = {"text": "txt"}

    def run(self):
        module, _, name = self.analysis.rpartition(".")
        settings = getattr(importlib.import_module(module), name)
        self.output()["text"].dump(f"{STEPS[self.step]()} {settings}", formatter="text")
"""
FILES = {
    "physics/__init__.py": "",
    "physics/config.py": "small = {'cut': 1}\n",
    "physics/steps/__init__.py": "",
    "physics/steps/cuts.py": "from framework import step\nfrom physics.limits import LIMIT\n\n\n"
    "@step\ndef tight():\n    return LIMIT\n",
    "physics/steps/more.py": "",
    "physics/limits.py": "LIMIT = 5\n",
    "physics/unused.py": "def nothing():\n    return 1\n",
    "framework.py": FRAMEWORK,
}


@pytest.fixture
def analysis(project: SmallProject) -> SmallProject:
    """A framework that looks an analysis up by names of its configuration."""
    text = LAW_CFG.format(modules="framework:", settings="workers: 1")
    project.write("law.cfg", text + "[analysis]\nsteps: physics.steps.{cuts,more}\n")
    for name, content in FILES.items():
        project.write(name, content)
    return project


def fingerprint(project: SmallProject, *arguments: str) -> str:
    return str(project.ask("fingerprint", "framework.Select", *arguments)["fingerprint"])


@pytest.mark.parametrize(
    ("name", "old", "new", "changes"),
    [
        ("physics/config.py", "1", "2", True),
        ("physics/steps/cuts.py", "return LIMIT", "return LIMIT + 1", True),
        ("physics/limits.py", "5", "6", True),
        ("physics/unused.py", "1", "2", False),
    ],
    ids=["of a parameter", "of an option", "what that uses", "neither"],
)
def test_an_edit_counts_where_its_module_is_named(
    analysis: SmallProject, name: str, old: str, new: str, changes: bool
) -> None:
    before = fingerprint(analysis)
    analysis.write(name, FILES[name].replace(old, new))
    assert (fingerprint(analysis) != before) is changes


def test_what_a_task_says_it_looks_up_is_all_that_counts(analysis: SmallProject) -> None:
    said = FRAMEWORK.replace(
        "    products =", "    code_dependencies = ('physics.config:small', 'physics.steps.cuts:tight')\n    products ="
    )
    analysis.write("framework.py", said)
    before = fingerprint(analysis)
    analysis.write("physics/config.py", FILES["physics/config.py"] + "large = {'cut': 9}\n")
    assert fingerprint(analysis) == before
    analysis.write("physics/limits.py", "LIMIT = 6\n")
    assert fingerprint(analysis) != before


def test_an_edit_of_what_is_named_runs_again(analysis: SmallProject) -> None:
    analysis.run("framework.Select")
    analysis.ask("status", "framework.Select")
    analysis.write("physics/limits.py", "LIMIT = 6\n")
    analysis.ask("status", "framework.Select", code=1)
    analysis.run("framework.Select")
    texts = {(analysis.root / "data" / path).read_text() for path in analysis.made("Select")}
    assert texts == {"5 {'cut': 1}", "6 {'cut': 1}"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("physics.steps.cuts", {"physics.steps.cuts"}),
        ("physics.steps.cuts.tight", {"physics.steps.cuts"}),
        ("physics.steps.cuts:tight", {"physics.steps.cuts"}),
        ("physics.config, physics.limits other", {"physics.config", "physics.limits"}),
        ("/data/physics/config.py", set()),
        ("numpy.linalg", set()),
        ("caselaw", set()),
        ("nominal", set()),
        ("", set()),
    ],
)
def test_names_of_modules_in_texts(tmp_path: Path, text: str, found: set[str]) -> None:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert named_modules([text], first_party(tmp_path)) == found

"""What plain law runs, caselaw runs after one import and one base class, and an edit reruns exactly what it should."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from form_requires import TASKS
from forms import Form, convert
from not_yet import NOT_YET
from projects import LAW_CFG

HERE = Path(__file__).parent
FORMS = [*TASKS]


@dataclass(frozen=True)
class Case:
    """A form, converted in one way."""

    form: Form
    way: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.form.name} [{self.way}]"


CASES = [Case(form, way, text) for form in FORMS for way, text in form.texts()]


def job(folder: Path, form: Form, texts: list[str | None]) -> dict[str, Any]:
    """A project of its own for one form."""
    folder.mkdir(parents=True)
    (folder / "law.cfg").write_text(LAW_CFG.format(modules="work", settings="workers: 1"))
    shutil.copy(HERE / "notes.py", folder)
    for name, text in form.files.items():
        Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_text(text)
    return {"folder": str(folder), "texts": texts, "arguments": [f"work.{form.root}", *form.arguments]}


def results(root: Path, jobs: dict[str, dict[str, Any]], *modules: str) -> dict[str, list[dict[str, Any]]]:
    """What all runs of all jobs came to."""
    root.mkdir(exist_ok=True)
    (root / "jobs.json").write_text(json.dumps(jobs))
    (root / "home").mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "CI") if name in os.environ}
    done = subprocess.run(
        [sys.executable, str(HERE / "run_forms.py"), "jobs.json", "results.json", *modules],
        cwd=root, env={**kept, "HOME": str(root / "home"), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads((root / "results.json").read_text())
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Plain law: each form before its edit, and after it in a project where nothing was made before."""
    root, jobs = tmp_path_factory.mktemp("plain"), {}
    for number, form in enumerate(FORMS):
        for state, text in (("before", form.text), ("after", form.edited(form.text))):
            jobs[f"{form.name} {state}"] = job(root / f"{number}_{state}", form, [text])
    yield results(root, jobs)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """caselaw: each form, after its edit, and once more."""
    root, jobs = tmp_path_factory.mktemp("converted"), {}
    for number, case in enumerate(CASES):
        jobs[case.name] = job(root / str(number), case.form, [case.text, case.form.edited(case.text), None])
    yield results(root, jobs, "caselaw.workflow", "caselaw.task", "caselaw.fingerprint.code.closure", "sqlite3")


def differences(case: Case, plain: dict[str, Any], converted: dict[str, Any]) -> Iterator[str]:
    """What is not as it must be, in the words of the table."""
    before, after = (plain[f"{case.form.name} {state}"][0] for state in ("before", "after"))
    first, second, third = converted[case.name]
    for run, like, when in ((first, before, "first run"), (second, after, "after the edit"), (third, after, "again")):
        if run["code"] != 0:
            yield f"{when}: exit status {run['code']}\n{run['printed']}"
        if run["found"] != like["found"] and not (run is third and not run["executions"]):
            yield f"{when}: the outputs hold {run['found']}, and plain law's {like['found']}\n{run['printed']}"
    if first["executions"] != before["executions"]:
        yield f"first run: executed {first['executions']}, and plain law {before['executions']}\n{first['printed']}"
    if second["executions"] != case.form.expected:
        yield f"after the edit: executed {second['executions']}, expected {case.form.expected}\n{second['printed']}"
    if ", ".join(third["executions"]) != case.form.always:
        yield f"again: executed {third['executions']}, expected {case.form.always}\n{third['printed']}"


@pytest.mark.parametrize("form", [pytest.param(form, id=form.name) for form in FORMS])
def test_plain_law_runs_it(form: Form, plain):
    for state in ("before", "after"):
        (run,) = plain[f"{form.name} {state}"]
        assert run["code"] == 0, run["printed"]
        assert run["executions"], run["printed"]
        assert run["found"] is not None, run["printed"]
    before, after = (plain[f"{form.name} {state}"][0]["found"] for state in ("before", "after"))
    assert before != after, "the edit changes what the root holds"


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.name not in NOT_YET])
def test_caselaw_runs_it_and_an_edit_reruns_exactly_what_it_should(case: Case, plain, converted):
    found = list(differences(case, plain, converted))
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.name in NOT_YET])
def test_what_does_not_work_yet(case: Case, plain, converted):
    assert list(differences(case, plain, converted)), f"it works: {NOT_YET[case.name]!r} can go"


def test_conversion_changes_one_import_and_one_base_class():
    text = "import law\nclass Base(law.Task):\n    pass\nclass Other(law.Task):  # stays\n    pass\n"
    assert convert(text) == (
        "import caselaw\nimport law\nclass Base(caselaw.Task):\n    pass\nclass Other(law.Task):  # stays\n    pass\n"
    )


def test_forms_have_names_of_their_own_and_what_does_not_work_is_one_of_them():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert NOT_YET.keys() <= set(names)

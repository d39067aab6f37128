"""What plain law runs, caselaw runs after one import and one base class, and an edit reruns exactly what it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from form_bases import BASES
from form_branch_maps import BRANCH_MAPS
from form_branches import BRANCHES_REQUIRE
from form_folders import FOLDERS
from form_luigi_projects import LUIGI_PROJECTS
from form_mixins import MIXINS
from form_names import NAMED_FORMS
from form_outputs import SHAPES
from form_projects import PROJECTS
from form_requires import BRANCHES, TASKS
from form_returned import RETURNED
from form_runs import WORK, Entry, Files, Results, run_forms
from form_writing import WAYS
from forms import Form, convert

FORMS = [
    *TASKS,
    *BRANCHES,
    *BRANCH_MAPS,
    *BRANCHES_REQUIRE,
    *MIXINS,
    *BASES,
    *SHAPES,
    *WAYS,
    *FOLDERS,
    *NAMED_FORMS,
    *PROJECTS,
    *LUIGI_PROJECTS,
    *RETURNED,
]


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


def states(form: Form, text: str, base: Callable[[str], str] = str) -> tuple[Files, Files]:
    """Files of the project before and after the edit; `base` changes the base classes of its other modules."""
    files = {name: base(text) if name.endswith(".py") else text for name, text in form.files.items()}
    return {WORK: text, **files}, {WORK: form.edited(text), **form.edited_files}


def selected(request: pytest.FixtureRequest) -> list[Case]:
    """The cases of the tests that are to run."""
    values = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    cases = {value["case"].name for value in values if "case" in value}
    forms = {value["form"].name for value in values if "form" in value}
    return [case for case in CASES if case.name in cases or case.form.name in forms]


def forms_of(cases: Iterable[Case]) -> dict[str, Form]:
    """Their forms, and those that they are held against."""
    found = {case.form.name: case.form for case in cases}
    like = {form.like for form in found.values()}
    return {**found, **{form.name: form for form in FORMS if form.name in like}}


@pytest.fixture(scope="module")
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """Plain law: each form before its edit, and after it in a project where nothing was made before."""
    forms = forms_of(selected(request))
    yield run_plain(tmp_path_factory.mktemp("plain"), forms.values())


def run_plain(root: Path, forms: Iterable[Form]) -> Results:
    entries = {}
    for form in forms:
        before, after = states(form, form.text)
        entries[f"{form.name} before"] = Entry(form, [before])
        entries[f"{form.name} after"] = Entry(form, [{**before, **after}])
    return run_forms(root, entries)


@pytest.fixture(scope="module")
def converted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """caselaw: each form, after its edit, and once more."""
    yield run_converted(tmp_path_factory.mktemp("converted"), selected(request))


def run_converted(root: Path, cases: Iterable[Case]) -> Results:
    entries = {case.name: Entry(case.form, [*states(case.form, case.text, convert), {}]) for case in cases}
    return run_forms(
        root, entries, "caselaw.task.workflow", "caselaw.task.single", "caselaw.fingerprint.code.closure", "sqlite3"
    )


def differences(case: Case, plain: Results, converted: Results) -> Iterator[str]:
    """What is not as it must be, in the words of the table."""
    before, after = (plain[f"{case.form.like or case.form.name} {state}"][0] for state in ("before", "after"))
    first, second, third = converted[case.name]
    for run, like, when in ((first, before, "first run"), (second, after, "after the edit"), (third, after, "again")):
        if case.form.alone and run.code != (0 if run is third else like.code):
            yield f"{when}: exit status {run.code}\n{run.printed}"
        if run.found != like.found:
            yield f"{when}: the outputs hold {run.found}, and plain law's {like.found}\n{run.printed}"
    if first.executions != before.executions:
        yield f"first run: executed {first.executions}, and plain law {before.executions}\n{first.printed}"
    if second.executions != case.form.expected:
        yield f"after the edit: executed {second.executions}, expected {case.form.expected}\n{second.printed}"
    if ", ".join(third.executions) != case.form.always:
        yield f"again: executed {third.executions}, expected {case.form.always}\n{third.printed}"


@pytest.mark.parametrize("form", [pytest.param(form, id=form.name) for form in FORMS])
def test_plain_law_runs_it(form: Form, plain):
    before, after = (plain[f"{form.name} {state}"][0] for state in ("before", "after"))
    for run in (before, after):
        differs = not set(form.expected) <= set(run.executions)
        assert differs == bool(form.like), run.printed
        assert run.found is not None, run.printed
    assert before.found != after.found, "the edit changes what the root holds"


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_caselaw_runs_it_and_an_edit_reruns_exactly_what_it_should(case: Case, plain, converted):
    found = list(differences(case, plain, converted))
    assert not found, "\n\n".join(found)


def test_conversion_changes_one_import_and_one_base_class():
    text = "import law\nclass Base(law.Task):\n    pass\nclass Other(law.Task):  # stays\n    pass\n"
    assert convert(text) == (
        "import caselaw\nimport law\nclass Base(caselaw.Task):\n    pass\nclass Other(law.Task):  # stays\n    pass\n"
    )


def test_forms_have_names_of_their_own():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert {case.form.name for case in CASES} == {form.name for form in FORMS}, "every form is converted"

"""What the survey says of a project is what happens once the project is converted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import law_outputs_projects
import law_projects
import luigi_projects
import pytest
import refused_projects
from converted import Outcome, converted, job, mended, run_all, task_of, written
from project_row import Row

from caselaw.plan.survey import SurveyVerdict, survey

ROWS = [*law_projects.ROWS, *law_outputs_projects.ROWS, *luigi_projects.ROWS, *refused_projects.ROWS]
OF_LINES = [row for row in ROWS if row.verdict == SurveyVerdict.LINE]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """Runs of the projects as they were found."""
    root = tmp_path_factory.mktemp("plain")
    jobs = {row.name: job(written(row, root / str(number)), row) for number, row in enumerate(ROWS)}
    yield run_all(root, jobs)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """Runs of the projects with the import and the base classes changed."""
    root = tmp_path_factory.mktemp("converted")
    jobs = {row.name: job(converted(row, root / str(number)), row) for number, row in enumerate(ROWS)}
    yield run_all(root, jobs, "caselaw")


@pytest.fixture(scope="module")
def mended_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """Runs of the converted projects with the lines changed that the survey names."""
    root = tmp_path_factory.mktemp("mended")
    jobs = {row.name: job(mended(row, root / str(number)), row) for number, row in enumerate(OF_LINES)}
    yield run_all(root, jobs, "caselaw")


def named(rows: list[Row]) -> list[Any]:
    return [pytest.param(row, id=row.name) for row in rows]


@pytest.mark.parametrize("row", named(ROWS))
def test_the_project_works_as_it_was_found(row: Row, plain):
    assert plain[row.name].works, plain[row.name].printed


@pytest.mark.parametrize("row", named(ROWS))
def test_the_verdict_is_that_of_the_table(row: Row, tmp_path: Path):
    task = task_of(survey(written(row, tmp_path / "project")), row.task)
    assert task.verdict == row.verdict, task.findings


@pytest.mark.parametrize("row", named([row for row in ROWS if row.verdict == SurveyVerdict.UNCHANGED]))
def test_what_is_to_work_unchanged_runs(row: Row, runs):
    assert runs[row.name].works, runs[row.name].printed


@pytest.mark.parametrize(
    "row", named([row for row in ROWS if row.verdict in (SurveyVerdict.LINE, SurveyVerdict.CANNOT)])
)
def test_what_needs_a_line_or_cannot_work_does_not_run_before(row: Row, runs):
    assert not runs[row.name].works, runs[row.name].printed


@pytest.mark.parametrize("row", named(OF_LINES))
def test_with_the_lines_that_are_named_it_runs(row: Row, mended_runs):
    assert mended_runs[row.name].works, mended_runs[row.name].printed

"""After any edit exactly the outputs whose meaning changed are made again: one row per edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import code_edits
import config_edits
import construct_edits
import content_edits
import environment_edits
import input_edits
import layout_edits
import observed_edits
import output_edits
import parameter_edits
import pytest
import registering_edits
import value_edits
import writing_edits
from rows import Outcome, Row, outcome_of
from small_chain import SmallChain
from table import OUTCOMES

from caselaw.config.project import usable_cores

TABLES = (
    code_edits,
    construct_edits,
    layout_edits,
    value_edits,
    config_edits,
    input_edits,
    output_edits,
    content_edits,
    environment_edits,
    parameter_edits,
    observed_edits,
    writing_edits,
    registering_edits,
)
ROWS = [row for table in TABLES for row in table.ROWS]


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> SmallChain:
    """The project after its first run; no compiled file, memo or index is younger than its outputs."""
    chain = SmallChain.generate(tmp_path_factory.mktemp("chain") / "complete")
    chain.run()
    chain.run("Counting")
    chain.run("Registering")
    every = {0: 1, 1: 1}
    expected = {"Read": every, "Shape": every, "Summary": every, "Counting": every, "Registering": {0: 1}}
    assert chain.executions() == expected
    return chain


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest, complete: SmallChain, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """Outcomes of the selected rows, as many at once as there are cores: the commands are processes."""
    folder = tmp_path_factory.mktemp("rows")
    selected = [item.callspec.params["row"] for item in request.session.items if "outcomes" in item.fixturenames]
    with ThreadPoolExecutor(usable_cores()) as pool:
        yield {
            row.id: pool.submit(outcome_of, row, complete, folder / str(number)) for number, row in enumerate(selected)
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
def test_edit_runs_exactly_what_changed(row: Row, outcomes: dict[str, Future[Outcome]], pytestconfig: pytest.Config):
    outcome = outcomes[row.id].result()
    pytestconfig.stash[OUTCOMES].append(outcome)
    if outcome.problems:
        pytest.fail("\n".join(outcome.problems), pytrace=False)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("code: function body", "stay stay stay"),
        ("layout: comment", "stay run run"),
        ("input: file added", "stay stay run"),
    ],
)
def test_wrong_expectation_is_found(name: str, wrong: str, complete: SmallChain, tmp_path: Path):
    (row,) = [row for row in ROWS if row.id == name]
    assert outcome_of(dataclasses.replace(row, fates=wrong), complete, tmp_path / "row").problems


def test_every_row_has_a_name_of_its_own():
    names = [row.id for row in ROWS]
    assert len(set(names)) == len(names)

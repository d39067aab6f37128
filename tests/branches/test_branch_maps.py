"""Branch maps that a project makes itself: numbers of its own, equal values, what their numbers mean downstream."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from branch_map_tasks import WORK
from projects import LAW_CFG, SmallProject


class Maps:
    """The project of all these tasks, run once; then the numbers move, and it is run again."""

    def __init__(self, root: Path) -> None:
        self.project = SmallProject(root)
        self.project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
        source = self.project.write("work.py", WORK)
        self.first = self.run()
        self.made = self.texts()
        self.states = self.project.ask("status", "All")["tasks"]
        text = source.read_text().replace('{10: "a", 20: "b", 5: "c"}', '{11: "a", 20: "b", 5: "c"}')
        text = text.replace('{5: "of c", 10: "of a", 20: "of b"}', '{5: "of c", 11: "of a", 20: "of b"}')
        source.write_text(text.replace('{1: "a", 2: "b"}', '{1: "a", 3: "b"}'))
        self.why = self.project.ask("why", "ReadsNumber", "--branch", "3")
        self.then = self.run()

    def run(self) -> list[str]:
        log = self.project.root / "ran"
        log.unlink(missing_ok=True)
        self.project.run("work.All")
        return sorted(log.read_text().splitlines())

    def texts(self) -> dict[str, dict[int | None, str]]:
        """Family → branch → what it made."""
        printed = subprocess.run(
            [sys.executable, "-c", TEXTS, *FAMILIES], cwd=self.project.root, env=self.project.environment(),
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return dict(ast.literal_eval(printed))


TEXTS = """
import sys
from pathlib import Path
from caselaw.cli.ls import outputs
import work
print({
    family: {row["branch"]: Path(row["path"]).read_text() for row in outputs(getattr(work, family)())}
    for family in sys.argv[1:]
})
"""


FAMILIES = (
    "Source", "EachOne", "Pairs", "Everything", "Twenty", "Collection", "EachPlain", "PairsPlain", "EverythingPlain",
    "OnePlain", "Beside", "ReadsNumber", "ReadsMap", "Equal", "EachEqual",
)  # fmt: skip


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maps]:
    yield Maps(tmp_path_factory.mktemp("maps"))


def test_numbers_are_those_of_the_branch_map(maps):
    source = maps.made["Source"]
    assert list(source) == [10, 20, 5]
    a, b, c = source.values()
    assert maps.made["EachOne"] == source
    assert maps.made["Pairs"] == {0: f"{a}, {b}", 1: c}
    assert maps.made["Everything"] == {None: f"{a}, {b}, {c}"}
    assert maps.made["Twenty"] == {None: b}
    assert maps.made["Collection"] == {None: f"10: {a}, 20: {b}, 5: {c}"}
    assert maps.made["Beside"] == {5: f"of c: {c}", 10: f"of a: {a}", 20: f"of b: {b}"}


def test_numbers_of_plain_law_workflows_are_kept(maps):
    assert maps.made["EachPlain"] == {3: "x", 7: "y"}
    assert maps.made["PairsPlain"] == {0: "x, y"}
    assert maps.made["EverythingPlain"] == {None: "3: x, 7: y"}
    assert maps.made["OnePlain"] == {0: "y"}, "those of a selection are counted anew"


def test_every_branch_is_made_once(maps):
    assert all(state["state"] == "complete" for state in maps.states)
    assert len(maps.first) == sum(len(maps.made[family]) for family in FAMILIES)


def test_number_that_moves_runs_what_reads_it(maps):
    assert maps.then == ["Collection", "ReadsMap a", "ReadsMap b", "ReadsNumber 3"]


def test_equal_values_are_branches_of_their_own(maps):
    for family in ("Equal", "EachEqual"):
        assert len(set(maps.made[family].values())) == 5, "each has a seed of its own"


def test_what_a_number_changes_is_explained(maps):
    assert [(change["kind"], change["name"]) for change in maps.why["changes"]] == [("input", "which branch")]


def test_branches_are_selected_by_their_numbers(maps):
    project = maps.project
    chosen = project.ask("status", "EachOne", "--branches", "11,20:30")["tasks"]
    assert [(row["family"], row["branch"]) for row in chosen] == [
        ("Source", 11), ("Source", 20), ("EachOne", 11), ("EachOne", 20),
    ]  # fmt: skip
    assert "selects no branch: the workflow has branches 11, 20, 5" in project.run(
        "work.Source", "--branch", "10", code=None
    )
    project.run("work.Source", "--branch", "20")
    project.caselaw("audit", "Source")
    project.caselaw("audit", "ReadsNumber", "--branch", "3")

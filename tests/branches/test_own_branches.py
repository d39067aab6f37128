"""Branches that require others of their own workflow, or of one that requires them back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from side_by_side import SideBySide

CODE = """
class Forwards(Results):
    def create_branch_map(self):
        return list("abcd")

    def requires(self):
        return {"before": Forwards.req(self, branch=self.branch - 1)} if self.branch else Source()


class Backwards(Results):
    def create_branch_map(self):
        return {10 * n: letter for n, letter in enumerate("abcd")}

    def requires(self):
        return [self.req(self, branch=self.branch + 10)] if self.branch < 30 else []


class Tree(Results):
    def create_branch_map(self):
        return 7

    def requires(self):
        return {n: Tree.req(self, branch=n) for n in (2 * self.branch + 1, 2 * self.branch + 2) if n < 7}


class Merging(Results):
    def create_branch_map(self):
        return 3

    def requires(self):
        some = {"branches": ((0, self.branch),)} if self.branch else None
        return {"all before": Merging.req(self, branch=-1, **some)} if some else {}


class Ping(Results):
    def create_branch_map(self):
        return 3

    def requires(self):
        return Pong.req(self)


class Pong(Results):
    def create_branch_map(self):
        return 3

    def requires(self):
        return [Ping.req(self, branch=self.branch - 1)] if self.branch else []


class Failing(Results):
    def create_branch_map(self):
        return 4

    def requires(self):
        return [Failing.req(self, branch=self.branch - 1)] if self.branch > 1 else []

    def run(self):
        if self.branch_data == 1:
            raise ValueError("one fails")
        super().run()


class Circle(Results):
    def create_branch_map(self):
        return 3

    def requires(self):
        return Circle.req(self, branch=(self.branch + 1) % 3)


class Itself(Results):
    def create_branch_map(self):
        return 2

    def requires(self):
        return Itself.req(self, branch=-1, branches=())
"""


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SideBySide]:
    yield SideBySide(tmp_path_factory.mktemp("own"), CODE, "Forwards(), Backwards(), Tree(), Merging(), Ping(), Pong()")


def test_branches_that_need_each_other_see_what_plain_law_shows_them(projects):
    plain, converted = projects.both()
    assert converted == plain
    assert len(plain) == 24
    assert projects.run(projects.converted) == []
    assert {row["state"] for row in projects.converted.ask("status", "All")["tasks"]} == {"complete"}


def test_edit_runs_a_chain_from_where_it_changes_and_no_farther_than_it_matters(projects):
    module = projects.converted.root / "work.py"
    text = module.read_text()
    module.write_text(text.replace('f"source {self.n}"', '"source " + f"{self.n}"'))
    assert projects.run(projects.converted) == [], "the source makes the same"
    module.write_text(text.replace('f"source {self.n}"', 'f"SOURCE {self.n}"'))
    causes = projects.converted.ask("why", "Forwards", "--branch", "3")["changes"]
    assert "work.Source.run" in {change["name"] for change in causes}
    assert [seen[:2] for seen in projects.run(projects.converted)] == [["Forwards", n] for n in range(4)]


def test_selected_branches_bring_those_that_they_need(projects):
    converted = projects.converted
    module = converted.root / "work.py"
    module.write_text(module.read_text().replace("data=str(self.branch_data)", "data=repr(self.branch_data)"))
    ran = [seen[:2] for seen in projects.run(converted, "work.Forwards", "--branch", "1")]
    assert ran == [["Forwards", 0], ["Forwards", 1]]
    ran = [seen[:2] for seen in projects.run(converted, "work.Forwards", "--branches", "3")]
    assert ran == [["Forwards", 2], ["Forwards", 3]]
    ran = [seen[:2] for seen in projects.run(converted, "work.Backwards", "--workflow", "local")]
    assert ran == [["Backwards", n] for n in (0, 10, 20, 30)]


def test_branch_does_not_run_where_one_that_it_needs_failed(projects):
    printed = projects.converted.run("work.Failing", code=30)
    assert "3 of 4 branches failed: 1, 2, 3" in printed
    assert "not run: branch 1, which it needs, is not made" in printed


@pytest.mark.parametrize(
    ("family", "shown"),
    [
        ("Circle", "Circle(branch=0) → Circle(branch=1) → Circle(branch=2) → Circle(branch=0)"),
        ("Itself", "Itself → Itself"),
    ],
)
def test_circle_of_branches_is_an_error_that_shows_it(projects, family, shown):
    assert shown in projects.converted.run(f"work.{family}", code=35)

"""Which branches are selected, accepted and taken downstream."""

from __future__ import annotations

import pytest

from caselaw.branches import checked_number, number_of, selected_numbers
from caselaw.errors import UpstreamError
from caselaw.records import read_records


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ((), [0, 1, 2, 3]),
        (((1, 3),), [1, 2]),
        (((2, None),), [2, 3]),
        (((None, 2),), [0, 1]),
        (((3,), (0,)), [0, 3]),
        (((0, 99),), [0, 1, 2, 3]),
        (((3, 1),), [1, 2]),  # law's range_expand swaps
        ((1,), [1]),
    ],
)
def test_ranges_are_laws(ranges, expected):
    assert list(selected_numbers(ranges, range(4), "Work")) == expected


@pytest.mark.parametrize(
    ("ranges", "shown"),
    [
        (((99,),), "99"),
        (((4, None),), "4:"),
        (((99, None),), "99:"),
        (((0,), (99,)), "99"),
        (((7, 9),), "7:9"),
        (((None, 0),), ":0"),
        (((-1,),), "-1"),
        (((-3, 2),), "-3:2"),
    ],
)
def test_a_range_that_selects_nothing_is_an_error(ranges, shown):
    with pytest.raises(UpstreamError, match=rf"'{shown}' selects no branch: the workflow has branches 0 to 3"):
        selected_numbers(ranges, range(4), "Work")


@pytest.mark.parametrize("number", [4, 99, -2])
def test_a_branch_that_there_is_not_is_an_error(number):
    with pytest.raises(UpstreamError, match="selects no branch"):
        checked_number(number, range(4), "Work")


def test_acceptance_is_a_fraction_or_a_number_of_branches():
    assert [number_of(limit, 4, "acceptance", "Work") for limit in (0, 0.5, 1, 2, 4)] == [0, 2, 4, 2, 4]
    for limit in (5, -1):
        with pytest.raises(UpstreamError, match="acceptance"):
            number_of(limit, 4, "acceptance", "Work")


WORK = """
    from pathlib import Path
    import caselaw, law, luigi

    class Up(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over("abcd")
        def run(self):
            if self.branch_value in Path("broken").read_text():
                raise RuntimeError("broken")
            with self.publish() as out:
                out["text"].write_text(self.branch_value)

    class Down(caselaw.Task):
        products = {"text": "txt"}
        def upstream(self):
            return {"up": caselaw.whole(Up.req(self, acceptance=0.75, tolerance=0.25))}
        def run(self):
            with self.publish() as out:
                out["text"].write_text("".join(open(path).read() for path in self.input()["up"]))

    class Each(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return {"up": caselaw.each(Up.req(self))}
        def run(self):
            with self.publish() as out:
                out["text"].write_text(open(self.input()["up"]).read() * 2)

    class Batch(Each):
        def upstream(self):
            return {"up": caselaw.batches(Up.req(self), size=2)}
        def run(self):
            with self.publish() as out:
                out["text"].write_text("".join(open(path).read() for path in self.input()["up"]))

    class Letters(law.Task):
        def output(self):
            return law.LocalFileTarget(f"{Path.cwd()}/letters.txt")
        def run(self):
            self.output().dump("xyz", formatter="text")

    class Conditional(caselaw.Workflow):
        products = {"text": "txt"}
        def workflow_requires(self):
            return {"letters": Letters()}
        @law.dynamic_workflow_condition
        def workflow_condition(self):
            return Letters().output().exists()
        @workflow_condition.create_branch_map
        def create_branch_map(self):
            return list(Letters().output().load(formatter="text"))
        def run(self):
            with self.publish() as out:
                out["text"].write_text(self.branch_data)

    class OwnUp(Up):
        def output(self):
            return law.LocalFileTarget(f"own_{self.branch}.txt")
        def run(self):
            self.output().dump(self.branch_value, formatter="text")
"""


def texts(project, family: str) -> set[str]:
    return {(project.root / "data" / path).read_text() for path in project.made(family)}


def test_downstream_takes_the_branches_that_are_there_and_names_exactly_these(project):
    project.write("work.py", WORK)
    project.write("broken", "c")
    (row,) = [row for row in project.ask("status", "work.Down", code=1)["tasks"] if row["family"] == "Down"]
    assert (row["state"], row["fingerprint"], row["outputs"]) == ("provisional", None, [])
    project.run("work.Down")
    assert texts(project, "Down") == {"abd"}
    (record,) = read_records(project.root / "data" / "Down")
    assert record.inputs["up"]["missing"] == ["c"]
    assert "Down" not in project.run("work.Down").partition("running")[2], "it is complete as long as c is missing"
    project.write("broken", "-")
    project.run("work.Up")
    project.run("work.Down")
    assert texts(project, "Down") == {"abd", "abcd"}


def test_each_and_batches_take_the_branches_that_are_there(project):
    project.write("work.py", WORK)
    project.write("broken", "c")
    accepted = ("--acceptance", "0.75", "--tolerance", "0.25")
    project.run("work.Up", *accepted)
    project.run("work.Each", *accepted, "--workflow", "local")
    assert texts(project, "Each") == {"aa", "bb", "dd"}
    project.run("work.Batch", *accepted)
    assert texts(project, "Batch") == {"ab", "d"}
    project.write("broken", "-")
    project.run("work.Batch")
    assert texts(project, "Each") == {"aa", "bb", "dd"}
    assert texts(project, "Batch") == {"ab", "d", "cd"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("work.Up", "--branches", "99"), "'99' selects no branch: the workflow has branches 0 to 3"),
        (("work.Up", "--branch", "99"), "'99' selects no branch"),
        (("work.OwnUp", "--branches", "99"), "'99' selects no branch"),
        (("work.Up", "--acceptance", "7"), "acceptance is 7, but 4 branches are to be run"),
        (("work.Up", "--tolerance", "7"), "tolerance is 7, but 4 branches are to be run"),
    ],
)
def test_more_branches_than_there_are_is_an_error_before_anything_runs(project, arguments, message):
    project.write("work.py", WORK)
    project.write("broken", "-")
    printed = project.run(*arguments, code=None)
    assert message in printed
    assert project.made("Up") == set()


def test_selections_on_the_command_line_name_nothing_anew(project):
    project.write("work.py", WORK)
    project.write("broken", "-")
    project.run("work.Each", "--branches", "1:3")
    assert (texts(project, "Up"), texts(project, "Each")) == ({"b", "c"}, {"bb", "cc"})
    project.run("work.Each", "--branches", "2:")
    assert (texts(project, "Up"), texts(project, "Each")) == ({"b", "c", "d"}, {"bb", "cc", "dd"})
    project.run("work.Each")
    assert len(project.made("Each")) == 4
    status = project.ask("status", "work.Each", "--branches", "1:3")
    assert [row["state"] for row in status["tasks"]] == ["complete"] * 4
    project.caselaw("status", "work.Each", "--branch", "99", code=2)


def test_a_selection_waits_for_the_condition_on_the_branches(project):
    project.write("work.py", WORK)
    project.run("work.Conditional", "--branches", "1")
    assert texts(project, "Conditional") == {"y"}
    assert "'7' selects no branch" in project.run("work.Conditional", "--branches", "7", code=None)

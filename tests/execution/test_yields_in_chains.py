"""Branches that require others of their own workflow, and yield tasks in run() besides: loops of an optimisation."""

from __future__ import annotations

import pytest
from projects import LAW_CFG, SmallProject

WORK = '''
    from pathlib import Path
    import caselaw, law, luigi

    ROOT = Path(__file__).parent

    class Base(caselaw.Task):
        def note(self, *words):
            with open(ROOT / "log.txt", "a") as file:
                file.write(" ".join(map(str, [self.task_family, *words])) + "\\n")
        def output(self):
            values = [value for name, value in self.readable_parameters.items()]
            name = "_".join(map(str, [self.task_family, *values, getattr(self, "branch", "")]))
            return law.LocalFileTarget(str(ROOT / "out" / f"{name}.txt"))

    class Objective(Base):
        """The function, which reads what is to be added from a file of the chain."""
        chain = luigi.Parameter()
        x = luigi.IntParameter()
        def upstream(self):
            return {"add": caselaw.files([f"{self.chain}.txt"])}
        def run(self):
            self.note(self.chain, self.x)
            self.output().dump(str(self.x + int(Path(f"{self.chain}.txt").read_text())), formatter="text")

    class Steps(Base, law.LocalWorkflow):
        """Two chains of three branches: each begins from what the one before has made."""
        def create_branch_map(self):
            return ["a", "b", "a", "b", "a", "b"]
        def requires(self):
            return [Steps.req(self, branch=self.branch - 2)] if self.branch > 1 else None
        def run(self):
            x = int(self.input()[0].load(formatter="text")) if self.branch > 1 else 0
            found = yield Objective(chain=self.branch_data, x=x)
            self.note(self.branch)
            self.output().dump(found.load(formatter="text"), formatter="text")

    class Backwards(Base, law.LocalWorkflow):
        """Each needs all that have a larger number, in one collection."""
        def create_branch_map(self):
            return 3
        def requires(self):
            return Backwards.req(self, branch=-1, branches=((self.branch + 1, 3),)) if self.branch < 2 else ()
        def run(self):
            before = self.input()["collection"].targets.values() if self.branch < 2 else ()
            x = sum(int(target.load(formatter="text")) for target in before)
            found = yield Objective(chain="a", x=x)
            self.note(self.branch)
            self.output().dump(found.load(formatter="text"), formatter="text")

    class Yielding(Base, law.LocalWorkflow):
        """Yields the branch before, and what the first of them needs."""
        def create_branch_map(self):
            return 4
        def run(self):
            task = Yielding.req(self, branch=self.branch - 1) if self.branch else Objective(chain="a", x=0)
            before = yield task
            self.note(self.branch)
            self.output().dump(before.load(formatter="text") + str(self.branch), formatter="text")

    class Last(Base):
        def requires(self):
            return {"steps": Steps.req(self), "backwards": Backwards.req(self, branch=0)}
        def run(self):
            self.note()
            found = [target.load(formatter="text") for target in self.input()["steps"]["collection"].targets.values()]
            self.output().dump(" ".join([*found, self.input()["backwards"].load(formatter="text")]), formatter="text")
'''

STEPS = [f"Steps {n}" for n in range(6)]
OF_A = ["Objective a 0", "Objective a 1", "Objective a 2"]
OF_B = ["Objective b 0", "Objective b 10", "Objective b 20"]
WAYS = {"pool": (), "several workers of luigi": ("--workers", "2")}


@pytest.fixture
def small(tmp_path) -> SmallProject:
    small = SmallProject(tmp_path)
    small.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
    small.write("work.py", WORK)
    small.write("a.txt", "1")
    small.write("b.txt", "10")
    return small


def executions(small: SmallProject, *arguments: str, succeeds: bool = True) -> list[str]:
    """What one run has executed."""
    (small.root / "log.txt").unlink(missing_ok=True)
    printed = small.run(*arguments, code=None)
    assert ("This progress looks :)" in printed) == succeeds, printed
    log = small.root / "log.txt"
    return sorted(log.read_text().splitlines()) if log.exists() else []


def texts(small: SmallProject) -> list[str]:
    return sorted(path.read_text() for path in (small.root / "out").glob("Last*"))


def states(small: SmallProject, code: int) -> list[str]:
    rows = small.ask("status", "work.Steps", "--branches", code=code)["tasks"]
    return [row["state"] for row in rows if row["family"] == "Steps"]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_branch_of_a_loop_sees_the_one_before_and_an_edit_runs_its_chain(small, way):
    assert executions(small, "work.Last", *way) == sorted(
        [*STEPS, *OF_A, "Objective a 3", *OF_B, *(f"Backwards {n}" for n in range(3)), "Last"]
    )
    assert texts(small) == ["1 10 2 20 3 30 4"]
    assert executions(small, "work.Last", *way) == []
    assert states(small, 0) == ["complete"] * 6

    small.write("b.txt", "20")
    assert states(small, 1) == ["complete", "stale"] * 3
    again = ["Objective b 0", "Objective b 20", "Objective b 40", "Steps 1", "Steps 3", "Steps 5", "Last"]
    assert executions(small, "work.Last", *way) == sorted(again)
    assert texts(small) == ["1 10 2 20 3 30 4", "1 20 2 40 3 60 4"]

    small.write("b.txt", "10")
    assert executions(small, "work.Last", *way) == [], "what was made before is found again"


def test_branches_run_one_after_the_other_where_all_is_there_that_they_yield(small):
    executions(small, "work.Steps")
    small.write("work.py", WORK.replace("self.note(self.branch)", "self.note('again', self.branch)"))
    expected = [f"Steps again {n}" for n in range(6)]
    assert executions(small, "work.Steps") == expected
    small.write("work.py", WORK.replace("self.note(self.branch)", "self.note('local', self.branch)"))
    assert executions(small, "work.Steps", "--workflow", "local") == [f"Steps local {n}" for n in range(6)]


def test_a_branch_alone_brings_those_before_it(small):
    assert executions(small, "work.Steps", "--branch", "2") == ["Objective a 0", "Objective a 1", "Steps 0", "Steps 2"]
    assert executions(small, "work.Steps", "--branch", "2") == []
    assert states(small, 1) == ["complete", "missing"] + ["complete", "missing"] + ["missing"] * 2
    assert executions(small, "work.Steps", "--branches", "4") == ["Objective a 2", "Steps 4"]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_yielded_task_that_fails_stops_its_own_loop_and_no_other(small, way):
    small.write("b.txt", "no number")
    ran = executions(small, "work.Steps", *way, succeeds=False)
    assert {*OF_A, "Steps 0", "Steps 2", "Steps 4"} <= set(ran)
    assert not {"Steps 1", "Steps 3", "Steps 5"} & set(ran)
    small.write("b.txt", "10")
    assert executions(small, "work.Steps", *way) == sorted([*OF_B, "Steps 1", "Steps 3", "Steps 5"])


@pytest.mark.parametrize("way", [*WAYS.values(), ("--workflow", "local")], ids=[*WAYS, "local"])
def test_branches_that_yield_others_of_their_workflow(small, way):
    every = [f"Yielding {n}" for n in range(4)]
    assert executions(small, "work.Yielding", *way) == ["Objective a 0", *every]
    assert executions(small, "work.Yielding", *way) == []
    small.write("a.txt", "2")
    assert executions(small, "work.Yielding", *way) == ["Objective a 0", *every]
    small.write("a.txt", "1")
    assert executions(small, "work.Yielding", *way) == []
    made = {path.read_text() for path in (small.root / "out").glob("Yielding*")}
    assert made == {"10", "101", "1012", "10123", "20", "201", "2012", "20123"}

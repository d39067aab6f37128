"""run() of a branch may yield tasks, in the pool as elsewhere: they run once, and one that fails stops no other."""

from __future__ import annotations

import time

import pytest
from projects import LAW_CFG, SmallProject
from record_documents import set_clocks

WORK = '''
    import multiprocessing
    from pathlib import Path
    import caselaw, law, luigi

    ROOT = Path(__file__).parent

    def note(*words):
        with open(ROOT / "log.txt", "a") as file:
            file.write(" ".join(map(str, words)) + "\\n")

    class Source(caselaw.Task):
        n = luigi.IntParameter()
        products = {"text": "txt"}
        def upstream(self):
            return {"value": caselaw.files([f"{self.n}.txt"])}
        def run(self):
            note("Source", self.n)
            with self.publish() as out:
                out["text"].write_text(str(int(Path(self.input()["value"][0].path).read_text())))

    class Plain(law.Task):
        n = luigi.IntParameter()
        def output(self):
            return law.LocalFileTarget(str(ROOT / "plain" / f"{self.n}.txt"))
        def run(self):
            note("Plain", self.n)
            self.output().dump(f"plain {self.n}", formatter="text")

    class Parts(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over("ab")
        def run(self):
            with self.publish() as out:
                out["text"].write_text(self.branch_value)

    class Yields(caselaw.Workflow):
        """Branch n yields source n, then the source that this one names, and a few things more."""
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over(range(3))
        def run(self):
            Path(self.output()["text"].path).write_text("half of it")
            first = yield Source(n=self.branch_value)
            more = yield {
                "source": Source(n=int(Path(first).read_text())),
                "others": [Plain(n=self.branch_value % 2), Parts(), Parts(branch=1)],
            }
            note("Yields", self.branch_value)
            paths = [Path(more["source"]), Path(more["others"][0].path), Path(more["others"][2])]
            Path(self.output()["text"].path).write_text(" ".join(path.read_text() for path in paths))

    class Down(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return {"text": caselaw.each(Yields.req(self))}
        def run(self):
            note("Down", self.branch)
            with self.publish() as out:
                out["text"].write_text(Path(self.input()["text"].path).read_text())

    class Own(caselaw.Workflow):
        """Names its outputs itself."""
        def create_branch_map(self):
            return {10: 0, 20: 1}
        def output(self):
            return law.LocalFileTarget(str(ROOT / "own" / f"{self.branch}.txt"))
        def run(self):
            source = yield Source(n=self.branch_data)
            note(type(self).__name__, self.branch_data)
            self.output().dump(Path(source).read_text(), formatter="text")

    class Fixed(Own):
        fixed_names = True
        def output(self):
            return law.LocalFileTarget(str(ROOT / "fixed" / f"{self.branch}.txt"))

    class Both(law.WrapperTask):
        def requires(self):
            return [Own(workflow="pool"), Fixed(workflow="local")]

    class Chooses(caselaw.Workflow):
        """What run() yields stands in no component and in no input."""
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over("a")
        def run(self):
            found = yield Source(n=len(list(ROOT.glob("chosen*"))))
            note("Chooses")
            with self.publish() as out:
                out["text"].write_text(Path(found).read_text())

    class Alone(caselaw.Task):
        products = {"text": "txt"}
        run = Chooses.run

    class Fickle(law.ExternalTask):
        """Complete in the process of the run, and nowhere else."""
        def output(self):
            return law.LocalFileTarget(str(ROOT / "fickle.txt"))
        def complete(self):
            return "worker" not in multiprocessing.current_process().name

    class Unsure(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over(range(2))
        def run(self):
            if self.branch_value == 0:
                yield Fickle()
            with self.publish() as out:
                out["text"].write_text("1")
'''

SOURCES = {0: 1, 1: 4, 2: 3, 3: 4, 4: 5}


def made_in(folder) -> SmallProject:
    small = SmallProject(folder)
    small.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
    small.write("work.py", WORK)
    for number, value in SOURCES.items():
        small.write(f"{number}.txt", str(value))
    return small


@pytest.fixture
def small(tmp_path) -> SmallProject:
    return made_in(tmp_path)


def executions(small: SmallProject, *arguments: str, code: int | None = 0) -> list[str]:
    """What one run has executed."""
    (small.root / "log.txt").unlink(missing_ok=True)
    printed = small.run(*arguments, code=None)
    assert code is None or ("This progress looks :)" in printed) == (code == 0), printed
    log = small.root / "log.txt"
    return sorted(log.read_text().splitlines()) if log.exists() else []


def texts(small: SmallProject, family: str) -> set[str]:
    return {(small.root / "data" / path).read_text() for path in small.made(family) if path.endswith(".txt")}


def branches(small: SmallProject, family: str, code: int) -> list[tuple[str, bool]]:
    """State of each branch, and whether its name is known."""
    rows = small.ask("status", f"work.{family}", "--branches", code=code)["tasks"]
    return [(row["state"], row["fingerprint"] is not None) for row in rows if row["family"] == family]


@pytest.mark.parametrize("way", [(), ("--workflow", "local", "--workers", "2")], ids=["pool", "local"])
def test_branches_get_what_they_yield_and_go_on(small, way):
    assert executions(small, "work.Down", *way) == [
        "Down 0", "Down 1", "Down 2", "Plain 0", "Plain 1", "Source 0", "Source 1", "Source 2", "Source 3", "Source 4",
        "Yields 0", "Yields 1", "Yields 2",
    ]  # fmt: skip
    assert texts(small, "Down") == texts(small, "Yields") == {"4 plain 0 b", "5 plain 1 b"}
    small.write("3.txt", "7")
    assert branches(small, "Yields", 1) == [("complete", True), ("complete", True), ("stale", False)]
    assert branches(small, "Down", 1) == [("provisional", False)] * 3
    changes = small.ask("why", "work.Yields", "--branch", "2")["changes"]
    assert {"run()", "value: 3.txt"} <= {change["name"] for change in changes}
    assert executions(small, "work.Down", *way) == ["Down 2", "Source 3", "Yields 2"]
    assert texts(small, "Down") == {"4 plain 0 b", "5 plain 1 b", "7 plain 0 b"}


@pytest.mark.parametrize("family", ["Chooses", "Alone"])
def test_what_a_computer_with_a_clock_that_is_ahead_yielded_does_not_count_for_ever(small, family):
    """It was removed, and made anew with other tasks: which of both records counts is decided by what is there."""
    executions(small, f"work.{family}")
    first = small.made(family)
    for path in first:
        (small.root / "data" / path).unlink()
    set_clocks(small.root / "data", time.time() + 3600)
    small.write("chosen.txt", "")
    assert executions(small, f"work.{family}") == ["Chooses", "Source 1"]
    assert small.made(family).isdisjoint(first)
    assert branches(small, family, 0) == [("complete", True)]
    assert executions(small, f"work.{family}") == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_yielded_task_that_fails_stops_no_other_branch(small, workers):
    small.write("3.txt", "no number")
    assert set(executions(small, "work.Yields", "--workers", workers, code=1)) >= {"Yields 0", "Yields 1", "Source 3"}
    assert branches(small, "Yields", 1) == [("complete", True), ("complete", True), ("missing", False)]
    accepted = executions(small, "work.Yields", "--workers", workers, "--acceptance", "2")
    assert accepted == [], "what is there suffices"
    small.write("3.txt", "4")
    assert executions(small, "work.Yields", "--workers", workers) == ["Source 3", "Yields 2"]


def test_one_branch_runs_alone(small):
    assert executions(small, "work.Yields", "--branch", "1") == ["Plain 1", "Source 1", "Source 4", "Yields 1"]
    assert branches(small, "Yields", 1) == [("missing", False), ("complete", True), ("missing", False)]
    assert small.ask("audit", "work.Yields", "--branch", "1")["undeclared"] == []
    assert texts(small, "Yields") == {"5 plain 1 b"}, "half of an output is none"


def test_outputs_that_a_workflow_names_itself_tell_what_run_yielded(small):
    assert executions(small, "work.Both") == ["Fixed 0", "Fixed 1", "Own 0", "Own 1", "Source 0", "Source 1"]
    small.write("1.txt", "9")
    assert branches(small, "Fixed", 1) == [("complete", True), ("stale", False)]
    assert executions(small, "work.Both") == ["Fixed 1", "Own 1", "Source 1"]
    assert (small.root / "fixed" / "20.txt").read_text() == "9"
    assert sorted(path.read_text() for path in (small.root / "own").iterdir()) == ["1", "4", "9"]
    assert executions(small, "work.Both") == []


def test_a_task_that_only_some_processes_find_complete_is_an_error(small):
    printed = small.run("work.Unsure", code=30)
    assert "complete by what this process knows, and not complete by what a worker process finds" in printed
    assert [state for state, _ in branches(small, "Unsure", 1)] == ["missing", "complete"]

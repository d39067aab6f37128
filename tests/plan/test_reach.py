"""`caselaw gc` keeps all that `caselaw status` calls complete, whatever the command line said, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from caselaw.storage.marker import MARKER

WORK = """
    import caselaw, law, luigi

    class Number(caselaw.Workflow):
        n = luigi.IntParameter()
        start = luigi.IntParameter(default=1)
        note = luigi.Parameter(default="", significant=False)
        products = {"number": "txt"}
        def upstream(self):
            return caselaw.over(tuple(range(self.n)))
        def run(self):
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value + self.start + OFFSET))

    class Square(caselaw.Workflow):
        n = luigi.IntParameter()
        products = {"square": "txt"}
        def upstream(self):
            return {"number": caselaw.each(Number.req(self))}
        def run(self):
            with self.publish() as out:
                out["square"].write_text(str(int(open(self.input()["number"]).read()) ** 2))

    class Pairs(caselaw.Workflow):
        n = luigi.IntParameter()
        products = {"pair": "/"}
        def upstream(self):
            return {"squares": caselaw.batches(Square.req(self), size=2)}
        def run(self):
            with self.publish() as out:
                (out["pair"] / "sum").write_text(str(sum(int(open(path).read()) for path in self.input()["squares"])))

    class Total(caselaw.Task):
        products = {"total": "txt"}
        n = luigi.IntParameter(default=3)
        text = luigi.Parameter(default="a b%/c")
        flags = law.CSVParameter(default=(), cls=luigi.IntParameter)
        is_long = luigi.BoolParameter()
        def upstream(self):
            return {"pairs": caselaw.whole(Pairs(n=self.n))}
        def run(self):
            with self.publish() as out:
                out["total"].write_text(self.text + str(len(self.input()["pairs"])))

    class Law(caselaw.Task):
        products = {"text": "txt"}
        def requires(self):
            return Number(n=1)
        def run(self):
            with self.publish() as out:
                out["text"].write_text("law")

    class Own(caselaw.Task):
        n = luigi.IntParameter()
        def requires(self):
            return Number(n=self.n)
        def output(self):
            names = (f"data/own/own_{self.n}.txt", f"data/Law/beside_{self.n}.txt")
            return [law.LocalFileTarget(name) for name in names]
        def run(self):
            for target in self.output():
                target.dump("own", formatter="text")

    class Everything(law.WrapperTask):
        n = luigi.IntParameter()
        def requires(self):
            return [Square(n=self.n), Law()]

    OFFSET = 0
"""

RUNS = {
    "a parameter": ("work.Number", "--n", "2"),
    "another one, two": ("work.Square", "--n", "3"),
    "two that are not the default": ("work.Number", "--n", "2", "--start", "7"),
    "upstream, by its family": ("work.Square", "--n", "2", "--Number-start", "5"),
    "far upstream, by its family": ("work.Total", "--n", "4", "--Number-start", "6"),
    "all kinds of text": ("work.Total", "--text", "x %(a)s ü", "--flags", "1,2", "--is-long"),
    "of a task by law's words": ("work.Law", "--Number-start", "9"),
    "of a wrapper of plain law": ("work.Everything", "--n", "2"),
    "of a task that names its outputs": ("work.Own", "--n", "2"),
}


def outputs(project) -> set[str]:
    """All that lies in the store, records included, but for its marker."""
    store: Path = project.root / "data"
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file() and path.name != MARKER}


@pytest.fixture
def made(project):
    project.write("work.py", WORK)
    return project


@pytest.mark.parametrize("settings", ["", "campaign: small\n"], ids=["without campaigns", "with a campaign"])
def test_what_status_calls_complete_is_kept_whatever_the_command_line_said(made, settings: str) -> None:
    made.write("law.cfg", (made.root / "law.cfg").read_text() + settings)
    made.write("configs/small.yaml", "start: 10\n")
    for run in RUNS.values():
        made.run(*run)
    made.caselaw("tag", "all", "work.Law")
    answer = made.ask("gc", "--days", "1e-9", "--delete", "--yes")
    assert answer["outputs"] == []
    before = outputs(made)
    for name, run in RUNS.items():
        assert made.caselaw("status", *run, code=0), name
    assert outputs(made) == before


def test_what_an_edit_left_behind_goes_and_nothing_else(made) -> None:
    for run in RUNS.values():
        made.run(*run)
    old = {path for path in outputs(made) if ".records" not in path}
    made.write("work.py", WORK.replace("OFFSET = 0", "OFFSET = 1"))
    again = ("upstream, by its family", "of a task by law's words", "a parameter")
    for name in again:
        made.run(*RUNS[name])
    answer = made.ask("gc", "--days", "1e-9", "--delete", "--yes")
    gone = {output["path"].split("/data/")[1] for output in answer["outputs"]}
    assert {"Number/n_2__start_5", "Square/n_2", "Law"} <= {path.rpartition("/")[0] for path in gone}
    assert all(any(f"{each}/".startswith(f"{path}/") for each in old) for path in gone)
    for name in again:
        assert made.caselaw("status", *RUNS[name], code=0), name
    left = {path for path in outputs(made) if ".records" not in path} & old
    assert {path.split("/")[0] for path in left} <= {"own"}, "what a task names lies where nothing has records"


def test_a_family_that_is_in_the_code_no_more_goes_when_it_is_named_and_one_that_is_broken_stays(made) -> None:
    made.run(*RUNS["a parameter"])
    made.run(*RUNS["of a task by law's words"])
    made.write("work.py", WORK.replace("class Law(", "class Other("))
    assert made.ask("gc", "--days", "1e-9")["outputs"] == []
    named = made.ask("gc", "--days", "1e-9", "--family", "Law")["outputs"]
    assert {output["path"].split("/data/")[1].split("/")[0] for output in named} == {"Law"}
    made.write("work.py", WORK.replace("tuple(range(self.n))", "tuple(range(self.m))"))
    before = outputs(made)
    made.caselaw("gc", "--days", "1e-9", "--delete", "--yes", code=2)
    made.write("law.cfg", (made.root / "law.cfg").read_text().replace("work:\n", ""))
    assert made.ask("gc", "--days", "1e-9", "--delete", "--yes")["outputs"] == []
    assert outputs(made) == before

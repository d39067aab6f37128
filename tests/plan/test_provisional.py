"""Names that are only known when something upstream has run: no command takes them for names of outputs."""

from __future__ import annotations

from pathlib import Path

WORK = """
    import os
    from pathlib import Path
    import caselaw, law, luigi

    class Raw(luigi.ExternalTask):
        year = luigi.Parameter(default="a")
        def output(self):
            return luigi.LocalTarget(f"raw_{self.year}.txt")

    class Read(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return {"value": caselaw.over("ab"), "raw": Raw()}
        def run(self):
            with self.publish() as out:
                out["text"].write_text(Path(self.input()["raw"].path).read_text() + self.branch_value)

    class Report(caselaw.Task):
        products = {"text": "txt"}
        def upstream(self):
            return {"read": caselaw.whole(Read.req(self))}
        def run(self):
            with self.publish() as out:
                out["text"].write_text("".join(Path(path).read_text() for path in self.input()["read"]))

    class Choose(caselaw.Task):
        products = {"text": "txt"}
        def run(self):
            made = yield Report()
            with self.publish() as out:
                out["text"].write_text(Path(made).read_text() * 2)

    class After(caselaw.Task):
        products = {"text": "txt"}
        def upstream(self):
            return {"chosen": Choose()}
        def run(self):
            with self.publish() as out:
                out["text"].write_text(Path(self.input()["chosen"]).read_text())

    class Late(caselaw.Task):
        products = {"text": "txt"}
        def run(self):
            with self.publish() as out:
                out["text"].write_text("1")
            yield Report()

    class Branches(Read):
        def run(self):
            yield Report()

    class Own(Choose):
        def output(self):
            return law.LocalFileTarget("own.txt")

    class Passed(Choose):
        def run(self):
            return getattr(super(), "run")()
"""


def states(project, family: str, code: int) -> dict[str, str]:
    return {row["family"]: row["state"] for row in project.ask("status", f"work.{family}", code=code)["tasks"]}


def test_commands_say_what_must_run_first(project):
    project.write("work.py", WORK)
    assert states(project, "Report", 1) == {"Raw": "missing", "Read": "provisional", "Report": "provisional"}
    rows = project.ask("status", "work.Report", "--branches", code=1)["tasks"]
    assert [row["fingerprint"] for row in rows if row["state"] == "provisional"] == [None] * 3
    assert "known once Raw(year=a) has run" in " ".join(project.caselaw("status", "work.Report", code=1).split())
    for command in ("why", "audit", "export"):
        project.caselaw(command, "work.Report", *(("out",) if command == "export" else ()), code=2)
    assert project.ask("fingerprint", "work.Report")["fingerprint"] is None
    assert "Raw" in project.run("work.Report", code=None)
    assert not project.made("Read") | project.made("Report")


def test_nothing_is_garbage_while_its_name_is_not_known(project):
    project.write("work.py", WORK)
    project.write("configs/small.yaml", "title: small\n")
    project.write("raw_a.txt", "1")
    project.run("work.Report")
    made = project.made("Read") | project.made("Report")
    assert len(made) == 3
    (project.root / "raw_a.txt").unlink()
    assert project.ask("gc", "--campaign", "small")["number"] == 0
    project.write("raw_a.txt", "2")
    assert {Path(row["path"]).name for row in project.ask("gc", "--campaign", "small")["outputs"]} == {
        Path(path).name for path in made
    }


def test_what_run_yields_is_known_downstream_and_is_no_garbage(project):
    project.write("work.py", WORK)
    project.write("configs/small.yaml", "title: small\n")
    project.write("raw_a.txt", "1")
    assert states(project, "After", 1)["After"] == "provisional"
    project.run("work.After")
    assert set(states(project, "After", 0).values()) == {"complete"}
    assert {"Report", "Read"} <= set(states(project, "After", 0))
    assert project.ask("gc", "--campaign", "small")["number"] == 0
    assert project.ask("why", "work.Choose")["changes"] == []
    project.write("raw_a.txt", "2")
    found = states(project, "After", 1)
    assert (found["Choose"], found["After"]) == ("stale", "provisional")
    changes = project.ask("why", "work.Choose")["changes"]
    assert {change["name"] for change in changes} >= {"run()", "raw"}
    project.run("work.After")
    (text,) = {(project.root / "data" / p).read_text() for p in project.made("After")} - {"1a1b1a1b"}
    assert text == "2a2b2a2b"


def test_outputs_that_a_task_names_itself_become_stale(project):
    source = project.write(
        "work.py",
        """
        from pathlib import Path
        import caselaw, law
        class Own(caselaw.Workflow):
            def upstream(self):
                return caselaw.over("ab")
            def output(self):
                return law.LocalFileTarget(f"{Path.cwd()}/own_{self.branch}.txt")
            def run(self):
                self.output().dump("1", formatter="text")
    """,
    )
    assert states(project, "Own", 1) == {"Own": "missing"}
    project.run("work.Own", "--workflow", "local")
    assert states(project, "Own", 0) == {"Own": "complete"}
    source.write_text(source.read_text().replace('"1"', '"2"'))
    assert states(project, "Own", 1) == {"Own": "stale"}
    project.run("work.Own", "--branch", "1")
    made = [sorted(path.read_text() for path in project.root.glob(f"own_{n}.*.txt")) for n in (0, 1)]
    assert made == [["1"], ["1", "2"]]
    rows = project.ask("status", "work.Own", "--branches", code=1)["tasks"]
    assert [row["state"] for row in rows] == ["stale", "complete"]


def test_what_is_yielded_after_a_block_of_publish_counts(project):
    project.write("work.py", WORK)
    project.write("raw_a.txt", "1")
    project.run("work.Late")
    (made,) = project.made("Late")
    assert states(project, "Late", 0)["Late"] == "complete"
    project.write("raw_a.txt", "2")
    project.run("work.Late")
    assert made in project.made("Late") and len(project.made("Late")) == 2


def test_yields_that_no_fingerprint_can_know_are_refused(project):
    project.write("work.py", WORK)
    project.write("raw_a.txt", "1")
    project.run("work.Report")

    assert "run() returns a generator, and nothing in its text says so" in project.run("work.Passed", code=None)

"""Workflows whose store is on a server: the same runs, questions and answers as on a local disk."""

from __future__ import annotations

import json

from projects_on_servers import OnServer, records_of

WORK = """
    import json
    import caselaw, luigi

    class Number(caselaw.Workflow):
        n = luigi.IntParameter(default=5)
        products = {"number": "txt", "plots": "/"}
        def upstream(self):
            return {"value": caselaw.over(range(self.n))}
        def run(self):
            open("ran", "a").write(f"Number {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))
                (out["plots"] / "deep").mkdir()
                (out["plots"] / "empty").mkdir()
                (out["plots"] / "deep" / "plot.svg").write_text(f"<svg>{self.branch_value}</svg>")

    class Flat(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            with self.publish() as out:
                out["number"].write_text(str(self.branch_value))

    class Total(caselaw.Task):
        products = {"total": "json"}
        def upstream(self):
            return {"numbers": caselaw.whole(Number.req(self))}
        def run(self):
            open("ran", "a").write("Total\\n")
            numbers = self.input()["numbers"]
            total = sum(int(open(each["number"]).read()) for each in numbers)
            assert all(open(f"{each['plots'].__fspath__()}/deep/plot.svg").read() for each in numbers)
            with self.publish() as out:
                out["total"].write_text(json.dumps(total))
"""


def test_a_workflow_runs_once_and_its_outputs_are_on_the_server(on_server: OnServer) -> None:
    on_server.run("work.Total")
    assert on_server.ran() == [*(f"Number {n}" for n in range(5)), "Total"]
    assert on_server.contents("Total/total.") == [b"10"]
    on_server.run("work.Total")
    assert on_server.ran() == []
    assert on_server.states() == {"Number": "complete", "Total": "complete"}


def test_fingerprints_and_digests_are_those_of_a_local_store(on_server: OnServer) -> None:
    on_server.run("work.Total")
    there = on_server.ask("ls", "work.Number")["outputs"]
    on_server.run("work.Total", LAW__caselaw__store="./data")
    here = json.loads(on_server.caselaw("ls", "work.Number", "--json", LAW__caselaw__store="./data"))["outputs"]
    assert [row["fingerprint"] for row in here] == [row["fingerprint"] for row in there]
    digests = [records_of(on_server.root / folder) for folder in ("data", ".caselaw/stores")]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 11


def test_an_edit_that_changes_nothing_runs_one_step_and_adopts_the_next(on_server: OnServer) -> None:
    on_server.run("work.Total")
    on_server.ran()
    on_server.write("work.py", WORK.replace("write_text(str(self.branch_value))", 'write_text(f"{self.branch_value}")'))
    assert on_server.states() == {"Number": "stale", "Total": "stale"}
    on_server.run("work.Total")
    assert on_server.ran() == [f"Number {n}" for n in range(5)]
    assert on_server.states() == {"Number": "complete", "Total": "complete"}


def test_a_colleague_with_another_folder_finds_the_outputs(on_server: OnServer, tmp_path_factory) -> None:
    on_server.run("work.Total")
    on_server.ran()
    other = on_server.colleague(tmp_path_factory.mktemp("colleague"))
    assert other.states() == {"Number": "complete", "Total": "complete"}
    other.run("work.Total")
    assert other.ran() == []
    other.write("work.py", WORK.replace('open("ran", "a").write("Total', 'open("ran", "a").write("Again'))
    other.run("work.Total", "--verify-inputs")
    assert other.ran() == ["Again"]


def test_outputs_are_verified_by_reading_them_from_the_server(on_server: OnServer) -> None:
    on_server.run("work.Total")
    answer = on_server.ask("verify", "work.Total")
    assert {row["state"] for row in answer["outputs"]} == {"ok"}
    changed = on_server.change("Number/n_5/number.", b"9")
    answer = on_server.ask("verify", "work.Total", code=None)
    assert [row["path"].rpartition("/")[2] for row in answer["outputs"] if row["state"] == "changed"] == [changed]


def test_what_nothing_reaches_is_removed_with_its_records(on_server: OnServer) -> None:
    on_server.run("work.Total")
    on_server.write("work.py", WORK.replace("str(self.branch_value)", "str(self.branch_value + 1)"))
    on_server.run("work.Total")
    on_server.caselaw("tag", "kept", "work.Total")
    answer = on_server.ask("gc", "--tag", "kept", "--delete", "--yes")
    assert answer["number"] == 11
    assert len(on_server.contents("Number/n_5/number.")) == 5
    assert len(on_server.contents("Number/n_5/plots.")) == 5
    assert on_server.states() == {"Number": "complete", "Total": "complete"}
    assert on_server.ask("gc", "--tag", "kept")["number"] == 0


def test_a_tag_is_part_of_the_store(on_server: OnServer, tmp_path_factory) -> None:
    on_server.run("work.Total")
    on_server.caselaw("tag", "paper", "work.Total")
    other = on_server.colleague(tmp_path_factory.mktemp("colleague"))
    assert [tag["name"] for tag in other.ask("tag")["tags"]] == ["paper"]
    other.caselaw("tag", "--remove", "paper")
    assert on_server.ask("tag")["tags"] == []


def test_products_are_exported_from_the_server(on_server: OnServer) -> None:
    on_server.run("work.Total")
    on_server.caselaw("export", "work.Total", "here")
    assert (on_server.root / "here" / "total.json").read_text() == "10"


def test_law_prints_removes_and_fetches_outputs(on_server: OnServer) -> None:
    on_server.run("work.Total")
    shown = on_server.run("work.Number", "--print-status", "0")
    assert "existent (5/5)" in shown
    on_server.run("work.Total", "--fetch-output", "0,a,fetched")
    assert [path.read_text() for path in (on_server.root / "fetched").glob("*total*.json")] == ["10"]
    on_server.run("work.Total", "--remove-output", "0,a")
    assert on_server.contents("Total/total.") == []
    on_server.ran()
    on_server.run("work.Total")
    assert on_server.ran() == ["Total"]


def test_law_sees_outputs_beside_each_other_by_one_listing(on_server: OnServer) -> None:
    assert "absent (0/3)" in on_server.run("work.Flat", "--print-status", "0")
    on_server.run("work.Flat")
    assert "existent (3/3)" in on_server.run("work.Flat", "--print-status", "0")


def test_inputs_are_law_targets_with_formatters(on_server: OnServer) -> None:
    on_server.write(
        "work.py",
        WORK
        + """
    class Loaded(caselaw.Task):
        products = {"loaded": "json"}
        def upstream(self):
            return {"total": caselaw.whole(Total.req(self))}
        def run(self):
            total = self.input()["total"]["total"]
            with total.open("r") as file:
                assert file.read() == "10"
            with total.localize("r") as local:
                assert local.load() == 10
            assert total.exists() and total.uri().startswith("dav")
            with self.publish() as out:
                out["loaded"].write_text(json.dumps(total.load(formatter="json")))
    """,
    )
    on_server.run("work.Loaded")
    on_server.caselaw("export", "work.Loaded", "here")
    assert (on_server.root / "here" / "loaded.json").read_text() == "10"


YIELDS = """

    class Yields(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(2))}
        def run(self):
            made = yield Flat(branch=self.branch_value + 1)
            number = yield Number(n=int(open(made).read()), branch=0)
            open("ran", "a").write(f"Yields {self.branch_value}\\n")
            with self.publish() as out:
                out["number"].write_text(open(number["number"]).read())
"""


def test_what_branches_yield_is_read_from_the_server(on_server: OnServer) -> None:
    on_server.write("work.py", WORK + YIELDS)
    on_server.run("work.Yields")
    assert sorted(on_server.ran()) == ["Number 0", "Number 0", "Yields 0", "Yields 1"]
    on_server.run("work.Yields")
    assert on_server.ran() == []
    assert on_server.states("work.Yields")["Yields"] == "complete"

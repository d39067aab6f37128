"""Adoption: outputs that are taken over, and when they are not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from record_documents import rewrite

WORK = """
    import os
    from pathlib import Path
    import caselaw, luigi
    from steps import number

    def count(task):
        with open(os.environ["RUNS"], "a") as file:
            file.write(f"{task.get_task_family()} {task.branch_value}\\n")

    class Make(caselaw.Workflow):
        products = {"number": "txt"}
        def upstream(self):
            return caselaw.over(range(4))
        def run(self):
            count(self)
            with self.publish() as out:
                number(self.branch_value, out["number"])

    class Sum(caselaw.Task):
        products = {"sum": "txt"}
        def upstream(self):
            return {"numbers": caselaw.whole(Make.req(self))}
        def run(self):
            count(self)
            with self.publish() as out:
                out["sum"].write_text("+".join(Path(n).read_text() for n in self.input()["numbers"]))

    class Pairs(caselaw.Workflow):
        products = {"pair": "txt", "tree": "/"}
        def upstream(self):
            return {"numbers": caselaw.batches(Make.req(self), size=2), "sum": caselaw.whole(Sum.req(self))}
        def run(self):
            count(self)
            with self.publish() as out:
                out["pair"].write_text(" ".join(Path(n).read_text() for n in self.input()["numbers"]))
                (out["tree"] / "deep").mkdir()
                (out["tree"] / "deep" / "leaf").write_text(Path(self.input()["sum"]).read_text())

    class Required(caselaw.Workflow):
        products = {"found": "txt"}
        def upstream(self):
            return {"files": caselaw.files(["a.txt", "b.txt"])}
        def workflow_requires(self):
            return {"pairs": Pairs.req(self)}
        def requires(self):
            return Make.req(self, branch=self.branch)
        def run(self):
            count(self)
            with self.publish() as out:
                out["found"].write_text(Path(self.input()["number"].path).read_text())

    class Last(caselaw.Task):
        products = {"last": "txt"}
        def upstream(self):
            return {"sum": Sum.req(self), "found": caselaw.whole(Required.req(self))}
        def run(self):
            count(self)
            with self.publish() as out:
                out["last"].write_text("")
"""

STEPS = "def number(value, output):\n    output.write_text(str(value))\n"
FAMILIES = ("Make", "Sum", "Pairs", "Required", "Last")


class Chain:
    """The project, and how often each family ran."""

    def __init__(self, project) -> None:
        self.project, self.log = project, project.root / "runs.log"
        project.write("work.py", WORK)
        project.write("steps.py", STEPS)
        for name in ("a.txt", "b.txt"):
            project.write(name, name)

    def run(self, task: str = "work.Last", *arguments: str, code: int = 0) -> Counter[str]:
        self.log.unlink(missing_ok=True)
        self.printed = self.project.run(task, *arguments, code=code, RUNS=str(self.log))
        return (
            Counter(line.split()[0] for line in self.log.read_text().splitlines()) if self.log.exists() else Counter()
        )

    def version(self, number: int) -> None:
        """Another code of the first step, which makes the same."""
        self.project.write("steps.py", STEPS.replace("str(value)", f"str(value + {number} - {number})"))

    def states(self) -> dict[str, int]:
        rows = self.project.ask("status", "work.Last", "--branches")["tasks"]
        return dict(Counter(row["state"] for row in rows))

    def newest(self, family: str) -> list[Path]:
        """Paths of the current outputs."""
        rows = self.project.ask("status", f"work.{family}", "--branches", code=None)["tasks"]
        return [Path(path) for row in rows if row["family"] == family for path in row["outputs"]]


@pytest.fixture
def chain(project) -> Chain:
    return Chain(project)


def test_every_kind_of_connection_adopts(chain):
    assert chain.run() == {"Make": 4, "Sum": 1, "Pairs": 2, "Required": 2, "Last": 1}
    chain.version(1)
    assert chain.run() == {"Make": 4}
    assert chain.states() == {"complete": 10}
    assert chain.run() == {}
    answer = chain.project.ask("verify", "work.Last", code=0)
    assert {output["state"] for output in answer["outputs"]} == {"ok"}
    assert not list((chain.project.root / "data" / ".staging").iterdir())


def test_one_branch_alone_adopts(chain):
    chain.run()
    chain.version(1)
    assert chain.run("work.Pairs", "--branch", "1") == {"Make": 4}


def test_when_the_newest_output_was_tampered_with_an_earlier_one_is_taken(chain):
    chain.run("work.Sum")
    (first,) = chain.newest("Sum")
    chain.version(1)
    assert chain.run("work.Sum") == {"Make": 4}
    (second,) = chain.newest("Sum")
    content = first.read_text()
    second.unlink()
    second.write_text("tampered")
    chain.version(2)
    assert chain.run("work.Sum") == {"Make": 4}
    assert chain.newest("Sum")[0].read_text() == content
    assert "its content is not what its record says" in chain.printed
    first.write_text("tampered")  # its second name, too
    chain.version(3)
    assert chain.run("work.Sum") == {"Make": 4, "Sum": 1}


def test_an_output_that_lacks_a_product_is_not_adopted(chain):
    chain.run("work.Pairs")
    for path in chain.newest("Pairs"):
        if path.suffix == ".txt":
            path.unlink()
    chain.version(1)
    assert chain.run("work.Pairs") == {"Make": 4, "Pairs": 2}


def test_a_file_missing_from_a_folder_is_found(chain):
    chain.run("work.Pairs")
    (chain.newest("Pairs")[1] / "deep" / "leaf").unlink()
    chain.version(1)
    assert chain.run("work.Pairs") == {"Make": 4, "Pairs": 1}
    assert chain.project.ask("verify", "work.Pairs", code=0)


def test_a_product_left_over_from_a_killed_run_is_replaced(chain):
    chain.run("work.Pairs")
    chain.version(1)
    chain.run("work.Make")
    final = chain.newest("Pairs")
    final[0].write_text("another content")
    final[3].mkdir()
    assert chain.run("work.Pairs") == {}
    answer = chain.project.ask("verify", "work.Pairs", code=0)
    assert {output["state"] for output in answer["outputs"]} == {"ok"}


def test_other_products_are_not_adopted(chain):
    chain.run("work.Sum")
    text = (chain.project.root / "work.py").read_text()
    chain.project.write("work.py", text.replace('"sum": "txt"', '"sum": "dat"'))
    chain.version(1)
    assert chain.run("work.Sum") == {"Make": 4, "Sum": 1}


def test_records_from_another_computer_serve_as_well(chain):
    chain.run()
    for path in (chain.project.root / "data").rglob(".records/[!b]*.json"):
        content = json.loads(path.read_text())
        lines = [
            json.dumps({**content["shared"], **own, "host": "far-away", "ended": 9e9}) for own in content["records"]
        ]
        path.with_name("far.away.example.4711.jsonl").write_text("\n".join(lines) + "\n")
        path.unlink()
    chain.version(1)
    assert chain.run() == {"Make": 4}


def test_records_whose_name_leads_elsewhere_are_harmless(chain):
    chain.run("work.Sum")
    secret = chain.project.write("secret.txt", "secret")
    for path in list((chain.project.root / "data" / "Sum").rglob(".records/[!b]*.json")):
        content = json.loads(path.read_text())
        content["shared"]["outputs"]["sum"]["name"] = "../../secret.txt"
        rewrite(path, content)
    chain.version(1)
    assert chain.run("work.Sum") == {"Make": 4}
    assert chain.newest("Sum")[0].read_text() == "0+1+2+3"
    assert secret.stat().st_nlink == 1


def test_a_store_that_cannot_say_what_an_output_holds_stops_the_run(chain):
    chain.run("work.Sum")
    (path,) = chain.newest("Sum")
    path.unlink()
    path.symlink_to(path)
    chain.version(1)
    assert chain.run("work.Sum", code=30) == {"Make": 4}
    assert "StoreUnavailable" in chain.printed


BRANCHES = """

    import law

    class Branches(law.WrapperTask):
        def requires(self):
            return [Pairs(branch=0), Pairs(branch=1)]
"""


def test_branches_that_law_runs_one_by_one_know_what_was_made_meanwhile(chain):
    chain.project.write("work.py", WORK.replace(', "sum": caselaw.whole(Sum.req(self))', "") + BRANCHES)
    text = (chain.project.root / "work.py").read_text()
    chain.project.write("work.py", text.replace('Path(self.input()["sum"]).read_text()', '"leaf"'))
    assert chain.run("work.Branches") == {"Make": 4, "Pairs": 2}
    chain.version(1)
    assert chain.run("work.Branches") == {"Make": 4}

"""`caselaw why`: what changed since a task was last made, followed upstream to its cause."""

from __future__ import annotations

import time
from typing import Any

import pytest
from record_documents import set_clocks


def changes(chain, *arguments: str, task: str = "work.Total") -> dict[tuple[str, str], tuple[Any, Any]]:
    answer = chain.project.ask("why", task, *arguments)
    assert set(answer) == {"family", "params", "fingerprint", "previous", "changes"}
    return {(change["kind"], change["name"]): (change["old"], change["new"]) for change in answer["changes"]}


def test_nothing_changed_right_after_a_run(chain):
    chain.run()
    answer = chain.project.ask("why", "work.Total")
    assert answer["changes"] == []
    assert answer["previous"] == answer["fingerprint"]
    assert "nothing changed" in chain.project.caselaw("why", "work.Total")


@pytest.mark.parametrize("task", ["work.Total", "work.Double"])
def test_a_record_of_a_clock_that_is_ahead_explains_nothing_that_is_there(chain, task):
    chain.run()
    set_clocks(chain.root / "data", time.time() + 3600)
    chain.edit("configs/small.yaml", "start: 10", "start: 20")
    chain.run()
    answer = chain.project.ask("why", task)
    assert answer["changes"] == []
    assert answer["previous"] == answer["fingerprint"]


def test_never_made_has_no_previous(chain):
    answer = chain.project.ask("why", "work.Total")
    assert (answer["previous"], answer["changes"]) == (None, [])
    assert "no record" in chain.project.caselaw("why", "work.Total")


def test_an_edited_step_is_named_with_its_source(chain):
    chain.run()
    before = chain.project.ask("why", "work.Double")["fingerprint"]
    chain.edit("steps.py", "factor * int", "1 + factor * int")
    found = changes(chain, task="work.Double")
    assert set(found) == {("code", "steps.double")}
    old, new = found[("code", "steps.double")]
    assert "(factor * int" in old
    assert "(1 + factor * int" in new
    answer = chain.project.ask("why", "work.Double")
    assert answer["previous"] == before != answer["fingerprint"]
    printed = chain.project.caselaw("why", "work.Double")
    assert "+    output.write_text(str(1 + factor" in printed
    assert "-    output.write_text(str(factor" in printed


def test_an_input_is_followed_to_the_change_that_caused_it(chain):
    chain.run()
    chain.edit("steps.py", "output.write_text(str(value))", "output.write_text(str(2 * value))")
    assert set(changes(chain)) == {("input", "doubled"), ("input", "made"), ("code", "steps.number")}
    chain.run(task="work.Make")
    assert set(changes(chain)) == {("input", "doubled"), ("input", "made"), ("code", "steps.number")}
    chain.run(task="work.Double")
    assert ("code", "steps.number") in changes(chain)


def test_a_parameter_is_compared_with_the_nearest_record_of_the_family(chain):
    chain.run()
    found = changes(chain, "--factor", "3", task="work.Double")
    assert found == {("parameter", "factor"): ("2", "3")}
    assert "nearest record" in chain.project.caselaw("why", "work.Double", "--factor", "3")


def test_a_configuration_key_is_named_with_its_values(chain):
    chain.run()
    chain.edit("configs/small.yaml", "start: 10", "start: 12")
    assert changes(chain, "--campaign", "small", task="work.Make") == {("config", "start"): (10, 12)}
    assert ("config", "start") in changes(chain)


def test_one_branch_can_be_asked_about(chain):
    chain.run()
    chain.edit("steps.py", "factor * int", "1 + factor * int")
    assert set(changes(chain, "--branch", "1", task="work.Double")) == {("code", "steps.double")}


def test_an_added_branch_is_named(chain):
    chain.run()
    chain.edit("work.py", "VALUES = (1, 2)", "VALUES = (1, 2, 3)")
    assert set(changes(chain, "--campaign", "small", task="work.Make")) == {("input", "branch 3")}


def test_the_file_that_changed_is_named_whichever_branch_it_feeds(project):
    project.write(
        "work.py",
        """
        import caselaw
        from pathlib import Path
        class Read(caselaw.Workflow):
            products = {"n": "txt"}
            def upstream(self):
                return {"raw": caselaw.files("raw")}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text(Path(self.input()["raw"]).read_text())
        class Sum(caselaw.Task):
            products = {"n": "txt"}
            def upstream(self):
                return {"read": caselaw.whole(Read.req(self))}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text("x")
    """,
    )
    for name in "abc":
        project.write(f"raw/{name}.txt", name)
    project.run("work.Sum")
    for name in "abc":
        project.write(f"raw/{name}.txt", "changed")
        for task, expected in (("work.Read", 1), ("work.Sum", 2)):
            found = [change["name"] for change in project.ask("why", task)["changes"]]
            assert f"raw: raw/{name}.txt" in found
            assert len(found) == expected
        project.write(f"raw/{name}.txt", name)


def test_external_files_distributions_sandbox_and_variables_are_named(project):
    project.write(
        "work.py",
        """
        import os
        import caselaw
        from tools import measure
        class Read(caselaw.Workflow):
            products = {"n": "txt"}
            sandbox = "venv::sandboxes/fit.lock"
            environment_variables = ("CALIBRATION",)
            def upstream(self):
                return {"raw": caselaw.files("raw")}
            def run(self):
                import fitlib
                with self.publish() as out:
                    out["n"].write_text(measure(self.input()["raw"]))
    """,
    )
    project.write("tools.py", "def measure(path):\n    return path.path\n")
    project.write("raw/a.txt", "1")
    project.write("raw/b.txt", "2")
    project.write("sandboxes/fit.lock", "numpy==1\n")
    project.write("site/fitlib.py", "")
    project.write("site/fitlib-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: fitlib\nVersion: 1.0\n\n")
    project.write("site/fitlib-1.0.dist-info/RECORD", "fitlib.py,,\n")
    paths = {"PYTHONPATH": f"{project.root}:{project.root / 'site'}", "CALIBRATION": "v1"}
    project.write("law.cfg", (project.root / "law.cfg").read_text() + "first_party: work, tools\n")
    project.run("work.Read", **paths)
    project.write("raw/a.txt", "3")
    project.write("sandboxes/fit.lock", "numpy==2\n")
    (project.root / "site/fitlib-1.0.dist-info/METADATA").write_text("Name: fitlib\nVersion: 1.1\n\n")
    answer = project.caselaw("why", "work.Read", "--json", **{**paths, "CALIBRATION": "v2"})
    import json

    names = {(change["kind"], change["name"]) for change in json.loads(answer)["changes"]}
    assert names >= {("distribution", "fitlib"), ("environment", "1 fit.lock"), ("environment", "$CALIBRATION")}
    assert "v2" not in answer.replace("fitlib", "")

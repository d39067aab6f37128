"""Tasks with a namespace are found by every command, as `law run` finds them."""

from __future__ import annotations

import subprocess

import pytest
from projects import LAW_CFG, SmallProject

WORK = """
import caselaw, luigi

class Base(caselaw.Task):
    exclude_index = True
    products = {"text": "txt"}
    def run(self):
        with self.publish() as out:
            out["text"].write_text(type(self).__name__)

class MakeEvents(Base):
    task_namespace = "cf"

class SelectEvents(caselaw.Workflow):
    task_namespace = "cf"
    cut = luigi.IntParameter(default=1)
    products = {"text": "txt"}
    def upstream(self):
        return {"made": MakeEvents(), "values": caselaw.over("ab")}
    def run(self):
        with self.publish() as out:
            out["text"].write_text(self.branch_value)

class Twice(Base):
    task_namespace = "one"
"""

BY_CALL = """
import luigi
luigi.namespace("cf.analysis", scope=__name__)
from work import Base, SelectEvents

class Histogram(Base):
    def upstream(self):
        return {"selected": SelectEvents()}

class Twice(Base):
    task_namespace = "two"
"""

NAMES = ("cf.SelectEvents", "work.SelectEvents", "cf.analysis.Histogram", "later.Histogram")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """A project with a package that is called as the namespace, in git, whose last task has run."""
    project = SmallProject(tmp_path_factory.mktemp("namespaces"))
    project.write("law.cfg", LAW_CFG.format(modules="work:\nlater:", settings="workers: 1"))
    project.write(".gitignore", "data\n.caselaw\n.home\n")
    project.write("work.py", WORK)
    project.write("later.py", BY_CALL)
    project.write("cf/__init__.py", "")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=project.root, check=True)
    project.run("later.Histogram")
    return project


@pytest.mark.parametrize("name", NAMES)
def test_commands_take_the_names_that_law_takes(project, name):
    states = project.ask("status", name)["tasks"]
    assert {row["state"] for row in states} == {"complete"}
    assert project.ask("ls", name)["outputs"]
    assert project.ask("fingerprint", name)["family"] in ("cf.SelectEvents", "cf.analysis.Histogram")
    assert project.ask("verify", name)
    assert project.ask("why", name)["family"].startswith("cf.")


def test_folders_and_records_bear_the_namespace(project):
    assert {path.name for path in (project.root / "data").glob("[!.]*")} == {
        "cf.MakeEvents", "cf.SelectEvents", "cf.analysis.Histogram",
    }  # fmt: skip
    assert [row["family"] for row in project.ask("status", "later.Histogram")["tasks"]] == [
        "cf.MakeEvents", "cf.SelectEvents", "cf.analysis.Histogram",
    ]  # fmt: skip


def test_parameters_of_a_task_with_a_namespace_are_given_by_its_family(project):
    rows = project.ask("status", "cf.analysis.Histogram", "--cf.SelectEvents-cut", "2", code=1)["tasks"]
    assert [row["state"] for row in rows] == ["complete", "missing", "stale"]
    assert project.ask("ls", "cf.SelectEvents", "--cut", "2")["outputs"][0]["exists"] is False


def test_law_finds_it_by_its_index(project):
    subprocess.run(
        [project.command()[0], "index", "-q"], cwd=project.root, env=project.environment(), check=True, timeout=60
    )
    assert "cf.SelectEvents" in project.run("cf.SelectEvents")


def test_an_export_a_tag_an_audit_and_a_comparison_take_it(project, tmp_path):
    project.caselaw("export", "cf.SelectEvents", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"text_a.txt", "text_b.txt"}
    project.caselaw("tag", "paper", "cf.analysis.Histogram")
    assert project.ask("audit", "cf.SelectEvents")["family"] == "cf.SelectEvents"
    assert project.ask("diff", "HEAD", "HEAD", "cf.SelectEvents")["tasks"] == []
    assert project.ask("gc", "--tag", "paper")["outputs"] == []


def test_a_name_without_its_namespace_leads_to_those_that_there_are(project):
    said = subprocess.run(
        [project.command()[0].replace("/law", "/caselaw"), "status", "Twice"], cwd=project.root,
        env=project.environment(), capture_output=True, text=True, check=False, timeout=60,
    ).stderr  # fmt: skip
    assert "there is one.Twice, two.Twice" in said

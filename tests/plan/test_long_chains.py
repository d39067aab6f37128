"""Commands and runs on chains far longer than calls can be nested, and on circles."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from projects import SmallProject

sys.path.insert(0, str(Path(__file__).parent.parent / "branches"))

from long_chains import CIRCLES_SHOWN, project_of_chains

RUN = 200
"""Twice as many tasks as calls of the engine could be nested; they run in the pool, one by one."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """Chains of all kinds of tasks, in git, of which the mixed one has run."""
    project = project_of_chains(tmp_path_factory.mktemp("long"))
    for words in (
        ["init", "-q"],
        ["add", "*.py", "law.cfg"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", *words], cwd=project.root, check=True)
    project.run("links.Mixed", "--n", str(RUN), timeout=300)
    return project


def test_a_mixed_chain_runs_once_and_is_complete(project):
    assert "1/1" not in project.run("links.Mixed", "--n", str(RUN), timeout=120)
    rows = project.ask("status", "links.Mixed", "--n", str(RUN))["tasks"]
    assert {row["state"] for row in rows} == {"complete"}
    assert len(rows) == RUN + 1


def test_an_edit_is_followed_through_the_chain(project):
    links = project.root / "links.py"
    text = links.read_text()
    links.write_text(text.replace("write_text(str(self.n))", "write_text(str(self.n) + '.')", 1))
    try:
        rows = project.ask("status", "links.Mixed", "--n", str(RUN), code=1)["tasks"]
        assert {row["state"] for row in rows} <= {"stale", "missing", "provisional", "complete"}
        assert project.ask("why", "links.Mixed", "--n", "3")["changes"]
        assert project.ask("diff", "HEAD", ".", "links.Mixed", "--n", str(RUN), code=1)["tasks"]
    finally:
        links.write_text(text)


def test_commands_take_a_thousand_tasks(project):
    chain = ("links.Link", "--n", "1000")
    assert len(project.ask("status", *chain, code=1)["tasks"]) == 1001
    assert project.ask("verify", *chain, code=None)
    assert project.ask("ls", *chain)["outputs"]
    assert "absent" in project.run(*chain, "--print-status", "0")


def test_other_commands_take_what_has_run(project, tmp_path):
    chain = ("links.Mixed", "--n", str(RUN))
    project.caselaw("export", *chain, str(tmp_path))
    assert (tmp_path / "text.txt").read_text() == str(RUN)
    project.caselaw("tag", "long", *chain)
    assert project.ask("audit", "links.Mixed", "--n", str(RUN), "--once")["family"] == "Mixed"


def test_garbage_is_looked_for_where_all_tasks_are_known(project):
    """What a task in a circle needs, nobody knows: it might be what is to go."""
    settings = (project.root / "law.cfg").read_text()
    project.caselaw("tag", "kept", "links.Mixed", "--n", str(RUN))
    assert "A → B → A" in refused(project, "gc", "--tag", "kept")
    project.write("law.cfg", settings.replace("circles:", ""))
    assert project.ask("gc", "--tag", "kept")["outputs"] == []
    project.write("law.cfg", settings)


def refused(project: SmallProject, *arguments: str) -> str:
    """What a command says that ends with exit status 2."""
    done = subprocess.run(
        [project.command()[0].replace("/law", "/caselaw"), *arguments], cwd=project.root,
        env=project.environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize("name", CIRCLES_SHOWN)
def test_a_circle_ends_status_with_one_line(project, name):
    said = refused(project, "status", f"circles.{name}")
    assert said.startswith(f"caselaw: {CIRCLES_SHOWN[name]}")
    assert said.count("\n") == 1


def test_law_run_of_a_circle_ends_and_shows_it(project):
    printed = project.run("circles.A", code=35)
    assert "A → B → A: these tasks need each other in a circle" in printed

"""A task of a sandbox runs in it, whoever runs it, and its fingerprint says what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

WORK = """
    import json, os, sys
    from pathlib import Path
    import caselaw, law, luigi
    import tool

    class Before(caselaw.Workflow):
        products = {"number": "json"}
        def upstream(self):
            return caselaw.over(range(2))
        def run(self):
            with self.publish() as out:
                out["number"].write_text(json.dumps([self.branch_value, tool.VERSION]))

    class Boxed(law.SandboxTask, caselaw.Workflow):
        sandbox = "%s"
        products = {"seen": "json"}
        def upstream(self):
            return {"before": caselaw.each(Before.req(self))}
        def run(self):
            print("words from inside", os.environ.get("BOXED"))
            seen = {
                "boxed": os.environ.get("BOXED"), "prefix": sys.prefix, "tool": tool.VERSION, "pid": os.getpid(),
                "before": json.loads(Path(self.input()["before"].path).read_text()),
            }
            assert os.environ.get("FAILS") is None, "no luck inside"
            with self.publish() as out:
                out["seen"].write_text(json.dumps(seen))

    class Single(law.SandboxTask, caselaw.Task):
        sandbox = "%s"
        products = {"seen": "json"}
        def upstream(self):
            return {"before": caselaw.whole(Before.req(self))}
        def run(self):
            with self.publish() as out:
                out["seen"].write_text(json.dumps({"boxed": os.environ.get("BOXED"), "tool": tool.VERSION}))
"""


def tool(project, folder: str, version: str) -> None:
    """A distribution of which there is one version outside and another one inside."""
    project.write(f"{folder}/tool.py", f"VERSION = '{version}'\n")
    for old in (project.root / folder).glob("tool-*"):
        (old / "METADATA").unlink()
        (old / "RECORD").unlink()
        old.rmdir()
    project.write(f"{folder}/tool-{version}.dist-info/METADATA", f"Name: tool\nVersion: {version}\n")
    project.write(f"{folder}/tool-{version}.dist-info/RECORD", "tool.py,,\n")


@pytest.fixture
def boxed(project):
    """A project with a bash sandbox, in which another version of a distribution comes first."""
    config = (project.root / "law.cfg").read_text()
    project.write("law.cfg", config.replace("workers: 2", "workers: 2\nfirst_party: work"))
    tool(project, "outside", "1.0")
    tool(project, "inside", "2.0")
    project.write(
        "setup.sh", 'echo "a set-up script speaks"\nexport BOXED=yes\nexport PYTHONPATH="$PWD/inside:$PYTHONPATH"\n'
    )
    key = "bash::setup.sh"
    project.write("work.py", WORK % (key, key))
    return project


def paths(project) -> dict[str, str]:
    scripts = Path(sys.executable).parent  # where law is, as law asks of a sandbox
    return {"PYTHONPATH": f"{project.root}:{project.root}/outside", "PATH": f"{scripts}:{os.environ['PATH']}"}


def seen(project, family: str) -> list[dict[str, object]]:
    found = [json.loads((project.root / "data" / path).read_text()) for path in project.made(family)]
    return sorted(found, key=lambda each: each.get("before", [0])[0])


def test_every_branch_in_the_pool_runs_in_the_sandbox_with_inputs_from_outside(boxed):
    printed = boxed.run("work.Boxed", **paths(boxed))
    assert printed.count("words from inside yes") == 2
    found = seen(boxed, "Boxed")
    assert [(each["boxed"], each["tool"], each["before"]) for each in found] == [
        ("yes", "2.0", [number, "1.0"]) for number in range(2)
    ]
    assert len({each["pid"] for each in found}) == 2
    assert len(boxed.made("Before")) == 2
    again = boxed.run("work.Boxed", **paths(boxed))
    assert "words from inside" not in again


def test_a_task_without_branches_and_a_single_branch_run_in_the_sandbox(boxed):
    boxed.run("work.Single", **paths(boxed))
    assert seen(boxed, "Single") == [{"boxed": "yes", "tool": "2.0"}]
    boxed.run("work.Boxed", "--branch", "0", **paths(boxed))
    boxed.run("work.Boxed", "--branches", "1", "--workflow", "local", **paths(boxed))
    assert [(each["boxed"], each["tool"], each["before"][0]) for each in seen(boxed, "Boxed")] == [
        ("yes", "2.0", 0), ("yes", "2.0", 1)
    ]  # fmt: skip
    boxed.run("work.Boxed", **paths(boxed))
    assert len(boxed.made("Boxed")) == 2  # all of them had the names that the pool waits for


def test_versions_inside_count_and_those_outside_do_not(boxed):
    boxed.run("work.Single", **paths(boxed))
    first = boxed.made("Single")
    tool(boxed, "inside", "3.0")
    boxed.run("work.Single", **paths(boxed))
    second = boxed.made("Single") - first
    assert len(second) == 1
    made = json.loads((boxed.root / "data" / second.pop()).read_text())
    assert made["tool"] == "3.0"


def test_what_fails_inside_is_shown_with_its_traceback(boxed):
    boxed.write("setup.sh", (boxed.root / "setup.sh").read_text() + "export FAILS=yes\n")
    printed = boxed.run("work.Boxed", code=30, **paths(boxed))
    assert "no luck inside" in printed
    assert "bash::setup.sh" in printed
    assert "branch 1 (1) failed" in printed
    assert boxed.made("Boxed") == set()


def test_a_sandbox_that_cannot_be_entered_is_an_error_before_anything_runs(boxed):
    boxed.write("setup.sh", "exit 3\n")
    printed = boxed.run("work.Boxed", code=None, **paths(boxed))
    assert "bash::setup.sh: it cannot be entered" in printed
    assert boxed.made("Before") == set()


def test_a_venv_is_entered(project):
    venv = project.root / "box"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    outer = sysconfig.get_path("purelib")
    inner = next(venv.glob("lib/python*/site-packages"))
    (venv / "bin" / "law").write_text(f"#!{venv}/bin/python\nfrom law.cli import run\nraise SystemExit(run())\n")
    (venv / "bin" / "law").chmod(0o755)
    (inner / "ours.pth").write_text(f"import site; site.addsitedir({outer!r})\n")
    key = f"venv::{venv}"
    project.write("work.py", WORK % (key, key))
    project.write("tool.py", "VERSION = '1.0'\n")
    project.run("work.Boxed")
    assert [(each["prefix"], each["tool"]) for each in seen(project, "Boxed")] == [(str(venv), "1.0")] * 2


def test_inputs_are_staged_in_as_law_does(boxed):
    stagein = "        def sandbox_stagein(self, inputs):\n            return True\n"
    source = (boxed.root / "work.py").read_text()
    stagein = stagein.replace("        def", "    def").replace("            return", "        return")
    source = source.replace('"before": json.loads', '"path": self.input()["before"].path, "before": json.loads')
    head, middle, tail = source.partition("    def run(self):\n        print(")
    Path(boxed.root, "work.py").write_text(head + stagein + middle + tail)
    boxed.run("work.Boxed", **paths(boxed))
    assert all("stagein" in each["path"] and not Path(each["path"]).exists() for each in seen(boxed, "Boxed"))


RUN = '    def run(self):\n        with self.publish() as out:\n            out["seen"].write_text(json.dumps({'


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (f"    def sandbox_stageout(self, outputs):\n        return True\n{RUN}",
         "sandbox_stageout() would take outputs past their verification"),
        (RUN.replace("        with", "        yield []\n        with"),
         "a run() that yields its requirements cannot do that from inside a sandbox"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_of_a_sandbox_is_refused_before_anything_runs(boxed, edit, message):
    source = (boxed.root / "work.py").read_text()
    assert source.count(RUN) == 1
    Path(boxed.root, "work.py").write_text(source.replace(RUN, edit))
    assert message in boxed.run("work.Single", code=None, **paths(boxed))
    assert boxed.made("Before") == set()


def test_a_sandbox_of_a_task_that_law_would_not_run_in_it_is_said(boxed):
    source = (boxed.root / "work.py").read_text()
    Path(boxed.root, "work.py").write_text(
        source.replace("Single(law.SandboxTask, caselaw.Task)", "Single(caselaw.Task)")
    )
    printed = boxed.run("work.Single", **paths(boxed))
    assert "Single: the sandbox 'bash::setup.sh' counts, but the task does not run in it" in printed
    assert seen(boxed, "Single") == [{"boxed": None, "tool": "1.0"}]


def test_an_audit_does_not_look_outside_of_a_sandbox_for_what_happens_inside(boxed):
    boxed.run("work.Single", **paths(boxed))
    done = boxed.caselaw("audit", "work.Single", code=None, **paths(boxed))
    assert "nothing undeclared" not in done

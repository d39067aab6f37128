"""Options of law.cfg that a branch reads are found, whatever the closure has seen of them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from projects import LAW_CFG

WORK = """
import caselaw, law, luigi
import law.config as c
from law.config import get as read

class Settings(luigi.Config):
    cut = luigi.FloatParameter(default=2.0)

class Task(caselaw.Task):
    products = {{"n": "txt"}}
    number = luigi.IntParameter(default=1)
    def run(self):
        with self.publish() as out:
            out["n"].write_text(str({reads}))
"""
READS = {
    'law.config.get("analysis", "cut")': "law.cfg:analysis.cut",
    'read("analysis", "cut")': "law.cfg:analysis.cut",
    'c.get_expanded_float("analysis", "cut")': "law.cfg:analysis.cut",
    'law.config.Config.instance().get("analysis", "cut")': "law.cfg:analysis.cut",
    'law.config.options("analysis")': "law.cfg:analysis.*",
    'luigi.configuration.get_config().get("analysis", "cut", None)': "luigi.cfg:analysis.cut",
    "Settings().cut": "luigi.Config:work.Settings",
}
SCRIPT = """
import dataclasses, json, sys
import work
from caselaw.plan.audit import audit
task = work.Task()
if sys.argv[1] == "blind":
    task.__dict__["code_closure"] = dataclasses.replace(task.code_closure, options=(), settings=())
print(json.dumps(dataclasses.asdict(audit(task))))
"""


def audited(project: Any, reads: str, closure: str) -> list[str]:
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2\n[analysis]\ncut: 1\nother: 1"))
    project.write("work.py", WORK.format(reads=reads))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, closure], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["failure"] is None
    return [f"{one['kind']} {one['name']}" for one in answer["undeclared"]]


@pytest.mark.parametrize("reads", READS)
def test_an_option_is_found_when_the_closure_does_not_see_it(project: Any, reads: str) -> None:
    assert audited(project, reads, "blind") == [f"option {READS[reads]}"]


def test_options_that_count_are_covered(project: Any) -> None:
    assert audited(project, f"[{', '.join(READS)}]", "whole") == []


def test_what_law_itself_reads_is_no_use_of_the_task(project: Any) -> None:
    assert audited(project, "law.LocalFileTarget(is_tmp=True).path", "blind") == []

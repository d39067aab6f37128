"""Runs in containers that have one host name and number their processes alike share a store."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time

import pytest

WORK = """
    import os, time
    from pathlib import Path
    import caselaw, luigi

    class Say(caselaw.Workflow):
        word = luigi.Parameter()
        products = {"text": "txt"}

        def upstream(self):
            return caselaw.over(range(3))

        def run(self):
            with self.publish() as out:
                out["text"].write_text(self.word)
                Path(f"{self.word}.{self.branch_value}").touch()
                while len(list(Path().glob(f"*.{self.branch_value}"))) < 2:
                    time.sleep(0.01)
                time.sleep(0.1)
"""

# Every process of both runs has the same number and host name, as far as Python can tell.
FORCED = "import os, socket, sys; os.getpid = lambda: 4711; socket.gethostname = lambda: 'node'; \
from law.cli import run; sys.exit(run())"


def in_a_namespace(project, *arguments: str) -> list[str]:
    return ["unshare", "--pid", "--fork", "--mount-proc", *project.command(*arguments)]


def with_forced_numbers(project, *arguments: str) -> list[str]:
    return [sys.executable, "-c", FORCED, "run", *arguments]


def may_unshare() -> bool:
    command = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


WAYS = [with_forced_numbers, *([in_a_namespace] if may_unshare() else [])]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_two_runs_with_the_same_numbers_publish_what_is_theirs(project, way):
    config = (project.root / "law.cfg").read_text()
    project.write("law.cfg", config.replace("workers: 2", "workers: 1"))
    project.write("work.py", WORK)
    runs = []
    for word in ("one", "two"):
        command = way(project, "work.Say", "--word", word)
        runs.append(
            subprocess.Popen(
                command, cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
        )
        time.sleep(0.5)
    for run in runs:
        printed = run.communicate(timeout=60)[0].decode()
        assert run.returncode == 0, printed
    made = sorted(project.made("Say"))
    assert len(made) == 6
    for path in made:
        assert (project.root / "data" / path).read_text() == path.split("/")[1].removeprefix("word_")
    for word in ("one", "two"):
        records = (project.root / "data" / "Say" / f"word_{word}" / ".records").glob("*.json*")
        (document,) = (path for path in records if not path.name.startswith("basis."))
        assert len(json.loads(document.read_text())["records"]) == 3
    assert list((project.root / "data" / ".staging").iterdir()) == []

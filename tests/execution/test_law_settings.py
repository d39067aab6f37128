"""Settings of law and luigi where caselaw has something of its own: pool, products, scheduler on a server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import law
import pytest

import caselaw
from caselaw.errors import TaskError
from caselaw.execution.limits import branches_at_once
from caselaw.execution.types import types_of

FRAGILE = """
    import os, caselaw
    class Fragile(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over("abcd")
        def run(self):
            with open(os.environ["RUNS"], "a") as runs:
                runs.write(self.branch_value)
            if self.branch_value == "c":
                raise ValueError("no luck")
            with self.publish() as out:
                out["text"].write_text("x")
"""


@pytest.mark.parametrize("options", ["--tolerance 0.25", "--tolerance 2", "--acceptance 0.75", "--acceptance 3"])
def test_what_is_tolerated_once_is_tolerated_when_only_the_failed_branch_runs_again(project, options):
    project.write("work.py", FRAGILE)
    runs = project.root / "runs"
    for _ in range(2):
        project.run("work.Fragile", *options.split(), RUNS=str(runs))
    again = "tolerance" in options
    assert sorted(runs.read_text()) == sorted("abcd" + ("c" if again else ""))


def test_removed_products_are_missing_and_made_again_with_their_record(project):
    project.write("work.py", FRAGILE.replace('"c"', '"none"'))
    runs = project.root / "runs"
    project.run("work.Fragile", RUNS=str(runs))
    before = project.made("Fragile")
    project.run("work.Fragile", "--branches", "1:3", "--remove-output", "0,a", RUNS=str(runs))
    assert len(project.made("Fragile")) == 2
    assert [state["state"] for state in project.ask("status", "work.Fragile", code=None)["tasks"]] != ["complete"]
    project.run("work.Fragile", RUNS=str(runs))
    assert project.made("Fragile") == before
    assert sorted(runs.read_text()) == sorted("abcd" + "bc")
    project.caselaw("verify", "work.Fragile")


TALKS = """
    import os, time, caselaw
    from pathlib import Path
    class Talks(caselaw.Workflow):
        products = {"text": "txt"}
        def upstream(self):
            return caselaw.over("ab")
        def run(self):
            self.publish_message(f"half of {self.branch_value}")
            self.publish_progress(50)
            while not Path("goon").exists():
                time.sleep(0.05)
            with self.publish() as out:
                out["text"].write_text("x")
"""


@pytest.fixture
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """luigi's scheduler as a server on loopback; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    state = tmp_path_factory.mktemp("luigid") / "state.pickle"
    command = [Path(sys.executable).parent / "luigid", "--address", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*map(str, command), "--state-path", str(state)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                tasks_of(port)
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def tasks_of(port: int) -> dict[str, dict[str, object]]:
    """What the scheduler knows of tasks that run."""
    url = f"http://127.0.0.1:{port}/api/task_list?data=%7B%22status%22%3A%22RUNNING%22%2C%22upstream_status%22%3A%22%22%7D"
    with urllib.request.urlopen(url, timeout=5) as answer:
        found: dict[str, dict[str, object]] = json.load(answer)["response"]
        return found


def test_messages_and_progress_show_while_branches_run_here_and_at_a_scheduler(project, scheduler):
    project.write("work.py", TALKS)
    config = (project.root / "law.cfg").read_text().replace("local_scheduler: True", "local_scheduler: False")
    project.write("law.cfg", config)
    with (project.root / "printed").open("w") as out, (project.root / "errors").open("w") as errors:
        run = subprocess.Popen(
            project.command("work.Talks", "--scheduler-host", "127.0.0.1", "--scheduler-port", str(scheduler)),
            cwd=project.root, env=project.environment(), stdout=out, stderr=errors,
        )  # fmt: skip
        try:
            deadline, shown, printed = time.monotonic() + 40, {}, ""
            while time.monotonic() < deadline and not (
                shown.get("progress_percentage") == 50 and printed.count("half of") == 2
            ):
                time.sleep(0.2)
                shown = next(iter(tasks_of(scheduler).values()), {})
                printed = (project.root / "printed").read_text()
            assert sorted(str(shown["status_message"]).splitlines()) == ["branch 0: half of a", "branch 1: half of b"]
            assert shown["progress_percentage"] == 50
            assert sorted(printed.splitlines()) == ["half of a", "half of b"]
            project.write("goon", "")
            assert run.wait(60) == 0, (project.root / "errors").read_text()
        finally:
            run.kill()


class Offers(caselaw.Workflow):
    exclude_index = True


class OtherProxy(law.LocalWorkflow.workflow_proxy_cls):
    workflow_type = "other"


class OtherWorkflow(law.LocalWorkflow):
    workflow_proxy_cls = OtherProxy
    exclude_index = True


class OffersOther(caselaw.Workflow, OtherWorkflow):
    exclude_index = True


class OffersOtherFirst(OtherWorkflow, caselaw.Workflow):
    exclude_index = True


class OffersLocal(caselaw.Task, law.LocalWorkflow):
    exclude_index = True


@pytest.mark.parametrize(
    ("cls", "types"),
    [
        (Offers, ["pool", "local"]),
        (OffersOther, ["pool", "local", "other"]),
        (OffersOtherFirst, ["other", "pool", "local"]),
        (OffersLocal, ["pool", "local"]),
    ],
)
def test_the_first_type_among_the_bases_is_the_default(cls, types):
    assert list(types_of(cls)) == types
    assert cls.find_workflow_cls().workflow_proxy_cls.workflow_type == types[0]
    for name in types:
        assert cls.find_workflow_cls(name).workflow_proxy_cls.workflow_type == name


def test_a_type_that_no_task_has_is_named_with_those_there_are():
    with pytest.raises(TaskError, match=r"Offers: there is no workflow type 'slurm'; give one of pool, local,"):
        Offers.find_workflow_cls("slurm", fallback_to_first=True)


@pytest.mark.parametrize(("needs", "most", "together"), [({}, 4, 4), ({"unnamed": 1}, 4, 1), ({"unnamed": 9}, 4, 1)])
def test_resources_that_luigi_does_not_know_are_there_once(needs, most, together):
    assert branches_at_once(needs, most) == together

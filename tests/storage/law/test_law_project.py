"""A plain law project whose outputs lie on apache over TLS; nothing of caselaw is in it but the targets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apache as apache_server
import pytest
from service import open_folder

LAW_CFG = """\
[core]
index_file: .law/index
[target]
default_store_fs: my_store
tmp_dir: {root}/temporary
[luigi_core]
local_scheduler: True
no_lock: True
[luigi_worker]
keep_alive: False
[luigi_scheduler]
retry_count: 1
[my_store]
base: {url}/store/plain
ca: {ca}
token: SeCrEt123
attempts: 2
deadline: 1s
"""
WORK = """\
import law
import luigi
import numpy as np

from caselaw.storage.law import StoreDirectoryTarget, StoreFileTarget

law.contrib.load("numpy")


class Simulate(law.LocalWorkflow):
    output_collection_cls = law.SiblingFileCollection

    def create_branch_map(self):
        return {0: 3, 1: 5}

    def output(self):
        return StoreFileTarget(f"simulate/{self.branch_data}.npy")

    def run(self):
        self.output().dump(np.arange(self.branch_data))


class Count(law.Task):
    broken = luigi.BoolParameter(default=False, significant=False)

    def requires(self):
        return Simulate.req(self)

    def output(self):
        return {
            "sums": StoreFileTarget("count/sums.json"),
            "pages": StoreDirectoryTarget("count/pages"),
            "log": StoreFileTarget("count/log.txt", "my_store"),
        }

    def run(self):
        outputs = self.output()
        sums = [int(target.load().sum()) for target in self.input().collection.targets.values()]
        with outputs["log"].open("w") as file:
            file.write("counted\\n")
            if self.broken:
                raise RuntimeError("broken in the middle")
        with outputs["pages"].localize("w") as folder:
            folder.child("page.txt", type="f").dump("x", formatter="text")
        outputs["sums"].dump(sums)
"""


@pytest.fixture
def server() -> Iterator[apache_server.Apache]:
    """An apache that a test may stop, by closing the fixture's context."""
    with open_folder() as folder, apache_server.running(folder) as running:
        yield running


def write(project: Any, server: apache_server.Apache) -> None:
    ca = project.write("ca.pem", Path(server.ca).read_text())
    project.write("law.cfg", LAW_CFG.format(root=project.root, url=server.url, ca=ca))
    project.write("work.py", WORK)


def law_run(project: Any, *arguments: str, code: int | None = 0) -> str:
    """What `law run` says; the token is never in it."""
    said = str(project.run("work.Count", *arguments, code=code))
    assert "SeCrEt" not in said
    return said


def published(server: apache_server.Apache) -> set[str]:
    store = server.data / "store" / "plain"
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()}


SIMULATED = {"simulate/3.npy", "simulate/5.npy"}
COUNTED = {"count/sums.json", "count/pages/page.txt", "count/log.txt"}


@pytest.fixture(autouse=True)
def needed() -> None:
    if not apache_server.PROGRAM.exists():
        if os.environ.get("CI"):
            pytest.fail("apache2 is missing: tests/services/start.sh installs it")
        pytest.skip("apache2 is not installed: make services")


def test_law_runs_shows_fetches_and_removes(project: Any, server: apache_server.Apache):
    write(project, server)
    law_run(project, "--broken", code=None)
    assert published(server) == SIMULATED

    status = law_run(project, "--print-status", "1")
    assert status.count("absent") == 3 and "existent (2/2)" in status

    law_run(project, "--workers", "2")
    assert published(server) == SIMULATED | COUNTED
    status = law_run(project, "--print-status", "1,1")
    assert "absent" not in status and status.count("existent") == 6

    urls = law_run(project, "--print-output", "1").split()
    assert f"{server.url}/store/plain/count/sums.json" in urls and f"{server.url}/store/plain/simulate/3.npy" in urls

    law_run(project, "--fetch-output", f"1,a,{project.root}/got")
    fetched = {path.name.rpartition("__")[2] for path in (project.root / "got").rglob("*") if path.is_file()}
    assert fetched == {"sums.json", "page.txt", "log.txt", "3.npy", "5.npy"}

    law_run(project, "--remove-output", "0,a")
    assert published(server) == SIMULATED
    law_run(project, "--remove-output", "1,a")
    assert published(server) == set()
    assert "absent (0/2)" in law_run(project, "--print-status", "1")
    assert list((project.root / "temporary").iterdir()) == []


def test_an_outage_is_not_absent(project: Any):
    with open_folder() as folder, apache_server.running(folder) as server:
        write(project, server)
        law_run(project)
        made = published(server)
    status = law_run(project, "--print-status", "1", code=60)
    assert "absent" not in status
    assert "StoreUnavailable" in status and "no connection" in status and "check that the server is up" in status
    run = law_run(project, code=None)
    assert "ran successfully" not in run and "failed scheduling" in run
    assert made == SIMULATED | COUNTED


def test_a_fault_in_the_section_is_one_clear_message(project: Any, server: apache_server.Apache):
    write(project, server)
    text = (project.root / "law.cfg").read_text()
    (project.root / "law.cfg").write_text(text.replace("ca:", "certificate_authority:"))
    said = law_run(project, "--print-status", "0", code=None)
    assert "[my_store] in law.cfg: certificate_authority is no option of a store" in said

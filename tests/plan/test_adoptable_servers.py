"""`caselaw adopt` of outputs on a server: it moves or copies them itself, and states what they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from projects import LAW_CFG, SmallProject

sys.path.append(str(Path(__file__).parents[1] / "storage" / "webdav"))

from webdav_server import Server, running

WORK = """
    import os
    import law
    import caselaw
    from caselaw.storage.law import StoreDirectoryTarget, StoreFileTarget

    Base, Flow = law.Task, law.LocalWorkflow

    def note(task):
        with open(os.environ["RUNS"], "a") as file:
            file.write(f"{type(task).__name__} {getattr(task, 'branch', '')}\\n")

    class Events(Flow):
        output_collection_cls = law.SiblingFileCollection
        def create_branch_map(self):
            return dict(enumerate("abcdefghij"))
        def output(self):
            return StoreFileTarget(f"events/{self.branch_data}.json")
        def run(self):
            note(self)
            self.output().dump([self.branch_data])

    class Plots(Base):
        def requires(self):
            return Events.req(self)
        def output(self):
            return StoreDirectoryTarget("plots")
        def run(self):
            note(self)
            with self.output().localize("w") as folder:
                folder.child("deep", type="d").touch()
                folder.child("deep/a.txt", type="f").dump("plot", formatter="text")
"""


class OnServer:
    def __init__(self, root: Path, server: Server) -> None:
        self.project, self.server = SmallProject(root), server
        base = f"[target]\ndefault_store_fs: my_store\n[my_store]\nbase: {server.url()}/store\nattempts: 2\n"
        self.project.write("law.cfg", base + LAW_CFG.format(modules="work", settings="workers: 1"))
        self.work = self.project.write("work.py", WORK)
        self.log = root / "runs.log"

    def run(self, *arguments: str) -> list[str]:
        self.log.unlink(missing_ok=True)
        self.project.run(*arguments, RUNS=str(self.log))
        return sorted(self.log.read_text().splitlines()) if self.log.exists() else []

    def states(self, *arguments: str, code: int = 0) -> dict[str, dict[str, int]]:
        answer: dict[str, Any] = self.project.ask("adopt", *arguments, code=code)
        return {task["family"]: task["states"] for task in answer["tasks"]}


@pytest.fixture
def on_server(tmp_path: Path) -> Iterator[OnServer]:
    with running() as server:
        yield OnServer(tmp_path, server)


def test_files_and_folders_on_a_server_are_copied_or_moved_there(on_server: OnServer):
    assert len(on_server.run("work.Plots")) == 11
    on_server.work.write_text(
        on_server.work.read_text().replace("law.Task, law.LocalWorkflow", "caselaw.Task, caselaw.Workflow")
    )
    on_server.server.seen.clear()
    assert on_server.states("work.Plots", "--upstream") == {"Events": {"ready": 10}, "Plots": {"ready": 1}}
    asked = [seen for seen in on_server.server.seen if "events" in seen.path]
    assert len(asked) == 1, "one listing of the folder, however many files it holds"
    assert "--move renames them" in on_server.project.caselaw("adopt", "work.Events")
    with pytest.raises(AssertionError, match="a file on a server cannot have two names"):
        on_server.states("work.Events", "--vouch", "as it was")

    assert on_server.states("work.Events", "--copy", "--vouch", "as it was") == {"Events": {"vouched": 10}}
    assert on_server.states("work.Plots", "--upstream", "--move", "--vouch", "as it was")["Plots"] == {"vouched": 1}
    paths = sorted(path for path, data in on_server.server.nodes.items() if data is not None)
    assert sum("events/" in path for path in paths) == 20, "--copy: both names stay"
    assert [path.count("/deep/a.txt") for path in paths if "plots" in path] == [1], "--move: the old name goes"
    assert on_server.run("work.Plots") == on_server.run("work.Events") == []
    text = on_server.work.read_text()
    on_server.work.write_text(text.replace("dump([self.branch_data])", "dump([self.branch_data, 1])"))
    assert len(on_server.run("work.Plots")) == 11

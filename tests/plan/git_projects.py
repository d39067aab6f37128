"""A small project in a git repository, for the tests of `caselaw diff`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from caselaw.cli.diff import diff

TASKS = """
import luigi
import caselaw
from helpers import scaled

FACTOR = 2

class Generate(caselaw.Workflow):
    events = luigi.IntParameter(default=10)
    products = {"events": "txt"}

    def upstream(self):
        return {"seeds": caselaw.over([1, 2])}

    def run(self):
        with self.publish() as out:
            out["events"].write_text(str(self.events))

class Select(caselaw.Workflow):
    products = {"events": "txt"}
    config_keys = ("cuts",)

    def upstream(self):
        return {"generated": caselaw.each(Generate.req(self)), "data": caselaw.whole(Read.req(self))}

    def run(self):
        with self.publish() as out:
            out["events"].write_text(str(scaled(self.config["cuts"]["least"])))

class Read(caselaw.Workflow):
    products = {"events": "txt"}

    def upstream(self):
        return {"files": caselaw.files("input/*.txt")}

    def run(self):
        with self.publish() as out:
            out["events"].write_text(self.input()["files"].read_text())

class Fit(caselaw.Task):
    products = {"result": "txt"}

    def upstream(self):
        return {"events": caselaw.whole(Select.req(self))}

    def run(self):
        with self.publish() as out:
            out["result"].write_text("")
"""
HELPERS = """
def scaled(value):
    # twice
    return 2 * value
"""
CAMPAIGN = "cuts:\n  least: 30\n  most: 3\nother: 1\n"


@dataclass(frozen=True)
class Repository:
    """A small project in a git repository."""

    project: Any

    @property
    def root(self) -> Path:
        return self.project.root

    def write(self, name: str, text: str) -> Path:
        return self.project.write(name, text)

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "init.defaultBranch=main")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, env=self.project.environment(), check=True,
            capture_output=True,
        )  # fmt: skip
        return done.stdout.decode()

    def commit(self, **files: str) -> None:
        """Write files (`helpers` means helpers.py) and commit everything."""
        for name, text in files.items():
            self.write(f"{name}.py", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a state")

    def state(self) -> tuple[str, ...]:
        """All that `caselaw diff` must leave as it is."""
        commands = (
            ("status", "--porcelain"), ("stash", "list"), ("worktree", "list", "--porcelain"),
            ("branch", "--all", "--verbose"), ("diff", "HEAD"), ("diff", "--cached"), ("ls-files", "--stage"),
        )  # fmt: skip
        folder = self.git("rev-parse", "--absolute-git-dir").strip()
        names = sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))
        return (*(self.git(*command) for command in commands), *names)

    def diff(self, *arguments: str) -> Result:
        return CliRunner().invoke(diff, arguments, catch_exceptions=False)

    def rows(self, *arguments: str, base: str = "HEAD~1", head: str = "HEAD") -> dict[str, list]:
        """Family → changes as (kind, name, old, new) of all tasks that differ."""
        result = self.diff(base, head, "Fit", *arguments, "--json")
        tasks = json.loads(result.stdout)["tasks"]
        assert result.exit_code == (1 if tasks else 0)
        return {task["family"]: task["changes"] for task in tasks}


def repository_in(project: Any, top: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("LAW_CONFIG_FILE", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(project.root)
    project.write("configs/main.yaml", CAMPAIGN)
    (top / ".gitignore").write_text(".home/\n.caselaw/\n__pycache__/\ninput/\ndata/\n")
    Repository(replace(project, root=top)).git("init", "--quiet")
    found = Repository(project)
    found.commit(work=TASKS, helpers=HELPERS)
    return found


def moved(project: Any, folder: Path) -> Any:
    """The project in a folder below its own."""
    folder.mkdir(parents=True)
    law_cfg = (project.root / "law.cfg").read_text().replace("workers: 2", "campaign: main")
    (project.root / "law.cfg").unlink()
    (folder / "law.cfg").write_text(law_cfg)
    return replace(project, root=folder)


def brief(changes: list[dict]) -> list[tuple]:
    return [(change["kind"], change["name"]) for change in changes]


def new_repository(project: Any, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A chain of tasks whose data is not in git, with one commit."""
    folder = project.root / "repository"
    found = repository_in(moved(project, folder), folder, monkeypatch)
    found.write("input/a.txt", "a")
    return found

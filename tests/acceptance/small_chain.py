"""A law project of three steps in a folder, and the commands that a user would type in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain_registering import REGISTERING_TASK
from chain_steps import INSTALLED, PHYSICS
from chain_tasks import CAMPAIGN, EXECUTIONS, FRAMEWORK, INPUTS, LAW_CFG, WORK

FAMILIES = ("Read", "Shape", "Summary")
SECONDS = 120
KEYS = {"family", "params", "branch", "fingerprint", "state", "outputs"}

PROJECT = {
    "law.cfg": LAW_CFG,
    "configs/small.yaml": CAMPAIGN,
    "executions.py": EXECUTIONS,
    "framework.py": FRAMEWORK,
    "work.py": WORK + REGISTERING_TASK,
    **PHYSICS,
    **INPUTS,
}


@dataclass(frozen=True)
class SmallChain:
    """The project in `folder/project`; what it imports from elsewhere is in `folder/installed`."""

    folder: Path

    @classmethod
    def generate(cls, folder: Path) -> SmallChain:
        chain = cls(folder)
        for name, text in PROJECT.items():
            chain.write(name, text)
        for name, (version, source) in INSTALLED.items():
            chain.install(name, version, source)
        return chain

    def copy(self, folder: Path) -> SmallChain:
        """The project with its store in another folder, with equal times and new inodes."""
        shutil.copytree(self.folder, folder)
        return SmallChain(folder)

    # files

    @property
    def root(self) -> Path:
        return self.folder / "project"

    def read(self, name: str) -> str:
        return (self.root / name).read_text()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def install(self, name: str, version: str, source: str) -> None:
        """Put a distribution of one module on the path, in place of its other version."""
        installed = self.folder / "installed"
        for other in installed.glob(f"{name}-*.dist-info"):
            shutil.rmtree(other)
        metadata = installed / f"{name}-{version}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (metadata / "RECORD").write_text(f"{name}.py,,\n{metadata.name}/METADATA,,\n")
        (installed / f"{name}.py").write_text(source)

    def outputs(self, family: str) -> list[Path]:
        """Published files of a family, sorted by name."""
        paths = (self.root / "data" / family).rglob("*")
        return sorted(p for p in paths if p.is_file() and not any(part.startswith(".") for part in p.parts))

    def inodes(self) -> set[int]:
        return {path.stat().st_ino for family in FAMILIES for path in self.outputs(family)}

    # commands

    def call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment in the project."""
        path = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        environment = {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join([str(self.root), str(self.folder / "installed")]),
            # Python takes a compiled module for current when size and second of its source are equal.
            "PYTHONDONTWRITEBYTECODE": "1",
            "EXECUTIONS_LOG": str(self.folder / "executions.log"),
        }
        return subprocess.run(
            [program, *arguments], cwd=self.root, env=environment, timeout=SECONDS,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def run(self, family: str = "Summary", *arguments: str) -> None:
        """`law run …`, which must succeed."""
        done = self.call("law", "run", f"work.{family}", *arguments)
        assert done.returncode == 0, f"law run {family}: exit {done.returncode}\n{done.stdout}{done.stderr}"

    def status(self, *arguments: str, family: str = "Summary") -> Status:
        done = self.call("caselaw", "status", f"work.{family}", *arguments, "--branches", "--json")
        try:
            tasks = json.loads(done.stdout)["tasks"]
        except (ValueError, KeyError) as error:
            told = f"{done.stdout}{done.stderr}"
            raise AssertionError(f"caselaw status {family}: exit {done.returncode}\n{told}") from error
        assert all(task.keys() == KEYS for task in tasks), f"caselaw status --json has other keys than {KEYS}: {tasks}"
        return Status(done.returncode, tasks)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=Chain", "-c", "user.email=chain@example.org", "-c", "commit.gpgsign=false")
        done = self.call("git", *identity, *arguments)
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"

    def executions(self) -> dict[str, dict[int, int]]:
        """How often run() was really executed since the last question: family → branch → count."""
        log = self.folder / "executions.log"
        counts: dict[str, dict[int, int]] = {}
        for line in log.read_text().splitlines() if log.exists() else ():
            family, branch = line.split()
            of_family = counts.setdefault(family, {})
            of_family[int(branch)] = of_family.get(int(branch), 0) + 1
        log.unlink(missing_ok=True)
        return counts


@dataclass(frozen=True)
class Status:
    """What `caselaw status --branches --json` answered."""

    code: int
    tasks: list[dict[str, Any]]

    def of(self, family: str) -> list[dict[str, Any]]:
        """Rows of a family in the order of its branches."""
        return sorted((task for task in self.tasks if task["family"] == family), key=lambda task: task["branch"])

    def states(self, family: str) -> tuple[str, ...]:
        return tuple(task["state"] for task in self.of(family))

    def outputs(self, family: str, branch: int) -> Iterator[Path]:
        return map(Path, self.of(family)[branch]["outputs"])

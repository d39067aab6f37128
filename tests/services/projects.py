"""Small law projects to run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LAW_CFG = """\
[modules]
{modules}
[core]
index_file: .law/index
[luigi_core]
local_scheduler: True
no_lock: True
[luigi_scheduler]
retry_count: 1
[luigi_retcode]
already_running: 10
missing_data: 20
not_run: 25
task_failed: 30
scheduling_error: 35
unhandled_exception: 40
[caselaw]
{settings}
"""

NUMBER = """\
import caselaw

class Number(caselaw.Workflow):
    products = {"number": "txt"}
    def upstream(self):
        return {"value": caselaw.over(range(3))}
    def run(self):
        with self.publish() as out:
            out["number"].write_text(str(self.branch_value))
"""
"""Task module with a workflow of three branches."""


@dataclass(frozen=True)
class SmallProject:
    """A law project in a folder of its own."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "CI") if name in os.environ}
        home = self.root / ".home"
        home.mkdir(exist_ok=True)
        return {**kept, "HOME": str(home), "PYTHONPATH": str(self.root), **extra}

    def command(self, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).parent / "law"), "run", *arguments]

    def run(self, *arguments: str, code: int | None = 0, timeout: float = 60, **extra: str) -> str:
        """`law run …`; returns all that it printed."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.root, env=self.environment(**extra), timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout
        return done.stdout

    def caselaw(self, *arguments: str, code: int | None = 0, timeout: float = 60, **extra: str) -> str:
        """`caselaw …`; returns what it printed for programs or people."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / "caselaw"), *arguments],
            cwd=self.root, env=self.environment(**extra), timeout=timeout,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def ask(self, *arguments: str, code: int | None = 0) -> dict[str, Any]:
        """The answer of `caselaw … --json`."""
        answer: dict[str, Any] = json.loads(self.caselaw(*arguments, "--json", code=code))
        return answer

    def ran(self) -> list[str]:
        """What ran since the last time that this was asked, by the file `ran` that tasks write lines to."""
        file = self.root / "ran"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return sorted(lines)

    def said(self, *arguments: str, code: int | None = None) -> str:
        """All that a command prints, for people and of errors, in one line."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / "caselaw"), *arguments], cwd=self.root, env=self.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout
        return " ".join(done.stdout.split())

    def made(self, family: str) -> set[str]:
        """Paths of all published outputs of a family, relative to the store."""
        store = self.root / "data"
        return {
            str(path.relative_to(store))
            for path in (store / family).rglob("*")
            if path.is_file() and ".records" not in path.parts
        }

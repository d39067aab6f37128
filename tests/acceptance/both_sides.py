"""What a setting of law or luigi does, seen from outside: the same small project on law's base classes and on ours."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from projects import SmallProject

OPTIONS = """
modules.work:
core.index_file: .law/index
luigi_core.local_scheduler: True
luigi_core.no_lock: True
luigi_worker.wait_interval: 0.1
luigi_worker.wait_jitter: 0
caselaw.workers: 2
"""

HEAD = '''
import json
import os
import sys
import time
from pathlib import Path

import caselaw
import law
import luigi

{bases}


def note(*words):
    """Write down what happened, from whatever process."""
    with open(os.path.join(os.environ["DATA"], "notes.log"), "a") as file:
        file.write(" ".join(map(str, words)) + "\\n")


def is_time_to_fail(name, times):
    """Whether a thing of this name was asked for less often than that."""
    with open(os.path.join(os.environ["DATA"], f"tries_{{name}}"), "a+") as file:
        file.write("x")
        file.flush()
        file.seek(0)
        return len(file.read()) <= times


class Local:
    def local(self, name):
        return law.LocalFileTarget(os.path.join(os.environ["DATA"], "out", name))
'''

BASES = {
    "law": "Task, Workflow = law.Task, law.LocalWorkflow",
    "caselaw": "Task, Workflow = caselaw.Task, caselaw.Workflow",
}


@dataclass(frozen=True)
class Setting:
    """A project, commands on it, and what they do: exit codes, what the tasks note, and what is printed.

    `notes` are in order where `ordered`. `shows` are patterns of which each command prints at least one line; in
    `law.cfg` are also the lines of `options`. `leaves` is a pattern and how
    many files of it there are in the end. Where caselaw does otherwise on purpose, `ours` are its notes and
    `ours_codes` its exit codes, and `because` says why.
    """

    name: str
    code: str
    commands: tuple[str, ...]
    notes: str
    codes: tuple[int, ...] = (0,)
    options: str = ""
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    answers: str = ""
    leaves: tuple[str, int] = ("", 0)
    ordered: bool = False
    ours: str | None = None
    ours_codes: tuple[int, ...] = ()
    because: str = ""

    def expected_codes(self, side: str) -> tuple[int, ...]:
        return self.ours_codes if side == "caselaw" and self.ours_codes else self.codes

    def expected(self, side: str) -> list[str]:
        notes = self.ours if side == "caselaw" and self.ours is not None else self.notes
        found = [line.strip() for line in notes.replace(",", "\n").splitlines() if line.strip()]
        return found if self.ordered else sorted(found)


def law_cfg(options: str) -> str:
    """A configuration file of lines 'section.option: value', the later one of two that are the same."""
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, options.splitlines()):
        name, _, value = line.partition(":")
        section, _, option = name.partition(".")
        found.setdefault(section, {})[option] = value
    return "".join(
        f"[{section}]\n" + "".join(f"{option}:{value}\n" for option, value in values.items())
        for section, values in found.items()
    )


@dataclass(frozen=True)
class Seen:
    """What the commands of a setting did."""

    codes: tuple[int, ...]
    notes: list[str]
    printed: str
    left: int


def seen(row: Setting, root: Path, side: str) -> Seen:
    """Do what a setting says, in a project of its own."""
    project = SmallProject(root)
    project.write("law.cfg", law_cfg(OPTIONS + row.options))
    project.write("work.py", HEAD.format(bases=BASES[side]) + textwrap.dedent(row.code))
    data = root.parent / f"{side}_data"
    data.mkdir()
    codes, printed = [], []
    for command in row.commands:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "law"), "run", *command.replace("DATA", str(data)).split()],
            cwd=root, env=project.environment(DATA=str(data)), input=row.answers, timeout=120,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        codes.append(done.returncode)
        printed.append(re.sub(r"\x1b\[[\d;]*m", "", done.stdout))
    log = data / "notes.log"
    notes = log.read_text().splitlines() if log.exists() else []
    left = len(list(data.rglob(row.leaves[0]))) if row.leaves[0] else 0
    return Seen(tuple(codes), notes if row.ordered else sorted(notes), "\n".join(printed), left)


def both(row: Setting, root: Path) -> dict[str, Seen]:
    """What plain law does, and what caselaw does, side by side."""
    with ThreadPoolExecutor(2) as sides:
        found = {side: sides.submit(seen, row, root / side, side) for side in BASES}
        return {side: each.result() for side, each in found.items()}

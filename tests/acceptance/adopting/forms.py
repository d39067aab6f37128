"""What law users write, as small modules for plain law, and what converting one of them means."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HEAD = '''
import os
import subprocess
from collections import OrderedDict
from pathlib import Path

import law
import luigi

from notes import contents, note


class Base(law.Task):
    """What the tasks of the project share."""

    def local_path(self, *names):
        return os.path.join(os.environ["RESULTS"], type(self).__name__, *names)

    def local_target(self, *names, **options):
        return law.LocalFileTarget(self.local_path(*names), **options)

'''

SOURCES = """
class Source(Base):
    n = luigi.IntParameter(default=0)

    def output(self):
        return self.local_target(f"{self.n}.json")

    def run(self):
        note(self, self.n)
        self.output().dump({"n": self.n, "text": "before"})


class Sources(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: "a", 1: "b", 2: "c"}

    def output(self):
        return self.local_target(f"{self.branch_data}.json")

    def run(self):
        note(self)
        self.output().dump({"value": self.branch_data, "text": "before"})

"""

RESULT = """
class Result(Base):
    def requires(self):
        return {requires}

    def output(self):
        return self.local_target("result.txt")

    def run(self):
        note(self)
        self.output().dump(repr(contents(self.input())), formatter="text")

"""

RESULTS = """
class Result(Base, law.LocalWorkflow):
    def create_branch_map(self):
        return {{0: "a", 1: "b", 2: "c"}}

    def requires(self):
        return {requires}

    def output(self):
        return self.local_target(f"result_{{self.branch}}.txt")

    def run(self):
        note(self)
        self.output().dump(repr([self.branch_data, contents(self.input())]), formatter="text")

"""

ONE = "Source 0, Result"
TWO = "Source 1, Source 2, Result"
THREE = "Sources 0, Sources 1, Sources 2"
EACH = "Result 0, Result 1, Result 2"


@dataclass(frozen=True)
class Form:
    """One way to write tasks, of which `root` is run: its module for plain law, and an edit of it.

    `runs` are the executions after the edit, as the tasks note them; `always` those of every run, also without any
    edit. `steps` are the parts of the module that come before its own code. `converted` is the module's own code
    with caselaw's own words, for the forms that plain law does not have. `head` is what comes first, `cfg` what law.cfg
    says besides. `files` are written before the first run,
    `edited_files` with the edit.
    """

    name: str
    code: str
    runs: str
    root: str = "Result"
    edit: tuple[str, str] | None = ("before", "after")
    arguments: tuple[str, ...] = ()
    head: str = HEAD
    cfg: str = ""
    always: str = ""
    steps: str = ""
    converted: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    edited_files: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    """Where caselaw differs on purpose: the name of the form with which plain law does what caselaw does here."""

    @property
    def alone(self) -> bool:
        """Whether it needs a project and a run of its own."""
        elsewhere = any(not name.startswith("results/") for name in (*self.files, *self.edited_files))
        return bool(
            self.arguments or self.cfg or elsewhere or self.head != HEAD or re.search("namespace|__file__", self.code)
        )

    @property
    def text(self) -> str:
        """The module for plain law."""
        return self.head + self.steps + textwrap.dedent(self.code)

    def texts(self) -> Iterator[tuple[str, str]]:
        """The module converted, by what was done to it."""
        text = self.text if self.converted is None else self.head + self.steps + textwrap.dedent(self.converted)
        with_base = convert(text)
        if self.steps or re.search(r"\bBase\b", self.code) or self.head != HEAD or with_base.count("caselaw.Task") > 1:
            yield "base", with_base
        if "law.LocalWorkflow" in self.code:
            yield "base and workflow", with_base.replace("law.LocalWorkflow", "caselaw.Workflow")

    def edited(self, text: str) -> str:
        if self.edit is None:
            return text
        old, new = self.edit
        assert old in text, f"{self.name}: {old!r} does not stand in the module"
        return text.replace(old, new)

    @property
    def expected(self) -> list[str]:
        return sorted(words(self.runs) + words(self.always))


def words(runs: str) -> list[str]:
    return [run.strip() for run in runs.split(",") if run.strip()]


def convert(text: str) -> str:
    """One import and one base class: nothing else. What is marked with `# stays` keeps plain law's."""
    lines = [
        line if line.endswith("# stays") else re.sub(r"\b(law|luigi)\.Task\b", "caselaw.Task", line)
        for line in text.splitlines()
    ]
    return "import caselaw\n" + "\n".join(lines) + "\n"

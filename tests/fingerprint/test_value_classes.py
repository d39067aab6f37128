"""What methods of parameters' and branches' values do counts; what these values hold counts as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from caselaw.fingerprint import Closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]

FILES = {
    "values.py": """
from dataclasses import dataclass
from typing import ClassVar
import enum

@dataclass(frozen=True)
class Named:
    name: str = "n1"
    def label(self):
        return self.name + helper()

@dataclass(frozen=True)
class Cut(Named):
    at: int = 11
    scale: ClassVar[int] = 12
    def passes(self, x):
        return x * self.scale > self.at + 13

class Mode(enum.Enum):
    NARROW = 21
    WIDE = 22
    def factor(self):
        return 23

class Catalogue:
    def cuts(self):
        return [Cut("31"), Cut("32")]

@dataclass
class Unrelated:
    def method(self):
        return 41

def helper():
    return "51"

CUTS = Catalogue().cuts()
""",
    "work.py": """
import caselaw, luigi
from values import CUTS, Cut, Mode, Unrelated

class CutParameter(luigi.Parameter):
    def parse(self, text):
        return Cut(text, 61)

class Read(caselaw.Workflow):
    def upstream(self):
        return caselaw.over(CUTS)
    def run(self):
        return Unrelated().method()

class ByBranch(caselaw.Workflow):
    def upstream(self):
        return {"cut": caselaw.each(Read.req(self))}
    def run(self):
        return self.branch_value.passes(1)

class ByParameter(caselaw.Task):
    cut = CutParameter(default="c")
    mode = luigi.EnumParameter(enum=Mode, default=Mode.NARROW)
    def run(self):
        return self.cut.passes(self.mode.factor())

class Plain(caselaw.Task):
    def run(self):
        return 1
""",
}


@pytest.mark.parametrize(
    ("file", "old", "new", "counts"),
    [
        ("values.py", "+ 13", "+ 130", {"Read", "ByBranch", "ByParameter"}),
        ("values.py", "= 12", "= 120", {"Read", "ByBranch", "ByParameter"}),
        ("values.py", '"51"', '"510"', {"Read", "ByBranch", "ByParameter"}),
        ("values.py", "return 23", "return 230", {"ByParameter"}),
        ("values.py", "return 41", "return 410", {"Read"}),
        ("values.py", "int = 11", "int = 110", set()),
        ("values.py", '"n1"', '"n2"', set()),
        ("values.py", "NARROW = 21", "NARROW = 210", set()),
        ("values.py", "WIDE = 22", "WIDE = 220", set()),
        ("values.py", 'Cut("32")]', 'Cut("32"), Cut("33")]', set()),
        ("work.py", "61", "610", set()),
    ],
)
def test_code_of_values_counts_and_what_they_hold_does_not(
    file: str, old: str, new: str, counts: set[str], write: Write, closure: Of
) -> None:
    tasks = ("Read", "ByBranch", "ByParameter", "Plain")
    write(FILES)
    before = {task: closure(f"work:{task}").digest for task in tasks}
    assert FILES[file].count(old) == 1
    write({file: FILES[file].replace(old, new)})
    assert {task for task in tasks if closure(f"work:{task}").digest != before[task]} == counts


OBJECT = """
import caselaw
import other
class Task(caselaw.Workflow):
    def upstream(self):
        return caselaw.over(self.names())
    def names(self):
        return [1]
{run}
"""


@pytest.mark.parametrize(
    ("run", "reached"),
    [
        ("    def run(me):\n        return other.write(me)", True),
        ("    @other.decorated\n    def run(self):\n        return 2", True),
        ("    @property\n    def size(self):\n        return 2", False),
        ("    @caselaw.law.decorator.log\n    def run(self):\n        return 2", False),
        ("    def run(me):\n        return other.write(me.branch, str(me))", False),
    ],
)
def test_an_object_under_any_name_is_passed_on(run: str, reached: bool, write: Write, closure: Of) -> None:
    write({"work.py": OBJECT.format(run=run), "other.py": "def write(*a): ...\ndef decorated(f): ...\n"})
    assert ("work.Task.names" in closure("work:Task").symbols) == reached


def test_a_parameter_class_of_any_name_is_a_parameter(write: Write, closure: Of) -> None:
    text = "import caselaw, luigi\nclass Words(luigi.Parameter):\n    def parse(self, x):\n        return x.split()\n"
    text += "class Task(caselaw.Task):\n    words = Words(default='a')\n    def run(self):\n        return self.words\n"
    write({"work.py": text})
    before = closure("work:Task")
    write({"work.py": text.replace("'a'", "'b'").replace("split()", "split(',')")})
    assert closure("work:Task").digest == before.digest

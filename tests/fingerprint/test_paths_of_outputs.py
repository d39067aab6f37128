"""A path that only says what a task makes is none that the task reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from caselaw.fingerprint import Closure

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]

HEAD = """
import os
import law, luigi, caselaw
import functools
from pathlib import Path
import paths
from paths import FOLDER, beside, target

HERE = Path(__file__).parent
STORE = os.path.join(os.path.dirname(__file__), "own")
TARGETS = law.LocalDirectoryTarget(os.path.join(os.path.dirname(__file__), "own"))

def at(*parts):
    return os.path.join(STORE, *parts)

class Base(law.Task):
    n = luigi.IntParameter(default=0)

    def local_path(self, *parts):
        return os.path.join(os.getenv("STORE_OF_ALL") or HERE / "own", *parts)

    def local_target(self, *parts):
        return law.LocalFileTarget(self.local_path(*parts))
"""
PATHS = """
import law
from pathlib import Path

FOLDER = Path(__file__).parent / "own"

def beside(name):
    return Path(__file__).parent / "own" / name

def target(name):
    return law.LocalFileTarget(str(beside(name)))
"""
FILES = {"paths.py": PATHS, "own/0.txt": "0", "own/table.json": "1"}
NAMES = [
    'law.LocalFileTarget(str(Path(__file__).parent / "own" / f"{self.n}.txt"))',
    'law.LocalFileTarget(os.path.join(os.path.dirname(__file__), "own", str(self.n)))',
    'law.LocalFileTarget(os.path.join(STORE, f"{self.n}.txt"))',
    'law.LocalFileTarget(at("0.txt"))',
    'TARGETS.child(f"{self.n}.txt", type="f")',
    'self.local_target(f"{self.n}.txt")',
    'law.LocalFileTarget(self.local_path("0.txt"))',
    "law.LocalFileTarget(self._own() / '0.txt')",
    'law.LocalFileTarget(self.folder / "0.txt")',
    'law.LocalFileTarget(self.attribute / "0.txt")',
    'law.LocalFileTarget(FOLDER / f"{self.n}.txt")',
    'law.LocalFileTarget(paths.FOLDER / f"{self.n}.txt")',
    "law.LocalFileTarget(beside(str(self.n)))",
    "target(self.n)",
    'functools.partial(law.LocalFileTarget)(HERE / "own" / "0.txt")',
    '[law.LocalFileTarget(p) for p in HERE.glob("own/*.txt")]',
]


OF_CLASSES = {
    "attribute": "    attribute = HERE / 'own'\n\n",
    "_own": "    def _own(self):\n        return HERE / 'own'\n\n",
    "folder": "    @property\n    def folder(self):\n        return HERE / 'own'\n\n",
}


def task(name: str, run: str, base: str = "Base") -> str:
    members = "".join(text for member, text in OF_CLASSES.items() if f"self.{member}" in name)
    return (
        f"class T({base}):\n{members}    def output(self):\n        return {name}\n\n"
        f"    def run(self):\n        {run}\n"
    )


def data(found: Closure) -> set[str]:
    return {name for name in found.symbols if name.startswith("./")}


@pytest.mark.parametrize("base", ["Base", "Base, law.LocalWorkflow", "Base, caselaw.Task"])
@pytest.mark.parametrize("name", NAMES)
def test_what_only_output_names_is_made(name: str, base: str, write: Write, closure: Of) -> None:
    write({**FILES, "work.py": HEAD + task(name, "self.output().dump(len(self.input()))", base)})
    found = closure("work:T")
    assert data(found) == set()
    assert found.warnings == ()
    write({"own/0.txt": "other", "own/new.txt": "new"})
    assert closure("work:T").code_digest == found.code_digest


@pytest.mark.parametrize("name", NAMES)
def test_the_code_that_names_it_counts(name: str, write: Write, closure: Of) -> None:
    write({**FILES, "work.py": HEAD + task(name, "self.output().touch()")})
    before = closure("work:T")
    write({"work.py": HEAD + task(f"{name}, 1", "self.output().touch()")})
    assert closure("work:T").code_digest != before.code_digest


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "run",
    [
        '(HERE / "own" / "table.json").read_text()',
        'load(os.path.join(STORE, "table.json"))',
        'load(paths.FOLDER / "table.json")',
        'load(FOLDER / "table.json")',
    ],
)
def test_what_run_reads_there_by_an_expression_of_its_own_counts(
    name: str, run: str, write: Write, closure: Of
) -> None:
    write({**FILES, "work.py": HEAD + "def load(x): ...\n" + task(name, run)})
    assert data(closure("work:T")) == {"./own/table.json"}


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ('law.LocalFileTarget(at("0.txt"))', 'open(at("table.json"))'),
        ('self.local_target("0.txt")', 'open(self.local_path("table.json"))'),
        ('self.local_target("0.txt")', "work(self)"),
        ('law.LocalFileTarget(self.folder / "0.txt")', 'open(self.folder / "table.json")'),
        ('law.LocalFileTarget(self.attribute / "0.txt")', 'open(self.attribute / "table.json")'),
        ("law.LocalFileTarget(beside(str(self.n)))", 'open(beside("table.json"))'),
        ("target(self.n)", 'open(beside("table.json"))'),
        ("target(self.n)", "target(self.n).load()"),
        ('self.local_target("0.txt")', 'open(Other.req(self).local_path("table.json"))'),
        ('law.LocalFileTarget(at("0.txt"))', 'reading("table.json")'),
        ('self.local_target("0.txt")', "path_of(Other.req(self))"),
        ('self.local_target("0.txt")', "getattr(Other.req(self), 'local_path')('table.json')"),
    ],
)
def test_helpers_of_outputs_that_other_code_uses_count(name: str, run: str, write: Write, closure: Of) -> None:
    others = (
        "class Other(Base):\n    def output(self):\n        return self.local_target('1')\n\n"
        "def reading(name):\n    return open(at(name))\n\n"
        "def path_of(task):\n    return open(task.local_path('table.json'))\n\n"
    )
    write({**FILES, "work.py": HEAD + others + task(name, run)})
    assert "./own/table.json" in data(closure("work:T"))


def test_what_output_itself_opens_counts(write: Write, closure: Of) -> None:
    name = 'law.LocalFileTarget((HERE / "own" / "table.json").read_text())'
    write({**FILES, "work.py": HEAD + task(name, "self.output().touch()")})
    assert data(closure("work:T")) == {"./own/table.json"}


def test_what_importing_a_module_of_outputs_reads_counts(write: Write, closure: Of) -> None:
    name = "patching.target(self.n)"
    patching = (
        'import pkg\nfrom pathlib import Path\npkg.SCALE = read(Path(__file__).parent / "own" / "table.json")\n'
        "def read(path): ...\ndef target(n): ...\n"
    )
    write(
        {
            **FILES,
            "patching.py": patching,
            "pkg.py": "SCALE = 1\n",
            "work.py": "import patching\n" + HEAD + task(name, "pass"),
        }
    )
    assert data(closure("work:T")) == {"./own/table.json"}


@pytest.mark.parametrize("name", NAMES)
def test_outputs_of_tasks_that_code_names_are_made_too(name: str, write: Write, closure: Of) -> None:
    other = task(name, "self.output().touch()").replace("class T", "class Other")
    write({**FILES, "work.py": HEAD + other + task(name, "yield Other.req(self)")})
    assert data(closure("work:T")) == set()


def test_a_helper_of_outputs_that_an_assigned_run_uses_counts(write: Write, closure: Of) -> None:
    run = "def run(self):\n    open(self.local_path('table.json'))\n\nT.run = run\n"
    write({**FILES, "work.py": HEAD + task("self.local_target('0.txt')", "pass") + run})
    assert "./own/table.json" in data(closure("work:T"))


@pytest.mark.parametrize(
    "later",
    [
        "T.output = lambda self: law.LocalFileTarget(str(HERE / 'own' / str(self.n)))",
        "def later(self):\n    return target(self.n)\n\nT.output = later",
        "T.complete = lambda self: (HERE / 'own' / str(self.n)).exists()",
    ],
)
def test_outputs_that_are_assigned_later_are_made(later: str, write: Write, closure: Of) -> None:
    write({**FILES, "work.py": HEAD + task("None", "pass") + later + "\n"})
    assert data(closure("work:T")) == set()
    write({"work.py": HEAD + task("None", "pass") + later.replace("output", "table").replace("complete", "table")})
    assert "./own/table.json" in data(closure("work:T"))

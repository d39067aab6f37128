"""The audit's parts: what a symbol of the closure covers, what a distribution brings, what a system file is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from caselaw.plan.audit.events import program_of
from caselaw.plan.audit.functions import symbol
from caselaw.plan.audit.observation import Observation, UseKind, read_observations
from caselaw.plan.audit.origin import SourceOrigins, below
from caselaw.plan.audit.requirements import with_requirements
from caselaw.plan.audit.verdict import without_addresses

WORK = """
import caselaw
from pathlib import Path
import shapes

def lazily(name):
    return getattr(shapes, name)

class Draw(caselaw.Task):
    products = {"n": "txt"}
    def run(self):
        with self.publish() as out:
            out["n"].write_text(str([shapes.Square(2).area(), lazily("circle")(1), shapes.USED]))
"""

SHAPES = """
from pathlib import Path

def read(name):
    return Path(name).read_text()

UNUSED = read("unused.txt")
USED = read("used.txt")

class Square:
    def __init__(self, side):
        self.side = side
    def area(self):
        return [(lambda: self.side * side)() for side in (self.side,)]

def circle(radius):
    def inner():
        return 3 * radius
    return inner()
"""

SCRIPT = """
import dataclasses, json, sys
from dataclasses import asdict
import work
from caselaw.fingerprint import Symbol
from caselaw.plan.audit import audit

task = work.Draw()
symbols = {name: Symbol(name, "0", path, tuple(map(tuple, lines)))
           for name, (path, lines) in json.loads(sys.argv[1]).items()}
task.__dict__["code_closure"] = dataclasses.replace(task.code_closure, symbols=symbols, distributions={})
print(json.dumps(asdict(audit(task, compare=False))))
"""


def audited(project: Any, symbols: dict[str, tuple[str, list[tuple[int, int]]]]) -> list[str]:
    """Undeclared uses of `Draw` when the closure holds exactly these symbols."""
    project.write("work.py", WORK)
    project.write("shapes.py", SHAPES)
    project.write("used.txt", "1")
    project.write("unused.txt", "1")
    absolute = {name: (str(project.root / file), lines) for name, (file, lines) in symbols.items()}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(absolute)], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [f"{one['kind']} {one['name']} {one['where']}" for one in json.loads(done.stdout)["undeclared"]]


def lines(text: str, first: str, last: str) -> list[tuple[int, int]]:
    rows = text.splitlines()
    start = next(number for number, row in enumerate(rows, 1) if first in row)
    return [(start, next(number for number, row in enumerate(rows, 1) if number >= start and last in row))]


def test_functions_and_module_level_reads_count_symbol_by_symbol(project: Any) -> None:
    task = {
        "work.Draw": ("work.py", lines(WORK, "class Draw", "products")),
        "work.Draw.run": ("work.py", lines(WORK, "def run", "write_text")),
        "work.lazily": ("work.py", lines(WORK, "def lazily", "getattr")),
    }
    seen_of_shapes = {
        "shapes.Square.__init__": ("shapes.py", lines(SHAPES, "__init__", "self.side = side")),
        "shapes.Square.area": ("shapes.py", lines(SHAPES, "def area", "lambda")),
        "shapes.read": ("shapes.py", lines(SHAPES, "def read", "read_text")),
        "shapes.USED": ("shapes.py", lines(SHAPES, 'USED = read("used', "USED")),
    }
    circle, used = lines(SHAPES, "def circle", "def")[0][0], seen_of_shapes["shapes.USED"][1][0][0]
    reading = lines(SHAPES, "Path(name)", "Path")[0][0]
    undeclared = audited(project, {**task, **seen_of_shapes})
    assert undeclared == [f"function shapes.circle shapes.py:{circle}", f"file used.txt shapes.py:{reading}"]
    del seen_of_shapes["shapes.Square.area"], seen_of_shapes["shapes.USED"]
    area = lines(SHAPES, "def area", "def")[0][0]
    undeclared = audited(project, {**task, **seen_of_shapes})
    assert undeclared == [
        f"function shapes.Square.area shapes.py:{area}",
        f"function shapes.circle shapes.py:{circle}",
    ], f"USED (line {used}) is not in the closure, so its file does not count"


def test_requirements_are_followed_and_extras_only_where_asked_for() -> None:
    reached = with_requirements(["law"])
    assert {"law", "luigi", "six"} <= reached
    assert "pytest" not in reached
    assert with_requirements(["no-such-distribution"]) == {"no-such-distribution"}


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("root -b -q secret.C", "root"),
        ("A=secret B=secret /usr/bin/cmsRun x", "/usr/bin/cmsRun"),
        ("$(secret) x", "sh"),
        ("PASSWORD=secret", "sh"),
        ("", "sh"),
    ],
)
def test_of_a_shell_command_only_the_program_is_told(command: str, program: str) -> None:
    assert program_of(command) == program


def test_nested_code_belongs_to_the_function_around_it() -> None:
    assert symbol("Cuts.passes.<locals>.<lambda>") == "Cuts.passes"
    assert symbol("good_jets") == "good_jets"


def test_a_folder_holds_itself_and_what_lies_below() -> None:
    assert below("/a/b", ["/a"])
    assert below("/a", ["/a"])
    assert not below("/ab", ["/a"])


def test_hidden_folders_and_environments_are_no_first_party_code(tmp_path: Any) -> None:
    for name in ("code/a.py", ".hidden/b.py", "env/lib/c.py", "env/pyvenv.cfg", "code/build/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    origins = SourceOrigins((), (), (str(tmp_path.resolve()),))
    assert origins.of(str(tmp_path / "code" / "a.py")) == "first-party"
    for name in (".hidden/b.py", "env/lib/c.py", "code/build/d.py"):
        assert origins.of(str(tmp_path / name)) == "library"
    assert origins.of(json.__file__) == "standard"
    assert origins.of("<frozen os>") == "standard"


def test_a_torn_line_is_left_out(tmp_path: Any) -> None:
    used = Observation(UseKind.FILE, "/x", "/y:1")
    (tmp_path / "seen").write_bytes(used.line() + used.line()[:20])
    assert list(read_observations(tmp_path / "seen")) == [used]
    assert list(read_observations(tmp_path / "nothing")) == []


def test_a_host_is_listed_by_its_name_only() -> None:
    used = [
        Observation(UseKind.NETWORK, name, None)
        for name in ("example.org:443", "93.184.216.34:443", "2001:db8::1:443", "10.0.0.1:80")
    ]
    assert [one.name for one in without_addresses(used)] == ["example.org:443", "10.0.0.1:80"]

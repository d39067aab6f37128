"""`caselaw audit`: what a branch uses and its fingerprint does not cover, on small projects, by the real command."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

CAUGHT: dict[str, tuple[str, str, str]] = {
    "a function looked up by name": (
        "import importlib",
        'value = getattr(importlib.import_module("plug" + "in"), "double")(2)',
        "function plugin.double",
    ),
    "a method and what it calls": (
        "import importlib",
        'value = importlib.import_module("plug" + "in").Cuts().passes()',
        "function plugin.Cuts.passes, function plugin.limit",
    ),
    "a function called in a thread": (
        "import importlib, threading",
        'thread = threading.Thread(target=importlib.import_module("plug" + "in").limit); thread.start(); thread.join()',
        "function plugin.limit",
    ),
    "a function called in a forked process": (
        "import importlib, multiprocessing",
        'pool = multiprocessing.get_context("fork").Pool(1); '
        'pool.map(importlib.import_module("plug" + "in").double, [1]); pool.close(); pool.join()',
        "function plugin.double",
    ),
    "a constant of a module looked up by name": (
        "import importlib",
        'value = importlib.import_module("constants" + "_of_mine").PI',
        "module constants_of_mine",
    ),
    "a file beside the code": (
        "from pathlib import Path",
        'value = (Path(globals()["__fi" + "le__"]).parent / "table.json").read_text()',
        "file table.json",
    ),
    "a file read through a library": (
        "import csv, linecache",
        'value = linecache.getline("table.json", 1)',
        "file table.json",
    ),
    "a file read when the module is imported": (
        'from pathlib import Path\nTABLE = Path("table.json").read_text()',
        "value = TABLE",
        "file table.json",
    ),
    "the text of a function": (
        "import inspect\nfrom helpers import documented",
        'value = getattr(inspect, "get" + "source")(documented)',
        "file helpers.py",
    ),
    "the text of its own file": (
        "import sys",
        'value = len(open(getattr(sys._getframe().f_code, "co_file" + "name")).read())',
        "file work.py",
    ),
    "a folder that is listed": (
        "import os",
        'value = os.listdir("tables")',
        "file tables/",
    ),
    "a database": (
        "import sqlite3",
        'value = sqlite3.connect("numbers.sqlite").execute("select 1").fetchall()',
        "file numbers.sqlite",
    ),
    "a library looked up by name": (
        "import importlib",
        'value = importlib.import_module("ya" + "ml").safe_load("1")',
        "module yaml",
    ),
    "a library imported by a function call": (
        "",
        'value = __import__("ya" + "ml")',
        "module yaml",
    ),
    "environment variables": (
        "import os\nfrom os import environ",
        'value = os.environ["HIDDEN_ONE"], environ.get("HIDDEN_TWO"), os.getenv("NOT_SET"), "HOME" in os.environ, '
        'os.path.expandvars("$HIDDEN_THREE")',
        "variable HIDDEN_ONE, variable HIDDEN_THREE, variable HIDDEN_TWO, variable HOME, variable NOT_SET",
    ),
    "all environment variables": (
        "import os",
        "value = sorted(name for name, _ in {**os.environ}.items())",
        "variable (all variables)",
    ),
    "a subprocess": (
        "import subprocess",
        'subprocess.run(["true", "--password=secret"], check=True)',
        "subprocess true",
    ),
    "shell commands": (
        "import os, subprocess",
        'os.system("TOKEN=secret true secret"); subprocess.run("cat < /dev/null secret || :", shell=True)',
        "subprocess cat, subprocess true",
    ),
}  # fmt: skip

SECRET = "hidden-value-4711"


def write(project: Any, imports: str, statement: str) -> None:
    project.write(
        "work.py",
        f"""
import caselaw
{imports}

class Count(caselaw.Workflow):
    products = {{"n": "txt"}}

    def upstream(self):
        return caselaw.over(["a", "b"])

    def run(self):
        value = 0
        {statement}
        with self.publish() as out:
            out["n"].write_text(str(self.branch_value) + str(value))
""",
    )
    project.write("plugin.py", "def double(x):\n    return 2 * x\n\ndef limit():\n    return 1\n\n"
                  "class Cuts:\n    def passes(self):\n        return [limit() for _ in range(2)]\n")  # fmt: skip
    project.write("constants_of_mine.py", "PI = 3\n")
    project.write("helpers.py", "def documented():\n    return 1\n")
    project.write("table.json", "{}\n")
    project.write("tables/one.txt", "1\n")


def run(project: Any, *arguments: str, code: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "caselaw"), "audit", *arguments]
    hidden = {"HIDDEN_ONE": SECRET, "HIDDEN_TWO": SECRET, "HIDDEN_THREE": SECRET}
    done = subprocess.run(
        command, cwd=project.root, env=project.environment(**hidden), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done


def found(project: Any, *arguments: str, code: int = 1) -> list[dict[str, Any]]:
    undeclared: list[dict[str, Any]] = json.loads(run(project, *arguments, "--json", code=code).stdout)["undeclared"]
    return undeclared


def listed(undeclared: list[dict[str, Any]]) -> str:
    return ", ".join(sorted(f"{one['kind']} {one['name']}" for one in undeclared))


@pytest.mark.parametrize("name", CAUGHT)
def test_undeclared_use_is_listed(project: Any, name: str) -> None:
    imports, statement, expected = CAUGHT[name]
    write(project, imports, statement)
    if name == "a database":
        import sqlite3

        sqlite3.connect(project.root / "numbers.sqlite").execute("create table numbers (n)").connection.close()
    done = run(project, "work.Count", "--once", "--json", code=1)
    undeclared = [one for one in json.loads(done.stdout)["undeclared"] if one["name"] != "plugin"]
    assert listed(undeclared) == expected
    assert "secret" not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_files_and_texts_that_the_closure_counts_are_covered(project: Any) -> None:
    write(
        project,
        "import inspect\nfrom pathlib import Path\nfrom helpers import documented",
        'value = (Path(__file__).parent / "table.json").read_text(), inspect.getsource(documented), '
        "len(open(__file__).read()), [p.read_text() for p in Path(__file__).with_name('tables').glob('*.txt')]",
    )
    assert found(project, "work.Count", "--once", code=0) == []


def test_a_connection_is_listed_with_host_and_port(project: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        write(project, "import socket", f'socket.create_connection(("127.0.0.1", {port})).close()')
        answering = threading.Thread(target=server.accept, daemon=True)
        answering.start()
        undeclared = found(project, "work.Count")
    assert listed(undeclared) == f"network 127.0.0.1:{port}"


def test_the_line_is_named_relative_to_the_project(project: Any) -> None:
    write(project, "", 'value = open("table.json").read()')
    lines = (project.root / "work.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "table.json" in text)
    assert found(project, "work.Count") == [{"kind": "file", "name": "table.json", "where": f"work.py:{line}"}]


CLEAN = """
import json, os, random, subprocess, tempfile
from pathlib import Path
import caselaw, luigi
import helpers
from helpers import Cuts, shifted

class Make(caselaw.Workflow):
    products = {"n": "json", "folder": "/"}
    def upstream(self):
        return caselaw.over(["a", "b"])
    def run(self):
        with self.publish() as out:
            out["n"].write_text(json.dumps(self.branch_value))
            (out["folder"] / "x.txt").write_text("x")

class Select(caselaw.Workflow):
    n = luigi.IntParameter(default=2)
    products = {"n": "txt"}
    config_keys = ("cut",)
    environment_variables = ("ALLOWED",)
    def upstream(self):
        os.environ.get("HIDDEN_ONE")  # its results are in the fingerprint
        return {"made": caselaw.each(Make.req(self)), "all": caselaw.whole(Make.req(self)),
                "file": caselaw.files(["external/one.txt", "external/two.txt"])}
    def run(self):
        made = self.input()["made"]
        values = [json.loads(Path(made["n"]).read_text()), Path(made["folder"].path, "x.txt").read_text()]
        values += [Path(one["n"]).read_text() for one in self.input()["all"]]
        values += [Path(self.input()["file"]).read_text(), self.config["cut"], os.environ.get("ALLOWED")]
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder, "scratch.txt")
            scratch.write_text("x")
            values.append(scratch.read_text())
        values.append(shifted(map(lambda x: helpers.twice(x), [self.n])))
        values.append(Cuts(1).passes(self.seed))
        with self.publish() as out:
            out["n"].write_text(repr(values))
            out["n"].read_text()
"""

HELPERS = """
import colorsys
from dataclasses import dataclass

@dataclass(frozen=True)
class Cuts:
    low: int
    def passes(self, value):
        return (lambda: value > self.low)()

def twice(x):
    return [2 * y for y in (x,)]

def shifted(values):
    from statistics import mean
    def one(value):
        return sum(value)
    return mean(one(value) for value in values)
"""


@pytest.fixture
def clean(project: Any) -> Any:
    project.write("work.py", CLEAN)
    project.write("helpers.py", HELPERS)
    project.write("configs/mine.yaml", "cut: 30\n")
    project.write("external/one.txt", "1")
    project.write("external/two.txt", "2")
    return project


def test_a_task_that_declares_all_is_clean_and_the_store_stays_as_it_is(clean: Any) -> None:
    clean.run("work.Make")
    before = sorted((path, path.stat().st_mtime_ns) for path in (clean.root / "data").rglob("*"))
    done = run(clean, "work.Select", "--campaign", "mine", "--branch", "1", "--json", code=0)
    answer = json.loads(done.stdout)
    assert answer["undeclared"] == []
    assert (answer["family"], answer["params"], answer["branch"]) == ("Select", {"n": "2"}, 1)
    assert answer["covered"]["function"] == 4
    assert answer["covered"]["file"] >= 4
    assert answer["covered"]["variable"] == 1
    assert sorted((path, path.stat().st_mtime_ns) for path in (clean.root / "data").rglob("*")) == before
    shown = clean.ask("ls", "work.Select", "--campaign", "mine")
    assert answer["fingerprint"] == shown["outputs"][1]["fingerprint"]


def test_missing_upstream_is_an_error_that_says_what_to_run(clean: Any) -> None:
    done = run(clean, "work.Select", "--campaign", "mine", code=2)
    assert "upstream is not complete: Make" in done.stderr
    assert "law run Make" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_task_does_not_use_of_a_module_does_not_count(project: Any) -> None:
    write(project, "from plugin import double", "value = double(1)")
    project.write("plugin.py", "def double(x):\n    return 2 * x\n")
    assert found(project, "work.Count", code=0) == []


def test_a_warning_that_shows_a_line_reads_nothing(project: Any) -> None:
    write(project, "import logging, traceback, warnings", 'warnings.warn("careful"); traceback.print_stack(); '
          'logging.warning("careful")')  # fmt: skip
    assert found(project, "work.Count", code=0) == []


def test_a_failing_branch_says_so_and_shows_what_was_seen(project: Any) -> None:
    write(project, "", 'value = open("table.json").read(); print("so far so good"); raise KeyError("muons")')
    done = run(project, "work.Count", "--json", code=2)
    answer = json.loads(done.stdout)
    assert listed(answer["undeclared"]) == "file table.json"
    assert "KeyError: 'muons'" in answer["failure"]
    assert "the branch failed" in done.stderr
    assert "so far so good" in done.stderr


def test_a_branch_that_dies_says_how(project: Any) -> None:
    write(project, "import os, signal", 'value = open("table.json").read(); os.kill(os.getpid(), signal.SIGSEGV)')
    done = run(project, "work.Count", code=2)
    assert "table.json" in done.stdout
    assert "SIGSEGV" in done.stderr


def test_a_product_that_is_not_written_fails(project: Any) -> None:
    write(project, "", "raise_nothing = 1")
    source = (project.root / "work.py").read_text()
    (project.root / "work.py").write_text(source.replace('out["n"].write_text(', "print("))
    assert "without writing its product 'n'" in run(project, "work.Count", code=2).stderr


def test_no_such_branch_and_a_task_that_makes_nothing_are_errors(project: Any) -> None:
    write(project, "", "value = 1")
    assert "branches 0 to 1" in run(project, "work.Count", "--branch", "2", code=2).stderr
    project.write("own.py", """
        import caselaw, law
        class Own(caselaw.Task):
            def output(self):
                return law.LocalFileTarget("own.txt")
    """)  # fmt: skip
    assert "the task makes nothing itself" in run(project, "own.Own", code=2).stderr


def test_a_task_that_names_its_outputs_itself_is_run_beside_them(project: Any) -> None:
    project.write("own.py", f"""
        import os
        import caselaw, law
        class Own(caselaw.Task):
            def output(self):
                folder = law.LocalDirectoryTarget("{project.root}/out/folder")
                return [law.LocalFileTarget("{project.root}/out/own.txt"), folder]
            def run(self):
                self.output()[0].dump(os.environ.get("UNDECLARED", "1"), formatter="text")
                self.output()[1].child("a.txt", type="f").dump("1", formatter="text")
    """)  # fmt: skip
    assert "UNDECLARED" in listed(found(project, "own.Own"))
    assert not (project.root / "out").exists() and not (project.root / "data").exists()


def test_a_module_of_the_project_that_another_file_was_loaded_for_is_named(project: Any) -> None:
    imports = "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path('.other').resolve()))\nimport helpers"
    write(project, imports, "value = helpers.documented()")
    other = project.write(".other/helpers.py", "def documented():\n    return 2\n")
    assert f"module helpers ({other.resolve()})" in listed(found(project, "work.Count"))


def test_a_branch_that_writes_to_its_targets_leaves_the_store_as_it_is(project: Any) -> None:
    project.write("work.py", """
        import caselaw
        class Targets(caselaw.Task):
            products = {"n": "txt", "folder": "/"}
            def run(self):
                open(self.output()["n"].path, "w").write("1")
                self.output()["folder"].child("a.txt", type="f").dump("1", formatter="text")
                assert self.output()["n"].load(formatter="text") == "1"
    """)  # fmt: skip
    answer = json.loads(run(project, "work.Targets", "--json", code=0).stdout)
    assert answer["undeclared"] == []
    assert not (project.root / "data").exists()


def test_a_task_without_branches(project: Any) -> None:
    project.write("work.py", """
        import caselaw
        class One(caselaw.Task):
            products = {"n": "txt"}
            def run(self):
                with self.publish() as out:
                    out["n"].write_text(open("table.json").read())
    """)  # fmt: skip
    project.write("table.json", "{}")
    done = run(project, "work.One", "--json", code=1)
    answer = json.loads(done.stdout)
    assert answer["branch"] is None
    assert listed(answer["undeclared"]) == "file table.json"


def test_people_get_a_table(project: Any) -> None:
    write(project, "", 'value = open("table.json").read()')
    shown = run(project, "work.Count", code=1).stdout
    assert "Count, branch 0" in shown
    assert "table.json" in shown
    assert "covered: function 1" in shown
    write(project, "", "value = 1")
    assert "nothing undeclared" in run(project, "work.Count", code=0).stdout


def test_help_has_examples() -> None:
    command = [str(Path(sys.executable).parent / "caselaw"), "audit", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "caselaw audit SelectEvents --dataset ttbar --branch 3" in shown

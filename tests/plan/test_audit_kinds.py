"""The audit as a second line: each kind of use is found when what counts or refuses it is switched off.

A script takes from the closure what it holds today, or from the fingerprint what it counts; the audit must name it
without that help. Elsewhere: docstrings, annotations and the order of imports in `test_audit_comparison`, source that
is read as text in `test_audit`, ways to read options in `test_audit_options`. There is nothing to find of code that
is old in memory, for the audit starts a process of its own, and of what digests of outputs leave out.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from projects import LAW_CFG

from caselaw.fingerprint import digest, short
from caselaw.plan.audit.caches import keys_on_less
from caselaw.plan.audit.origin import SourceOrigins

SCRIPT = """
import dataclasses, json, os, sys
import work
from caselaw.plan.audit import audit, branch, child, comparison, report
given = json.loads(sys.argv[1])
execute = branch.execute

def execute_in_fork(request, variables):
    'What is only compared needs no process from the start: that would cost a second each time.'
    if not request.texts:
        return execute(request, variables)
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    try:
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(os.getcwd()):
                del sys.modules[name]
        child.execute_in_place(request.texts)
        child.run(request, child.Recorder(2, request.origins, request.lines))
    except BaseException:
        (request.scratch / child.OUTPUT).touch()
        os._exit(child.FAILED)
    os._exit(0)

branch.execute = execute_in_fork
exec(given["before"])
report.counts = lambda *_: False
comparison.MOST_RUNS = 100
task = work.Count()
blind = tuple(given["blind"])
symbols = {name: symbol for name, symbol in task.code_closure.symbols.items() if not name.startswith(blind)}
sources = tuple(path for path in task.code_closure.sources if path.suffix == ".py")
closure = dataclasses.replace(task.code_closure, symbols=symbols, options=(), settings=(), sources=sources)
task.__dict__["code_closure"] = closure
print(json.dumps(dataclasses.asdict(audit(task, compare=given["compare"]))))
"""
HEAD = """
import caselaw, law, luigi

class Count(caselaw.{base}):
    products = {{"n": "txt"}}
    {members}
    def run(self):
        value = [{values}]
        with self.publish() as out:
            out["n"].write_text(repr(value))
"""


def audited(
    project: Any, *, blind: tuple[str, ...] = (), before: str = "", compare: bool = False, **variables: str
) -> list[str]:  # fmt: skip
    """What the audit of `work.Count` lists, as `kind name`; `before` switches something off."""
    given = json.dumps({"blind": [*blind, "./"], "before": before, "compare": compare})
    environment = project.environment(**variables)
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", SCRIPT, given], cwd=project.root, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["failure"] is None, answer["failure"]
    assert answer["not_compared"] is None
    return [f"{one['kind']} {one['name']}" for one in answer["undeclared"]]


def task(project: Any, *values: str, base: str = "Task", imports: str = "", members: str = "") -> None:
    """Write `work.py` with a task that makes these values."""
    text = HEAD.format(base=base, members=members.replace("\n", "\n    "), values=", ".join(values))
    project.write("work.py", f"{imports}\n{text}")


def test_a_module_of_another_checkout_is_named(project: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "helpers.py"
    other.write_text("def number():\n    return 2\n")
    project.write("helpers.py", "def number():\n    return 1\n")
    task(project, "helpers.number()", imports="import helpers")
    both = f"{other.parent}:{project.root}"
    assert f"module helpers ({other.resolve()})" in audited(project, PYTHONPATH=both)
    assert audited(project) == []


MACHINE_CODE = """
from numba import njit
from numba.core import caching
import constants

@njit(cache=True)
def by_closure(x):
    return constants.SCALE * x

kinds = getattr(caching, "CacheImpl", None) or caching._CacheImpl
kinds._locator_classes[:] = [kind for kind in kinds._locator_classes if kind.__name__ != "ByClosure"]

@njit(cache=True)
def by_file(x):
    return constants.SCALE * x
"""


def test_machine_code_that_numba_keeps_by_one_file_alone_is_named(project: Any) -> None:
    project.write("constants.py", "SCALE = 3\n")
    project.write("machine.py", MACHINE_CODE)
    task(project, "machine.by_closure(1)", "machine.by_file(1)", imports="import machine")
    assert audited(project) == ["cache numba (machine.by_file)"]


def test_machine_code_in_folders_of_numba_is_told_from_that_in_folders_of_caselaw(tmp_path: Path) -> None:
    caching: Any = importlib.import_module("numba.core.caching")
    source = tmp_path.resolve() / "steps.py"
    source.write_text("")
    origins = SourceOrigins((), {str(source)}, ())
    below = caching._CacheLocator.get_suitable_cache_subpath(str(source))
    name = "steps.f-3.py311.nbi"
    assert keys_on_less(f"{tmp_path.resolve()}/__pycache__/{name}", origins)
    assert keys_on_less(f"/caches/{below}/{name}", origins)
    assert not keys_on_less(f"/caches/caselaw/{short(digest(1))}/{below}/{name}", origins)
    assert not keys_on_less(f"/caches/library_0123/{name}", origins)
    assert not keys_on_less(f"/site-packages/library/__pycache__/{name}", origins)


def test_libraries_that_keep_results_by_keys_of_their_own_are_named(project: Any) -> None:
    imports = "import joblib, shelve, kept"
    project.write("kept.py", """
        import joblib, shelve
        def twice(x):
            return 2 * x
        def by_joblib(folder):
            return joblib.Memory(folder, verbose=0).cache(twice)(2)
        def by_shelve(path):
            with shelve.open(path) as shelf:
                return shelf.setdefault("x", 2)
    """)  # fmt: skip
    home = project.root / ".home/.cache"
    task(project, f"kept.by_joblib({str(home)!r})", f"kept.by_shelve({str(home / 'shelf')!r})", imports=imports)
    found = audited(project)
    assert [one for one in found if one.startswith("cache")] == ["cache joblib.Memory", "cache shelve"]
    own = f"{str(home)!r} + '/' + self.fingerprint"
    task(project, f"kept.by_joblib({own})", f"kept.by_shelve({own} + '-shelf')", imports=imports)
    assert [one for one in audited(project) if one.startswith("cache")] == []


PARAMETERS = """\
campaign = luigi.Parameter(default="run2017")
threads = luigi.IntParameter(default=4, significant=False)
shown = luigi.IntParameter(default=4, significant=False)
def upstream(self):
    self.threads
    return caselaw.over(["a", "b"])
def told(self):
    print("branch", self.branch, self.shown)
    return f"{self.branch_value} {self.seed}"
"""


def test_parameters_that_do_not_count_are_named_where_run_reads_them(project: Any) -> None:
    project.write("helpers.py", "def of(given):\n    return given.threads\n")
    values = "self.told()", "self.campaign", "self.branch", "helpers.of(self)", "len(self.branch_map)"
    task(project, *values, base="Workflow", members=PARAMETERS, imports="import helpers")
    of_campaign = "\n".join([
        "import caselaw.task.identified as place",
        "counted = place.counted_names",
        "place.counted_names = lambda cls: tuple(name for name in counted(cls) if name != 'campaign')",
    ])  # fmt: skip
    found = ["parameter branch", "parameter branch_map", "parameter threads"]
    assert audited(project) == found
    assert audited(project, before=of_campaign) == sorted([*found, "parameter campaign"])


def test_parameters_in_a_message_are_told_and_parameters_in_a_file_are_used(project: Any) -> None:
    members = "number = luigi.IntParameter(default=4, significant=False)\ndef told(self):\n    print({})\n    return 1"
    task(project, "self.told()", members=members.format("f'{self.number}'"))
    assert audited(project) == []
    task(project, "self.told()", members=members.format("self.number, file=__import__('io').StringIO()"))
    assert audited(project) == ["parameter number"]


YIELDS = """
import caselaw, luigi

class Made(caselaw.Task):
    products = {"n": "txt"}
    def run(self):
        with self.publish() as out:
            out["n"].write_text("1")

class Count(caselaw.Task):
    products = {"n": "txt"}
    def run(self):
        made = yield Made()
        with self.publish() as out:
            out["n"].write_text(open(made["n"].path).read())
"""


def test_what_run_yields_is_named_where_the_fingerprint_does_not_count_it(project: Any) -> None:
    project.write("work.py", YIELDS)
    project.run("work.Count")
    (made,) = (name for name in project.made("Made") if name.endswith(".txt"))
    assert audited(project) == []
    before = "import caselaw.task.base; caselaw.task.base.yields = lambda cls: False"
    assert audited(project, before=before) == [
        f"file data/{made}", "requirement Made",
    ]  # fmt: skip


PLAIN = """
import caselaw, law, luigi

class Given(luigi.ExternalTask):
    name = luigi.Parameter()
    def output(self):
        return law.LocalFileTarget(f"/{ROOT}/plain/{self.name}.txt")

class All(law.WrapperTask):
    def requires(self):
        return [Given(name="b")]

class Count(caselaw.Task):
    products = {"n": "txt"}
    def requires(self):
        return {"a": Given(name="a"), "all": All()}
    def run(self):
        with self.publish() as out:
            out["n"].write_text(open(self.input()["a"].path).read() + open(self.input()["all"][0].path).read())
"""


def test_outputs_of_plain_tasks_are_named_where_what_they_hold_does_not_count(project: Any) -> None:
    project.write("work.py", PLAIN.replace("/{ROOT}", str(project.root)))
    project.write("plain/a.txt", "1")
    project.write("plain/b.txt", "1")
    module = "caselaw.branches.upstream_digests"
    by_id = f"import {module} as l; l.Look._content_of = lambda self, task: l.identity_of_task(task)"
    assert audited(project) == []
    assert audited(project, before=by_id) == ["file plain/a.txt", "file plain/b.txt"]


def test_options_and_outputs_by_a_path_and_what_is_written_past_the_staging_folder_are_named(project: Any) -> None:
    project.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2\n[analysis]\ncut: 1"))
    project.write("data/Made/n.0123456789abcdef0123.txt", "1")
    project.write("plain/out.txt", "1")
    project.write("habits.py", """
        import os, pathlib, shutil
        import law
        from caselaw.storage.location import Location
        def write(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("1")
        def past(data):
            write(data / "Count" / "opened.txt")
            scratch = pathlib.Path(os.environ["TMPDIR"], "x.txt")
            write(scratch)
            shutil.copy(scratch, data / "Count" / "copied.txt")
            os.replace(scratch, data / "Count" / "moved.txt")
            os.symlink("opened.txt", data / "Count" / "linked.txt")
            os.remove(data / "Count" / "opened.txt")
            with open(data / "Count" / "added.txt", "a") as file:
                file.write("1")
            law.LocalFileTarget(str(data / "Count" / "target.txt")).dump("1", formatter="text")
            shutil.rmtree(data / "Made")
    """)  # fmt: skip
    data, plain = project.root / "data", project.root / "plain/out.txt"
    task(
        project, 'law.config.get("analysis", "cut")', f"law.LocalFileTarget({str(plain)!r}).load(formatter='text')",
        f"open({str(data / 'Made/n.0123456789abcdef0123.txt')!r}).read()", f"habits.past(pathlib.Path({str(data)!r}))",
        "self.output()['n'].dump('1', formatter='text')", imports="import habits, pathlib",
    )  # fmt: skip
    found = audited(project, LAW__analysis__cut="5")
    names = ("Count/added.txt", "Count/copied.txt", "Count/linked.txt", "Count/moved.txt", "Count/opened.txt",
             "Count/target.txt", "Made")  # fmt: skip
    assert found == [
        "file data/Made/n.0123456789abcdef0123.txt", "file plain/out.txt",
        *(f"write data/{name}" for name in names), "variable TMPDIR", "option law.cfg:analysis.cut",
    ]  # fmt: skip


def test_code_that_is_found_while_the_branch_runs_is_named(project: Any) -> None:
    project.write("lib/searched.py", "VALUE = 1\ndef one():\n    return 1\n")
    project.write("lib/imported.py", "def two():\n    return 2\n")
    project.write("lib/run_as_file.py", "x = 1\n")
    project.write("shapes/__init__.py", "from shapes import round\n")
    project.write("shapes/round.py", "def circle():\n    return 3\n")
    project.write("pickled.py", "class Cuts:\n    def __setstate__(self, state):\n        self.pt = state\n")
    project.write("defaults.py", "def read():\n    return 5\n\ndef cut(pt=read()):\n    return pt\n")
    project.write("table.json", "{}")
    project.write("habits.py", """
        import importlib.resources, pickle, runpy, sys
        from pathlib import Path
        import law, shapes, defaults
        HERE = Path(__file__).parent
        def searched():
            sys.path.insert(0, str(HERE / "lib"))
            import searched
            return searched.one()
        def by_file():
            return law.util.import_file(str(HERE / "lib" / "imported.py")).two()
        def by_path():
            return runpy.run_path(str(HERE / "lib" / "run_as_file.py"))["x"]
        def given(package, name):
            return getattr(package, name)
        def unpickled():
            return vars(pickle.loads(b"cpickled\\nCuts\\n)\\x81I5\\nb."))
        def data():
            return (HERE / "table.json").read_text()
    """)  # fmt: skip
    values = "searched()", "by_file()", "by_path()", "given(shapes, 'round').circle()", "unpickled()", "data()"
    task(project, *values, "defaults.cut()", imports="from habits import *; import shapes, defaults")
    found = audited(project, blind=("lib", "searched", "imported", "run_as_file", "shapes.", "pickled"))
    assert {one for one in found if not one.startswith("variable")} >= {
        "function searched.one", "function shapes.round.circle", "function pickled.Cuts.__setstate__",
        "module pickled", "module lib.run_as_file", "file lib/imported.py", "file table.json",
    }  # fmt: skip


REGISTRY = """
CALLED, HELPED, PARTIAL, MADE, DERIVED, STORED = [], [], [], [], [], []

class Settings:
    pt = 1

SETTINGS = Settings()
CUT = 3

def put(name, into):
    into.append(name)

class Step:
    def __init__(self, name):
        MADE.append(name)

class Base:
    def __init_subclass__(cls, **named):
        DERIVED.append(cls.__name__)

class Kind(type):
    def __init__(cls, *given):
        STORED.append(cls.__name__)
"""
PLUGINS = """
import registry, steps
from functools import partial

_ = registry.CALLED.append("called")
registry.put("helped", registry.HELPED)
partial(registry.put, into=registry.PARTIAL)("partial")
tight = registry.Step("made")
class Derived(registry.Base): pass
Stored = registry.Kind("Stored", (), {})
options = registry.SETTINGS
options.pt = 30
steps.patched = len
unrelated = [1]
unrelated.append(2)
"""
STEPS = """
import registry

def patched(x):
    return 0

def registered():
    return [sorted(map(str, getattr(registry, name))) for name in
            ("CALLED", "HELPED", "PARTIAL", "MADE", "DERIVED", "STORED")]

def set_elsewhere():
    return [registry.SETTINGS.pt, patched("abc")]
"""


def test_statements_that_register_or_change_what_the_task_uses_are_named(project: Any) -> None:
    project.write("registry.py", REGISTRY)
    project.write("plugins.py", PLUGINS)
    project.write("steps.py", STEPS)
    task(project, "steps.registered()", "steps.set_elsewhere()", imports="import plugins, steps")
    found = audited(project, blind=("plugins.",), compare=True)
    assert sorted(found) == sorted([
        "statement _", "statement registry.put('helped', registry.HELPED)",
        "statement partial(registry.put, into=registry.PARTIAL)('partial')", "statement tight",
        "statement Derived", "statement Stored", "statement options.pt = 30", "statement steps.patched = len",
    ])  # fmt: skip


def test_what_a_default_holds_and_names_in_texts_are_named(project: Any) -> None:
    project.write("options.py", "CUT = 3\nWIDTH = 4\nSCALE = 5\nUNUSED = 6\n")
    project.write("steps.py", """
        import pandas
        import options
        from options import WIDTH, SCALE
        def default(pt=options.CUT):
            return pt
        def in_text():
            return eval("WIDTH + 1")
        def in_query():
            return len(pandas.DataFrame({"x": [1, 9]}).query("x > @SCALE"))
    """)  # fmt: skip
    task(project, "steps.default()", "steps.in_text()", "steps.in_query()", imports="import steps")
    found = audited(project, blind=("options.",), compare=True)
    assert found == ["statement CUT", "statement WIDTH", "statement SCALE"]


def test_outputs_that_tasks_name_themselves_are_no_use_of_what_their_places_and_fingerprints_are_made_from(
    project: Any,
) -> None:
    project.write("work.py", """
        import os
        import caselaw, law
        class Base(caselaw.Task):
            def output(self):
                return law.LocalFileTarget(os.path.join(os.environ["PLACE"], type(self).__name__ + ".txt"))
        class Made(Base):
            def run(self):
                import numbers_of
                self.output().dump(numbers_of.text(), formatter="text")
        class Count(Base):
            def requires(self):
                return Made.req(self)
            def run(self):
                self.output().dump(self.input().load(formatter="text") + os.environ.get("MARK", ""), formatter="text")
    """)  # fmt: skip
    project.write("numbers_of.py", "def text():\n    return '1'\n")
    project.write("plain/Other.txt", "1")
    project.run("work.Count", PLACE=str(project.root / "plain"))
    assert audited(project, PLACE=str(project.root / "plain")) == ["variable MARK"]

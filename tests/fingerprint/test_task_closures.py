"""What of a task class decides what it makes, and what does not."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from caselaw.errors import FingerprintError
from caselaw.fingerprint import Closure, code_closure
from caselaw.fingerprint.code.reach.hooks import asked_by_engine
from caselaw.fingerprint.code.reach.members import never_counts

Write = Callable[[Mapping[str, str]], None]
Of = Callable[..., Closure]

TASKS = '''
import caselaw
import law
import luigi
from caselaw import Workflow as W
from bases import Base, Plot
from physics import select, weigh, names, describe
from upper import Upper

LIST = ["a", "b"]
DEFAULT = 30


class CutParameter(luigi.FloatParameter):
    def parse(self, text):
        return 1.5


class Select(Plot, Base, caselaw.Workflow):
    """Selection."""

    cut = luigi.FloatParameter(default=DEFAULT, description="a cut")
    other = law.CSVParameter(default=())
    own = CutParameter(default=2.5)
    products = {"events": "parquet"}
    config_keys = ("selection",)
    resources = caselaw.Resources(memory="2 GB")
    htcondor_memory = 1
    acceptance = 0.7
    tolerance = 0.001
    retry_count = 3
    factor = 41
    fill = staticmethod(weigh)

    def upstream(self):
        return {"nano": caselaw.over(self.files()), "upper": caselaw.whole(Upper.req(self))}

    def files(self):
        return LIST + names() + [self.shared()]

    def shared(self):
        return 51

    def helper(self):
        return 52

    def hook(self):
        return 53

    def htcondor_job_config(self, config):
        return 54

    def run(self):
        with self.publish() as out:
            select(out, self.helper(), self.shared(), self.factor, self.tolerance)


class Other(W):
    def run(self):
        return 61
'''

FILES = {
    "work.py": TASKS,
    "bases.py": """
import caselaw
class Root(caselaw.Task):
    level = 71
    def helper(self):
        return 72
    def summary(self):
        return 73
class Base(Root):
    factor = 74
    def extra(self):
        return 75
    def hook(self):
        return 76
class Plot:
    def style(self):
        return 77
    def run(self):
        return 78
""",
    "physics.py": """
def select(*a):
    return 81
def weigh(x):
    return 82
def names():
    return 83
def describe():
    return 84
""",
    "upper.py": "import caselaw\nclass Upper(caselaw.Workflow):\n    def run(self):\n        return 91\n",
}

COUNTS = [
    ("work.py", '"events": "parquet"', '"events": "root"'),
    ("work.py", "factor = 41", "factor = 42"),
    ("work.py", "staticmethod(weigh)", "staticmethod(select)"),
    ("work.py", "return 51", "return 510"),
    ("work.py", "return 52", "return 520"),
    ("work.py", "return 53", "return 530"),
    ("work.py", "self.factor, ", "self.factor, 1, "),
    ("work.py", "0.001", "0.01"),
    ("work.py", "class Select(Plot, Base, ", "class Select(Base, Plot, "),
    ("work.py", "class Select(Plot", "@describe\nclass Select(Plot"),
    ("bases.py", "71", "710"),
    ("physics.py", "81", "810"),
    ("physics.py", "82", "820"),
]

DOES_NOT = [
    ("work.py", '"""Selection."""', '"""Another."""'),
    ("work.py", "DEFAULT = 30", "DEFAULT = 31"),
    ("work.py", '"a cut"', '"the cut"'),
    ("work.py", "default=()", "default=(1,)"),
    ("work.py", "1.5", "1.6"),
    ("work.py", "2.5", "2.6"),
    ("work.py", '("selection",)', '("selection", "jets")'),
    ("work.py", "2 GB", "3 GB"),
    ("work.py", "htcondor_memory = 1", "htcondor_memory = 2"),
    ("work.py", "retry_count = 3", "retry_count = 4"),
    ("work.py", "acceptance = 0.7", "acceptance = 0.8"),
    ("work.py", "return 54", "return 540"),
    ("work.py", '["a", "b"]', '["a", "b", "c"]'),
    ("work.py", "LIST + names()", "names() + LIST"),
    ("work.py", '"upper": caselaw', '"more": caselaw'),
    ("work.py", "return 61", "return 610"),
    ("work.py", "caselaw.Workflow):", "W):"),
    ("bases.py", "72", "720"),
    ("bases.py", "73", "730"),
    ("bases.py", "75", "750"),
    ("bases.py", "77", "770"),
    ("bases.py", "74", "740"),
    ("bases.py", "76", "760"),
    ("bases.py", "78", "780"),
    ("physics.py", "83", "830"),
    ("physics.py", "84", "840"),
    ("upper.py", "91", "910"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "counts"), [(*row, True) for row in COUNTS] + [(*row, False) for row in DOES_NOT]
)
def test_members_that_decide_what_a_task_makes_count(
    file: str, old: str, new: str, counts: bool, write: Write, closure: Of
) -> None:
    write(FILES)
    before = closure("work:Select")
    assert FILES[file].count(old) == 1
    write({file: FILES[file].replace(old, new)})
    assert (closure("work:Select").digest != before.digest) == counts


def test_symbols_are_named_by_the_class_that_defines_them(write: Write, closure: Of) -> None:
    write(FILES)
    assert list(closure("work:Select").symbols) == [
        "bases.Base", "bases.Plot", "bases.Root", "physics.select", "physics.weigh", "work.Select",
        "work.Select.helper", "work.Select.hook",
        "work.Select.run", "work.Select.shared",
    ]  # fmt: skip


HELPERS = """
import caselaw
import helpers
class Base(caselaw.Workflow):
    def run(self):
        return self.used()
    def used(self):
        return self.also()
    def also(self):
        return 2
    def unused(self):
        return self.alone()
    def alone(self):
        return 3
    def publish_step(self):
        return 4
class Task(Base):
    products = {{}}
    def own(self):
        return 5
    {member}
{after}
"""
ALWAYS = {"Base", "Base.run", "Base.used", "Base.also", "Base.publish_step", "Task", "Task.own"}
UNUSED = {"Base.unused", "Base.alone"}


@pytest.mark.parametrize(
    ("member", "after", "reached"),
    [
        ("", "", set()),
        ("x = 1", "", set()),
        ("def output(self): return self.alone()", "", {"Task.output", "Base.alone"}),
        ("def output(self): return helpers.use(self)", "", {"Task.output", *UNUSED}),
        ("def output(self): return getattr(self, 'al' + 'one')", "", {"Task.output", *UNUSED}),
        ("def output(self): return getattr(self, 'alone')", "", {"Task.output", "Base.alone"}),
        ("def output(self): return helpers.by_name()", "", {"Task.output", *UNUSED}),
        ("def __str__(self): return self.unused()", "", {"Task.__str__", *UNUSED}),
        ("def upstream(self): return {'a': self.alone()}", "", set()),
        ("", "Task.more = Task.alone", UNUSED),
        ("", "@helpers.decorated\nclass Other(Task): ...", set()),
    ],
)
def test_unused_helpers_of_base_classes_do_not_count(
    member: str, after: str, reached: set[str], write: Write, closure: Of
) -> None:
    use = "def use(task): ...\ndef by_name():\n    from work import Task\n    return Task\n"
    use += "def decorated(cls):\n    return cls\n"
    write({"work.py": HELPERS.format(member=member, after=after), "helpers.py": use})
    found = {name.removeprefix("work.") for name in closure("work:Task").symbols}
    assert {name for name in found if not name.startswith("helpers")} == ALWAYS | reached


def test_helpers_of_a_class_with_a_decorator_or_a_base_class_of_others_count(write: Write, closure: Of) -> None:
    head = "import caselaw, law\ndef d(c):\n    return c\nclass A(caselaw.Task):\n    def f(self):\n        return 1\n"
    for derived in ("@d\nclass B(A)", "class B(A, law.contrib.root.X)", "class B(A, x=d)"):
        write({"work.py": f"{head}{derived}:\n    def run(self): ...\n"})
        assert "work.A.f" in closure("work:B").symbols, derived


def test_every_name_that_the_engine_has_is_known_to_be_asked_for() -> None:
    import law
    import luigi

    import caselaw

    classes = (caselaw.Task, caselaw.Workflow, law.Task, law.LocalWorkflow, luigi.Task)
    names = {name for cls in classes for name in dir(cls) if not name.startswith("__")}
    assert {name for name in names if not (asked_by_engine(name) or never_counts(name))} == set()


UPSTREAM = """
import caselaw
class Base(caselaw.Workflow):
    def upstream(self):
        return {{"a": self.names()}}
    def names(self):
        return 1
    def run(self):
        return 2
class Task(Base):
    def upstream(self):
        return {{**super().upstream(), "b": self.more()}}
    def more(self):
        return 3
    def run(self):
        {run}
"""


@pytest.mark.parametrize(
    ("run", "reached"),
    [
        ("return 4", set()),
        ("return self.names()", {"Base.names"}),
        ("return getattr(self, 'more')", {"Task.more"}),
        ("return write(self)", {"Task.more", "Base.names"}),
        ("return getattr(self, name)", {"Task.more", "Base.names"}),
        ("return str(self), type(self).names, Task.req(self)", {"Base.names"}),
        ("return self.upstream()", {"Task.upstream", "Task.more", "Base.upstream", "Base.names"}),
        ("return super().run()", {"Base.run"}),
        ("return Base.run(self)", {"Base.run", "Task.more", "Base.names"}),
        ("return super(Task, self).run()", {"Base.run"}),
        ("return getattr(super(), self.name)", {"Base.run", "Base.upstream", "Base.names"}),
        ("return [super().names() for _ in 'a']", {"Base.names"}),
    ],
)
def test_left_out_members_count_when_counted_code_uses_them(
    run: str, reached: set[str], write: Write, closure: Of
) -> None:
    write({"work.py": UPSTREAM.format(run=run)})
    always = {"Base", "Task", "Task.run"}
    assert {name.removeprefix("work.") for name in closure("work:Task").symbols} == always | reached


def test_another_task_that_counted_code_names_counts_without_its_parameters(write: Write, closure: Of) -> None:
    text = (
        "import caselaw, luigi\nclass A(caselaw.Task):\n    x = luigi.Parameter(default='1')\n    y = {}\n"
        "    def run(self): ...\nclass B(caselaw.Task):\n    def run(self):\n        return A.req(self).y\n"
    )
    write({"work.py": text.format(2)})
    before = closure("work:B")
    write({"work.py": text.format(2).replace("'1'", "'2'")})
    assert closure("work:B").digest == before.digest
    write({"work.py": text.format(3)})
    assert closure("work:B").digest != before.digest


def test_declared_dependencies_are_reached_and_silence_lookups(write: Write, closure: Of) -> None:
    files = {
        "work.py": "import caselaw\nclass Base(caselaw.Task):\n    code_dependencies = ('plug.a:f', 'plug.b')\n"
        "class Task(Base):\n    def run(self):\n        return exec(self.x)\n",
        "plug/__init__.py": "",
        "plug/a.py": "def f(): return 1\ndef g(): return 2\n",
        "plug/b.py": "X = 3\n",
    }
    write(files)
    found = closure("work:Task")
    assert found.warnings == ()
    assert {"plug.a.f", "plug.b.X"} <= found.symbols.keys()
    assert "plug.a.g" not in found.symbols
    write({"work.py": files["work.py"].replace("('plug.a:f', 'plug.b')", "()")})
    assert closure("work:Task").warnings == ()
    write({"work.py": files["work.py"].replace("code_dependencies", "other_things")})
    assert [warning.line for warning in closure("work:Task").warnings] == [6]


def imported(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module(name)


def test_a_class_object_gives_the_closure_of_its_source(
    tmp_path: Path, write: Write, closure: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"object_task.py": "import luigi\nclass Middle(luigi.Task):\n    def a(self): return 1\n"
           "class Low(Middle):\n    def run(self): return self.a()\n"})  # fmt: skip
    low = imported("object_task", tmp_path, monkeypatch).Low  # type: ignore[attr-defined]
    assert code_closure(low, tmp_path).symbols == closure("object_task:Low").symbols
    assert set(code_closure(low, tmp_path).symbols) == {
        f"object_task.{n}" for n in ("Low", "Low.run", "Middle", "Middle.a")
    }


def test_computed_dependencies_of_a_class_object_are_reached(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"computed_task.py": "NAMES = ['f', 'g']\nclass Task:\n"
           "    code_dependencies = [f'plugged:{n}' for n in NAMES]\n",
           "plugged.py": "def f(): ...\ndef g(): ...\ndef h(): ...\n"})  # fmt: skip
    task = imported("computed_task", tmp_path, monkeypatch).Task  # type: ignore[attr-defined]
    assert set(code_closure(task, tmp_path).symbols) == {"computed_task.Task", "plugged.f", "plugged.g"}


def test_dependencies_that_are_no_texts_are_an_error(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"wrong_task.py": "class Task:\n    code_dependencies = 'a:b'\n"})
    task = imported("wrong_task", tmp_path, monkeypatch).Task  # type: ignore[attr-defined]
    with pytest.raises(FingerprintError, match="sequence of strings"):
        code_closure(task, tmp_path)


def test_a_class_made_in_a_function_counts_with_its_whole_module(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"handed_base.py": "class Base: ...\nclass Other: ...\n",
           "made_class.py": "def make(base):\n    class Made(base): ...\n    return Made\nX = 1\n"})  # fmt: skip
    made = imported("made_class", tmp_path, monkeypatch).make(importlib.import_module("handed_base").Base)  # type: ignore[attr-defined]
    before = code_closure(made, tmp_path)
    assert set(before.symbols) == {"made_class.make", "made_class.X", "handed_base.Base"}
    assert code_closure(made, tmp_path) is before
    write({"handed_base.py": "class Base:\n    x = 1"})
    assert code_closure(made, tmp_path).digest != before.digest


SCRIPT = """
import bases

class Select(bases.Middle):
    pass

def main():
    import sys
    from caselaw.fingerprint import code_closure
    found = code_closure(Select, sys.argv[1])
    print(found.code_digest, *found.symbols)

if __name__ == "__main__":
    main()
"""


def test_the_closure_of_a_class_is_the_same_however_its_module_is_started(tmp_path: Path, write: Write) -> None:
    write({"jobs/select.py": SCRIPT, "bases.py": "import roots\nclass Middle(roots.Root): ...",
           "roots.py": "class Root: ..."})  # fmt: skip
    ways = (["jobs/select.py"], ["-m", "jobs.select"], ["-c", "from jobs.select import main; main()"])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    printed = {
        subprocess.run(
            [sys.executable, *way, str(tmp_path)], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=True,
        ).stdout
        for way in ways
    }  # fmt: skip
    [line] = printed
    assert line.split()[1:] == ["bases.Middle", "jobs.select.Select", "roots.Root"]

"""Every class of parameters that luigi and law have, as a significant parameter of a task that runs in the pool."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from projects import LAW_CFG, SmallProject

HEAD = """
import datetime as dt
import enum
import pathlib
import caselaw, law, luigi
from luigi import date_interval

class Mode(enum.Enum):
    NARROW = 1
    WIDE = 2

class Base(caselaw.Task):
    exclude_index = True
    products = {"text": "txt"}
    def run(self):
        with self.publish() as out:
            out["text"].write_text(repr(getattr(self, "value", None)))

class InNamespace(Base):
    task_namespace = "cf"

class Small(Base):
    n = luigi.IntParameter(default=1)

class Plain(law.Task):
    def output(self):
        return law.LocalFileTarget(str(pathlib.Path(__file__).parent / "plain.txt"))
    def run(self):
        self.output().touch()
"""

ROWS: dict[str, tuple[str, tuple[str, str], tuple[str, str] | None]] = {
    # parameter; two values in Python; the same on the command line, "" for none given
    "Text": ("luigi.Parameter()", ("'a'", "'b'"), ("a", "b")),
    "Str": ("luigi.StrParameter()", ("'a'", "'b'"), ("a", "b")),
    "Int": ("luigi.IntParameter()", ("1", "2"), ("1", "2")),
    "Float": ("luigi.FloatParameter()", ("1.5", "2.5"), ("1.5", "2.5")),
    "Bool": ("luigi.BoolParameter()", ("False", "True"), ("false", "true")),
    "Date": ("luigi.DateParameter()", ("dt.date(2020, 1, 2)", "dt.date(2020, 1, 3)"), ("2020-01-02", "2020-01-03")),
    "Month": ("luigi.MonthParameter()", ("dt.date(2020, 1, 1)", "dt.date(2020, 2, 1)"), ("2020-01", "2020-02")),
    "Year": ("luigi.YearParameter()", ("dt.date(2020, 1, 1)", "dt.date(2021, 1, 1)"), ("2020", "2021")),
    "Hour": (
        "luigi.DateHourParameter()", ("dt.datetime(2020, 1, 2, 3)", "dt.datetime(2020, 1, 2, 4)"),
        ("2020-01-02T03", "2020-01-02T04"),
    ),
    "Minute": (
        "luigi.DateMinuteParameter()", ("dt.datetime(2020, 1, 2, 3, 4)", "dt.datetime(2020, 1, 2, 3, 5)"),
        ("2020-01-02T0304", "2020-01-02T0305"),
    ),
    "Second": (
        "luigi.DateSecondParameter()", ("dt.datetime(2020, 1, 2, 3, 4, 5)", "dt.datetime(2020, 1, 2, 3, 4, 6)"),
        ("2020-01-02T030405", "2020-01-02T030406"),
    ),
    "Interval": (
        "luigi.DateIntervalParameter()", ("date_interval.Week(2020, 3)", "date_interval.Month(2020, 3)"),
        ("2020-W03", "2020-03"),
    ),
    "Days": (
        "luigi.DateIntervalParameter(default=date_interval.Date(2020, 1, 2))",
        ("date_interval.Date(2020, 1, 2)", "date_interval.Custom(dt.date(2020, 1, 2), dt.date(2020, 1, 5))"),
        ("2020-01-02", "2020-01-02-2020-01-05"),
    ),
    "Delta": ("luigi.TimeDeltaParameter()", ("dt.timedelta(hours=1)", "dt.timedelta(hours=2)"), ("1h", "2h")),
    "OfTask": ("luigi.TaskParameter()", ("InNamespace", "Small"), ("cf.InNamespace", "Small")),
    "OfPlainTask": ("luigi.TaskParameter(default=Plain)", ("Plain", "Small"), ("", "Small")),
    "Enum": ("luigi.EnumParameter(enum=Mode)", ("Mode.NARROW", "Mode.WIDE"), ("NARROW", "WIDE")),
    "Enums": ("luigi.EnumListParameter(enum=Mode)", ("(Mode.WIDE,)", "(Mode.NARROW,)"), ("WIDE", "NARROW")),
    "Dict": ("luigi.DictParameter()", ("{'a': 1}", "{'a': 2}"), ('{"a": 1}', '{"a": 2}')),
    "List": ("luigi.ListParameter()", ("[1, [2]]", "[1, [3]]"), ("[1, [2]]", "[1, [3]]")),
    "Tuple": ("luigi.TupleParameter()", ("(1, (2, 3))", "(1, (2, 4))"), ("[1, [2, 3]]", "[1, [2, 4]]")),
    "Number": (
        "luigi.NumericalParameter(var_type=float, min_value=0, max_value=9)", ("1.5", "2.5"), ("1.5", "2.5"),
    ),
    "Choice": ("luigi.ChoiceParameter(choices=[1, 2], var_type=int)", ("1", "2"), ("1", "2")),
    "Choices": ("luigi.ChoiceListParameter(choices=['a', 'b'])", ("('a',)", "('a', 'b')"), ("a", "a,b")),
    "Path": ("luigi.PathParameter()", ("pathlib.Path('/a')", "'/b'"), ("/a", "/b")),
    "OptionalText": ("luigi.OptionalParameter(default=None)", ("None", "'b'"), ("", "b")),
    "OptionalStr": ("luigi.OptionalStrParameter(default=None)", ("None", "'b'"), ("", "b")),
    "OptionalInt": ("luigi.OptionalIntParameter(default=None)", ("None", "2"), ("", "2")),
    "OptionalFloat": ("luigi.OptionalFloatParameter(default=None)", ("None", "2.5"), ("", "2.5")),
    "OptionalBool": ("luigi.OptionalBoolParameter(default=None)", ("None", "True"), ("", "true")),
    "OptionalDict": ("luigi.OptionalDictParameter(default=None)", ("None", "{'a': 1}"), ("", '{"a": 1}')),
    "OptionalList": ("luigi.OptionalListParameter(default=None)", ("None", "[1, 2]"), ("", "[1, 2]")),
    "OptionalTuple": ("luigi.OptionalTupleParameter(default=None)", ("None", "(1, 2)"), ("", "[1, 2]")),
    "OptionalNumber": (
        "luigi.OptionalNumericalParameter(default=None, var_type=int, min_value=0, max_value=9)", ("None", "2"),
        ("", "2"),
    ),
    "OptionalChoice": ("luigi.OptionalChoiceParameter(default=None, choices=['a'])", ("None", "'a'"), ("", "a")),
    "OptionalPath": ("luigi.OptionalPathParameter(default=None)", ("None", "pathlib.Path('/b')"), ("", "/b")),
    "LawText": ("law.Parameter()", ("'a'", "'b'"), ("a", "b")),
    "LawBool": ("law.OptionalBoolParameter(default=None)", ("None", "True"), ("", "true")),
    "Duration": ("law.DurationParameter(unit='m')", ("1.5", "2.5"), ("1.5m", "2.5m")),
    "Bytes": ("law.BytesParameter(unit='MB')", ("1.5", "2.5"), ("1.5MB", "2.5MB")),
    "Csv": ("law.CSVParameter(cls=luigi.IntParameter)", ("(1, 2)", "(1, 3)"), ("1,2", "1,3")),
    "MultiCsv": ("law.MultiCSVParameter(cls=luigi.IntParameter)", ("((1, 2), (3,))", "((1, 3),)"), ("1,2:3", "1,3")),
    "Range": ("law.RangeParameter()", ("(1, 2)", "(1, 3)"), ("1:2", "1:3")),
    "MultiRange": ("law.MultiRangeParameter()", ("((1, 2), (4, 5))", "((1, 3),)"), ("1:2,4:5", "1:3")),
    "Instance": ("law.TaskInstanceParameter()", ("Small(n=1)", "Small(n=2)"), None),
}  # fmt: skip

TASK = """
class Of{name}(Base):
    value = {parameter}
"""

TASKS = """
import datetime as dt
import pathlib
import law
from luigi import date_interval
from work import *

PAIRS = {{{pairs}}}

class All(law.WrapperTask):
    def requires(self):
        return [task for pair in PAIRS.values() for task in pair]
"""

ASK = """
import json, sys
import every
from luigi.cmdline_parser import CmdlineParser

def given(words):
    with CmdlineParser.global_instance(words, allow_override=True) as parser:
        return parser.get_task_obj()

found = {}
for name, texts in json.loads(sys.argv[1]).items():
    pair = every.PAIRS[name]
    again = [given([f"Of{name}", *(["--value", text] if text else [])]) for text in texts] if texts else pair
    found[name] = [[task.fingerprint for task in tasks] for tasks in (pair, again)]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    project = SmallProject(tmp_path_factory.mktemp("every"))
    project.write("law.cfg", LAW_CFG.format(modules="every:", settings="workers: 2"))
    tasks = "".join(TASK.format(name=name, parameter=parameter) for name, (parameter, _, _) in ROWS.items())
    project.write("work.py", HEAD + tasks)
    pairs = [f'"{name}": (Of{name}(value={one}), Of{name}(value={two}))' for name, (_, (one, two), _) in ROWS.items()]
    project.write("every.py", TASKS.format(pairs=", ".join(pairs)))
    return project


@pytest.fixture(scope="module")
def fingerprints(project: SmallProject) -> dict[str, Any]:
    script = project.write("ask.py", ASK)
    texts = {name: texts for name, (_, _, texts) in ROWS.items()}
    done = subprocess.run(
        [sys.executable, str(script), json.dumps(texts)], cwd=project.root, env=project.environment(),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ROWS)
def test_values_differ_and_are_the_same_from_the_command_line(fingerprints, name):
    given, again = fingerprints[name]
    assert len(set(given)) == 2
    assert again == given


def test_all_run_in_the_pool_once(project):
    project.run("every.All", timeout=300)
    made = {path.name for path in (project.root / "data").rglob("*.txt")}
    assert len(made) == 2 * len(ROWS)
    assert "0/1" not in project.run("every.All", timeout=120)


def test_code_of_a_task_class_that_is_a_value_counts(project):
    before = project.ask("fingerprint", "work.OfOfPlainTask")["fingerprint"]
    source = project.root / "work.py"
    source.write_text(source.read_text().replace("self.output().touch()", "self.output().touch(mode=0o600)"))
    assert project.ask("fingerprint", "work.OfOfPlainTask")["fingerprint"] != before

"""Projects of which something must be changed, or cannot work."""

from __future__ import annotations

from project_row import Row

from caselaw.plan.survey import SurveyVerdict

HEAD = """
import os

import law
import luigi


class Task(law.Task):
    def target(self, name):
        return law.LocalFileTarget(os.path.join(os.path.dirname(os.path.abspath(__file__)), type(self).__name__, name))

"""
END = """
    def output(self):
        return self.target("out.txt")

    def run(self):
        with self.output().open("w") as file:
            file.write("text")
"""

ROWS = [
    Row("a default of another kind than the command line gives", HEAD + '''
class Result(Task):
    n = luigi.Parameter(default=5)
''' + END, SurveyVerdict.LINE),
    Row("a parameter that law uses itself, as something else", HEAD + '''
class Result(Task, law.LocalWorkflow):
    tolerance = luigi.Parameter(default="tight")

    def create_branch_map(self):
        return {0: "a"}
''' + END, SurveyVerdict.LINE, fix=(("    tolerance =", "    tightness ="),)),
    Row("a name that caselaw asks for", HEAD + '''
class Result(Task):
    fingerprint = luigi.Parameter(default="x")
''' + END, SurveyVerdict.LINE, fix=(("    fingerprint =", "    print_of_finger ="),)),
    Row("a task that a function makes", HEAD + '''
def made(number):
    class Made(Task):
        def output(self):
            return self.target("%d.txt" % number)

        def run(self):
            with self.output().open("w") as file:
                file.write(str(number))

    return Made


MadeOne = made(1)


class Result(Task):
    def requires(self):
        return MadeOne.req(self)
''' + END, SurveyVerdict.CANNOT, task="made.Made"),
    Row("a default that is another value after the command line", HEAD + '''
class Result(Task):
    n = luigi.IntParameter(default="5")
''' + END),
    Row("a target in memory", '''
import luigi
from luigi.mock import MockTarget


class Source(luigi.Task):
    def output(self):
        return MockTarget("source")

    def run(self):
        with self.output().open("w") as f:
            f.write("x")


class Result(luigi.Task):
    def requires(self):
        return Source()

    def output(self):
        return luigi.LocalTarget("result.txt")

    def run(self):
        with self.input().open() as i, self.output().open("w") as f:
            f.write(i.read())
''', SurveyVerdict.LINE, task="Source"),
    Row(
        "functions as values of branches",
        HEAD + """
def double(x):
    return 2 * x


class Result(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return {0: double, 1: lambda x: x}

    def output(self):
        return self.target("%d.txt" % self.branch)

    def run(self):
        self.output().dump("text")
""",
        SurveyVerdict.LINE,
        fix=(("{0: double, 1: lambda x: x}", '{0: "work:double", 1: "work:same"}'),),
    ),
    Row(
        "instances of a class of its own as values of branches",
        HEAD + """
class Dataset:
    def __init__(self, name):
        self.name = name


class Result(Task, law.LocalWorkflow):
    def create_branch_map(self):
        return [Dataset(name) for name in ("a", "b")]

    def output(self):
        return self.target("%s.txt" % self.branch_data.name)

    def run(self):
        self.output().dump("text")
""",
        SurveyVerdict.LINE,
        fix=(
            ("class Dataset:\n    def __init__(self, name):\n        self.name = name\n",
             "import dataclasses\n\n\n@dataclasses.dataclass(frozen=True)\nclass Dataset:\n    name: str\n"),
        ),
    ),
    Row(
        "a metaclass made from law's",
        HEAD + """
class Meta(law.Register):
    pass


class Result(Task, metaclass=Meta):
""" + END,
        SurveyVerdict.LINE,
    ),
]  # fmt: skip

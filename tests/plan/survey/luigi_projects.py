"""Projects in the shapes of luigi's examples."""

from __future__ import annotations

from project_row import Row

ROWS = [
    Row("word count", '''
import luigi


class InputText(luigi.ExternalTask):
    date = luigi.DateParameter()

    def output(self):
        return luigi.LocalTarget(self.date.strftime("text/%Y-%m-%d.txt"))


class Result(luigi.Task):
    date_interval = luigi.DateIntervalParameter(default=luigi.date_interval.Date(2026, 1, 1))

    def requires(self):
        return [InputText(date) for date in self.date_interval.dates()]

    def output(self):
        return luigi.LocalTarget("count_%s.txt" % self.date_interval)

    def run(self):
        count = {}
        for file in self.input():
            for line in file.open("r"):
                for word in line.strip().split():
                    count[word] = count.get(word, 0) + 1
        with self.output().open("w") as out:
            for word in sorted(count):
                out.write("%s\\t%d\\n" % (word, count[word]))
''', files={"text/2026-01-01.txt": "a b a"}),
    Row("a retry policy", '''
import os

import luigi


class Result(luigi.Task):
    retry_count = 3
    priority = 10

    def output(self):
        return luigi.LocalTarget("out.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write("x")
'''),
    Row("requires() by decorators", '''
import luigi
from luigi.util import inherits, requires


class Source(luigi.Task):
    n = luigi.IntParameter(default=1)

    def output(self):
        return luigi.LocalTarget("source_%d.txt" % self.n)

    def run(self):
        with self.output().open("w") as f:
            f.write(str(self.n))


@requires(Source)
class Result(luigi.Task):
    def output(self):
        return luigi.LocalTarget("result_%d.txt" % self.n)

    def run(self):
        with self.input().open() as i, self.output().open("w") as f:
            f.write(i.read())
'''),
    Row("an external program", '''
import luigi
from luigi.contrib.external_program import ExternalProgramTask


class Result(ExternalProgramTask):
    def output(self):
        return luigi.LocalTarget("out.txt")

    def program_args(self):
        return ["touch", self.output().path]
'''),
    Row("an own kind of target", '''
import sqlite3

import luigi


class RowTarget(luigi.Target):
    def __init__(self, name):
        self.name = name

    def exists(self):
        with sqlite3.connect("rows.db") as db:
            db.execute("create table if not exists rows (name)")
            return bool(db.execute("select 1 from rows where name = ?", [self.name]).fetchall())

    def touch(self):
        with sqlite3.connect("rows.db") as db:
            db.execute("insert into rows values (?)", [self.name])


class Result(luigi.Task):
    def output(self):
        return RowTarget("result")

    def run(self):
        self.output().touch()
'''),
    Row("a base of the project's, and a mixin without a base", '''
import luigi


class Reports:
    def report(self, text):
        with self.output().open("w") as f:
            f.write(text)


class Base(luigi.Task):
    year = luigi.IntParameter(default=2018)

    def output(self):
        return luigi.LocalTarget(f"out/{type(self).__name__}_{self.year}.txt")


class Result(Reports, Base):
    def run(self):
        self.report("done")
'''),
    Row("an alias of the base", '''
import luigi

BaseTask = luigi.Task


class Result(BaseTask):
    def output(self):
        return luigi.LocalTarget("out.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write("x")
'''),
    Row("parameters of all kinds", '''
import datetime
import enum

import luigi


class Kind(enum.Enum):
    DATA = 1
    MC = 2


class Result(luigi.Task):
    date = luigi.DateParameter(default=datetime.date(2026, 1, 1))
    hour = luigi.DateHourParameter(default=datetime.datetime(2026, 1, 1, 5))
    kind = luigi.EnumParameter(enum=Kind, default=Kind.MC)
    kinds = luigi.ListParameter(default=["a", "b"])
    cuts = luigi.DictParameter(default={"pt": 30})
    flag = luigi.BoolParameter()
    ratio = luigi.FloatParameter(default=1)
    some = luigi.OptionalParameter(default=None)
    choice = luigi.ChoiceParameter(choices=["x", "y"], default="x")
    text = luigi.IntParameter(default="5")
    pair = luigi.TupleParameter(default=(1, 2))
    delta = luigi.TimeDeltaParameter(default=datetime.timedelta(hours=1))
    path = luigi.PathParameter(default="here")

    def output(self):
        return luigi.LocalTarget(f"{self.date}_{self.kind.name}_{self.choice}.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write(repr([self.kinds, dict(self.cuts), self.flag, self.ratio, self.some]))
'''),
    Row("the script that runs itself", '''
import luigi


class Result(luigi.Task):
    def output(self):
        return luigi.LocalTarget("out.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write("x")


if __name__ == "__main__":
    luigi.build([Result()], local_scheduler=True)
'''),
    Row("a section of the configuration", '''
import luigi


class settings(luigi.Config):
    cut = luigi.IntParameter(default=3)


class Result(luigi.Task):
    def output(self):
        return luigi.LocalTarget("out.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write(str(settings().cut))
'''),
    Row("handlers of events", '''
import luigi


class Result(luigi.Task):
    def output(self):
        return luigi.LocalTarget("out.txt")

    def run(self):
        with self.output().open("w") as f:
            f.write("x")

    def on_success(self):
        return "fine"


@Result.event_handler(luigi.Event.SUCCESS)
def celebrate(task):
    print("celebrate", task)
'''),
    Row("temporary_path()", '''
import luigi


class Result(luigi.Task):
    def output(self):
        return luigi.LocalTarget("out.txt", format=luigi.format.UTF8)

    def run(self):
        with self.output().temporary_path() as path:
            with open(path, "w") as f:
                f.write("x")
'''),
]  # fmt: skip

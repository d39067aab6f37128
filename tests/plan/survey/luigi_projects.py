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


with sqlite3.connect("rows.db") as made:
    made.execute("create table if not exists rows (name)")


class RowTarget(luigi.Target):
    def __init__(self, name):
        self.name = name

    def exists(self):
        with sqlite3.connect("rows.db") as db:
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
    Row("top artists", '''
import random
from collections import defaultdict
from heapq import nlargest

import luigi


class Streams(luigi.Task):
    date = luigi.DateParameter()

    def run(self):
        with self.output().open("w") as output:
            for number in range(100):
                output.write("{} {} {}\\n".format(random.Random(number).randint(0, 9), number, number))

    def output(self):
        return luigi.LocalTarget(self.date.strftime("data/streams_%Y_%m_%d_faked.tsv"))


class AggregateArtists(luigi.Task):
    date_interval = luigi.DateIntervalParameter()

    def output(self):
        return luigi.LocalTarget("data/artist_streams_{}.tsv".format(self.date_interval))

    def requires(self):
        return [Streams(date) for date in self.date_interval]

    def run(self):
        artist_count = defaultdict(int)
        for t in self.input():
            with t.open("r") as in_file:
                for line in in_file:
                    artist_count[line.strip().split()[0]] += 1
        with self.output().open("w") as out_file:
            for artist, count in artist_count.items():
                out_file.write("{}\\t{}\\n".format(artist, count))


class Result(luigi.Task):
    date_interval = luigi.DateIntervalParameter(default=luigi.date_interval.Custom.parse("2026-01-01-2026-01-03"))

    def requires(self):
        return AggregateArtists(self.date_interval)

    def output(self):
        return luigi.LocalTarget("data/top_artists_%s.tsv" % self.date_interval)

    def run(self):
        with self.input().open("r") as in_file, self.output().open("w") as out_file:
            for line in nlargest(3, in_file):
                out_file.write(line)
'''),
    Row("dynamic requirements", '''
from luigi import IntParameter, LocalTarget, Task


class Configuration(Task):
    seed = IntParameter()

    def output(self):
        return LocalTarget("config_%d.txt" % self.seed)

    def run(self):
        with self.output().open("w") as f:
            f.write("1,2")


class Data(Task):
    number = IntParameter()

    def output(self):
        return LocalTarget("data_%d.txt" % self.number)

    def run(self):
        with self.output().open("w") as f:
            f.write("%s" % self.number)


class Result(Task):
    seed = IntParameter(default=3)

    def output(self):
        return LocalTarget("sum_%d.txt" % self.seed)

    def run(self):
        config = self.clone(Configuration)
        yield config
        with config.output().open() as f:
            data = [int(x) for x in f.read().split(",")]
        data_dependent_deps = [Data(number=x) for x in data]
        yield data_dependent_deps
        total = sum(int(task.output().open().read()) for task in data_dependent_deps)
        with self.output().open("w") as f:
            f.write("%d" % total)
'''),
]  # fmt: skip

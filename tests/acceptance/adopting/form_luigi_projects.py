"""Small projects in the shapes of luigi's examples, and of what users of b2luigi write."""

from __future__ import annotations

from forms import Form

TOP_ARTISTS = '''
"""As luigi's example of the top artists: streams per day, aggregated, and the ten that were heard most."""

import datetime
import os
import random
from collections import defaultdict
from heapq import nlargest

import luigi

from notes import note

RESULTS = os.environ["RESULTS"]


class Streams(luigi.Task):
    """Faked results of one day."""

    date = luigi.DateParameter()

    def run(self):
        note(self, self.date)
        generator = random.Random(self.date.toordinal())
        with self.output().open("w") as output:
            for _ in range(50):
                output.write("{} {} {}\\n".format(
                    generator.randint(0, 999), "before" * generator.randint(1, 3), generator.randint(0, 999)))

    def output(self):
        return luigi.LocalTarget(os.path.join(RESULTS, self.date.strftime("streams_%Y_%m_%d.tsv")))


class AggregateArtists(luigi.Task):
    date_interval = luigi.DateIntervalParameter()

    def output(self):
        return luigi.LocalTarget(os.path.join(RESULTS, "artist_streams_{}.tsv".format(self.date_interval)))

    def requires(self):
        return [Streams(date) for date in self.date_interval]

    def run(self):
        note(self)
        artist_count = defaultdict(int)
        for t in self.input():
            with t.open("r") as in_file:
                for line in in_file:
                    _, artist, track = line.strip().split()
                    artist_count[artist] += 1
        with self.output().open("w") as out_file:
            for artist, count in sorted(artist_count.items()):
                out_file.write("{}\\t{}\\n".format(artist, count))


class Top10Artists(luigi.Task):
    date_interval = luigi.DateIntervalParameter(default=luigi.date_interval.Custom(
        datetime.date(2026, 1, 1), datetime.date(2026, 1, 4)))

    def requires(self):
        return AggregateArtists(self.date_interval)

    def output(self):
        return luigi.LocalTarget(os.path.join(RESULTS, "top_artists_%s.tsv" % self.date_interval))

    def run(self):
        note(self)
        top_10 = nlargest(10, self._input_iterator())
        with self.output().open("w") as out_file:
            for streams, artist in top_10:
                print("\\t".join([str(self.date_interval.date_a), artist, str(streams)]), file=out_file)

    def _input_iterator(self):
        with self.input().open("r") as in_file:
            for line in in_file:
                artist, streams = line.strip().split()
                yield int(streams), artist
'''

WORD_COUNT = '''
"""As luigi's example of counted words: text files from outside, one per day."""

import datetime
import os

import luigi

from notes import note


class InputText(luigi.ExternalTask):
    date = luigi.DateParameter()

    def output(self):
        return luigi.LocalTarget(os.path.join(os.environ["RESULTS"], self.date.strftime("text-%Y-%m-%d.txt")))


class WordCount(luigi.Task):
    date_interval = luigi.DateIntervalParameter(default=luigi.date_interval.Custom(
        datetime.date(2026, 1, 1), datetime.date(2026, 1, 3)))

    def requires(self):
        return [InputText(date) for date in self.date_interval.dates()]

    def output(self):
        return luigi.LocalTarget(os.path.join(os.environ["RESULTS"], "var/text-count-%s" % self.date_interval))

    def run(self):
        note(self)
        count = {}
        for f in self.input():
            for line in f.open("r"):
                for word in line.strip().split():
                    count[word] = count.get(word, 0) + 1
        f = self.output().open("w")
        for word, n in count.items():
            f.write("%s\\t%d\\n" % (word, n))
        f.close()
'''

DYNAMIC = '''
"""As luigi's example of dynamic requirements: what is needed is read from what was made."""

import os

import luigi

from notes import note


def path(name):
    return os.path.join(os.environ["RESULTS"], name)


class Configuration(luigi.Task):
    seed = luigi.IntParameter(default=2)

    def output(self):
        return luigi.LocalTarget(path("config_%d.txt" % self.seed))

    def run(self):
        note(self)
        with self.output().open("w") as f:
            f.write(",".join(str(2 * n) for n in range(self.seed)))


class Data(luigi.Task):
    magic_number = luigi.IntParameter()

    def output(self):
        return luigi.LocalTarget(path("Data_%d.txt" % self.magic_number))

    def run(self):
        note(self, self.magic_number)
        with self.output().open("w") as f:
            f.write("before%s" % self.magic_number)


class Dynamic(luigi.Task):
    seed = luigi.IntParameter(default=2)

    def output(self):
        return luigi.LocalTarget(path("Dynamic_%d.txt" % self.seed))

    def run(self):
        config = self.clone(Configuration)
        yield config
        with config.output().open() as f:
            data = [int(x) for x in f.read().split(",")]
        data_dependent_deps = [Data(magic_number=x) for x in data]
        yield data_dependent_deps
        note(self)
        with self.output().open("w") as f:
            for d in data_dependent_deps:
                with d.output().open() as inner:
                    f.write(inner.read() + "\\n")
'''

RETRY = '''
"""As luigi's example of retry policies: tasks that fail at first, with policies of their own."""

import os

import luigi

from notes import note


def path(name):
    return os.path.join(os.environ["RESULTS"], name)


class Flaky(luigi.Task):
    """Succeeds at its second attempt."""

    retry_count = 3
    name = luigi.Parameter(default="flaky")

    def output(self):
        return luigi.LocalTarget(path(self.name + ".txt"))

    def run(self):
        note(self, self.name)
        attempts = path(self.name + ".attempts")
        os.makedirs(os.path.dirname(attempts), exist_ok=True)
        with open(attempts, "a") as file:
            file.write("x")
        if os.path.getsize(attempts) % 2:
            raise RuntimeError("not this time")
        with self.output().open("w") as f:
            f.write("before")


class Steady(Flaky):
    retry_count = 1
    name = "steady"

    def run(self):
        note(self)
        with self.output().open("w") as f:
            f.write("steady")


class Examples(luigi.Task):
    def requires(self):
        return [Steady(), Flaky(name="one"), Flaky(name="two")]

    def output(self):
        return luigi.LocalTarget(path("examples.txt"))

    def run(self):
        note(self)
        with self.output().open("w") as f:
            f.write(" ".join(target.open().read() for target in self.input()))
'''

B2_SHIM = '''
"""Helpers in the style of b2luigi on top of the base class: outputs by name, in folders by parameters."""

import os

import luigi


class Task(luigi.Task):
    """A task that names its outputs by `add_to_output`."""

    def add_to_output(self, file_name):
        parameters = [f"{name}={value}" for name, value in sorted(self.get_filled_params().items())]
        folder = os.path.join(os.environ["RESULTS"], self.task_family, *parameters)
        return {file_name: luigi.LocalTarget(os.path.join(folder, file_name))}

    def get_filled_params(self):
        shown = {name for name, parameter in self.get_params() if parameter.significant}
        own = {name for cls in type(self).__mro__ if cls.__module__ == "work" for name in vars(cls)}
        return {name: getattr(self, name) for name in shown & own}

    def get_output_file_name(self, key):
        path = merge(self.output())[key][0].path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def get_input_file_names(self, key=None):
        merged = merge(self.input())
        names = {name: [target.path for target in targets] for name, targets in merged.items()}
        return names if key is None else names[key]


def merge(outputs):
    """All targets by name, of one mapping, of a list of them, or of a generator."""
    merged = {}
    for one in [outputs] if isinstance(outputs, dict) else outputs:
        for name, target in one.items():
            merged.setdefault(name, []).append(target)
    return merged
'''

B2 = '''
"""As b2luigi's users write: outputs by name, inputs by name, a wrapper over values of a parameter."""

import json

import luigi

import b2style

from notes import note


class Simulation(b2style.Task):
    n_events = luigi.IntParameter()
    event_type = luigi.Parameter()

    def output(self):
        yield self.add_to_output("simulation.json")
        yield self.add_to_output("log.txt")

    def run(self):
        note(self, self.event_type)
        with open(self.get_output_file_name("simulation.json"), "w") as f:
            json.dump([self.event_type + "before"] * self.n_events, f)
        with open(self.get_output_file_name("log.txt"), "w") as f:
            f.write("done")


class Reconstruction(b2style.Task):
    event_type = luigi.Parameter()

    def requires(self):
        return Simulation(n_events=2, event_type=self.event_type)

    def output(self):
        return self.add_to_output("reconstructed.json")

    def run(self):
        note(self, self.event_type)
        (name,) = self.get_input_file_names("simulation.json")
        with open(name) as f, open(self.get_output_file_name("reconstructed.json"), "w") as out:
            json.dump([each.upper() for each in json.load(f)], out)


class Average(b2style.Task):
    def requires(self):
        for event_type in ("y4s", "continuum"):
            yield self.clone(Reconstruction, event_type=event_type)

    def output(self):
        yield self.add_to_output("average.txt")

    def run(self):
        note(self)
        with open(self.get_output_file_name("average.txt"), "w") as out:
            for name in self.get_input_file_names("reconstructed.json"):
                with open(name) as f:
                    out.write(f.read())
'''

RETRYING = "[luigi_worker]\nkeep_alive: True\nwait_interval: 0.1\nwait_jitter: 0\n"
DAYS = {"results/text-2026-01-01.txt": "a b a\n", "results/text-2026-01-02.txt": "b c\n"}

LUIGI_PROJECTS = [
    Form(
        "project: top artists of luigi",
        TOP_ARTISTS,
        "Streams 2026-01-01, Streams 2026-01-02, Streams 2026-01-03, AggregateArtists, Top10Artists",
        root="Top10Artists",
        head="",
    ),
    Form(
        "project: counted words of luigi",
        WORD_COUNT,
        "WordCount",
        root="WordCount",
        head="",
        files=DAYS,
        edit=None,
        edited_files={"results/text-2026-01-02.txt": "c d\n"},
    ),
    Form("project: dynamic requirements of luigi", DYNAMIC, "Data 0, Data 2, Dynamic", root="Dynamic", head=""),
    Form(
        "project: retry policies of luigi",
        RETRY,
        "Flaky one, Flaky one, Flaky two, Flaky two, Examples",
        root="Examples",
        head="",
        cfg=RETRYING,
    ),
    Form(
        "project: in the style of b2luigi",
        B2,
        "Simulation y4s, Simulation continuum, Reconstruction y4s, Reconstruction continuum, Average",
        root="Average",
        head="",
        files={"b2style.py": B2_SHIM},
    ),
]

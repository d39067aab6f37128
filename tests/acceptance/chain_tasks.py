"""Task module, configuration and inputs of the small chain Read → Shape → Summary."""

from __future__ import annotations

import projects

LAW_CFG = projects.LAW_CFG.format(modules="work:", settings="campaign: small\nworkers: 1")

CAMPAIGN = """\
# what the small chain selects
title: small
plots: {colour: red, size: 4}
selection:
  jets:
    threshold: 3
    windows: [1, 2]
    name: central
  muons: {threshold: 5}
"""

# Every run() leaves a line outside the store, so that a test counts executions without asking caselaw.
EXECUTIONS = '''\
import os


def note_execution(family, branch):
    """Append one line to the log of executions."""
    log = os.open(os.environ["EXECUTIONS_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(log, f"{family} {branch}\\n".encode())
    finally:
        os.close(log)
'''

FRAMEWORK = '''\
import json

import caselaw


class Step(caselaw.Workflow):
    """What the steps of the chain share."""

    exclude_index = True

    def encoded(self, numbers):
        return json.dumps(numbers)
'''

WORK = '''\
"""A chain of three workflows with two branches each."""

import enum
import json
from pathlib import Path

import caselaw
import luigi

from executions import note_execution
from framework import Step
from physics.reading import numbers_in
from physics.summarising import summary

SAMPLES = "raw/*.txt"
REGIONS = ("central", "forward")
SELECTIONS = ({"el", "mu"}, [2, 3])
WEIGHT = 1


class Mode(enum.Enum):
    NARROW = 1
    WIDE = 2


class NamesParameter(luigi.Parameter):
    def parse(self, text):
        return frozenset(text.split(","))

    def serialize(self, value):
        return ",".join(sorted(value))


class Read(Step):
    products = {"numbers": "json"}

    def upstream(self):
        return {"file": caselaw.files(SAMPLES)}

    def run(self):
        note_execution("Read", self.branch)
        numbers = numbers_in(Path(self.input()["file"].path).read_text())
        with self.publish() as out:
            out["numbers"].write_text(self.encoded(numbers))


class Shape(Step):
    scale = luigi.FloatParameter(default=2.0, description="a factor")
    offset = luigi.FloatParameter(default=1.0)
    gain = luigi.FloatParameter(default=1.0)
    count = luigi.IntParameter(default=1)
    bins = luigi.ListParameter(default=(1, 2))
    lookup = luigi.PathParameter(default="tables/a.txt")
    mode = luigi.EnumParameter(enum=Mode, default=Mode.NARROW)
    names = NamesParameter(default=frozenset({"b", "e"}))
    options = luigi.DictParameter(default={"high": 2, "low": 1})
    label = luigi.Parameter(default="plain", significant=False)

    products = {"shape": "json"}
    config_keys = ("selection.jets",)
    code_dependencies = ("physics.plugins",)
    sandbox = "venv::sandboxes/analysis.lock"
    power = 2

    def upstream(self):
        return {"numbers": caselaw.each(Read.req(self))}

    def settings(self):
        first, second = self.bins
        chosen = [self.scale, self.offset, self.gain * self.count, first + 10 * second, self.power]
        return [*chosen, len(str(self.lookup)), self.mode.value, len(self.names), self.options["low"]]

    def run(self):
        from physics.shaping import shape

        note_execution("Shape", self.branch)
        numbers = json.loads(Path(self.input()["numbers"]).read_text())
        jets = self.config["selection.jets"]
        cuts = [jets["threshold"], sum(place * width for place, width in enumerate(jets["windows"], 1))]
        with self.publish() as out:
            out["shape"].write_text(self.encoded([*shape(numbers), *self.settings(), *cuts]))


class Summary(Step):
    scale = luigi.FloatParameter(default=2.0)
    offset = luigi.FloatParameter(default=1.0)

    products = {"summary": "json"}
    resources = caselaw.Resources(cpus=1)

    def upstream(self):
        return {
            "region": caselaw.over(REGIONS),
            "shapes": caselaw.whole(Shape.req(self)),
            "numbers": caselaw.whole(Read.req(self)),
        }

    def run(self):
        note_execution("Summary", self.branch)
        shapes = [json.loads(Path(path).read_text()) for path in self.input()["shapes"]]
        numbers = [json.loads(Path(path).read_text()) for path in self.input()["numbers"]]
        with self.publish() as out:
            out["summary"].write_text(self.encoded([WEIGHT, self.branch_value, *summary(shapes, numbers)]))


class Counting(Step):
    """One branch per value, whose types are told apart."""

    products = {"count": "json"}

    def upstream(self):
        return caselaw.over(SELECTIONS)

    def run(self):
        note_execution("Counting", self.branch)
        with self.publish() as out:
            out["count"].write_text(self.encoded(len(self.branch_value)))
'''

INPUTS = {
    "raw/b.txt": "4 5 6\n",
    "raw/c.txt": "7 8 90\n",
    "sandboxes/analysis.lock": "numpy==2.1.0\nscipy==1.14.0\n",
    "sandboxes/other.lock": "numpy==1.26.0\n",
}

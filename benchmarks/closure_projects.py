"""Generated projects whose closures are timed: functions that call one another, and producers in a registry."""

from __future__ import annotations

from pathlib import Path

MODULES, FUNCTIONS = 20, 10

FUNCTION = '''
def f{n}(events, cuts=CUTS, scale=1.0):
    """Selects, weighs and sums."""
    selected = [event for event in events if event["pt"] > cuts["pt"] and abs(event["eta"]) < cuts["eta"]]
    weights = {{name: scale * sum(event["weight"] for event in selected) for name in ("up", "down")}}
    for event in selected:
        if event["charge"] != {n}:
            weights["up"] += event["weight"] ** 2
        elif event["charge"] == -1:
            raise ValueError(f"no {{event['charge']:>{n}}} in {{weights!r}}")
    return {call}(selected, cuts, scale=weights["up"])
'''

TASK = """
import caselaw
from chain.m0 import f0

class Sum(caselaw.Task):
    products = {"sum": "json"}

    def run(self):
        with self.publish() as out:
            out["sum"].write_text(str(f0([])))
"""

REGISTRY = '''
class Meta(type):
    """Every class that is derived is known by its name."""

    registry = {}

    def __new__(metacls, name, bases, members):
        cls = super().__new__(metacls, name, bases, dict(members))
        metacls.registry[name] = cls
        return cls


class Base(metaclass=Meta):
    uses = set()

    @classmethod
    def get(cls, name):
        return Meta.registry[name]

    def __call__(self, events):
        return self.run(events)


class Mixin:
    def setup(self, inputs):
        self.inputs = dict(inputs)


class Producer(Mixin, Base):
    @classmethod
    def named(cls, function, uses):
        return Meta(function.__name__, (cls,), {"run": lambda self, events: function(self, events), "uses": uses})


def producer(function=None, uses=()):
    def decorator(function):
        return Producer.named(function, set(uses))
    return decorator(function) if function else decorator
'''

PRODUCERS = '''
import numpy as np
from flow.base import Base, Mixin, Producer, producer

THRESHOLD = {m}.5


class Shift{m}(Mixin):
    shifts = ("nominal", "up", "down")

    def shifted(self, values, shift):
        return values * {{"up": 1.1, "down": 0.9}}.get(shift, 1.0)


class Group{m}(Shift{m}, Producer):
    """Deeper and deeper."""

    uses = {{"Jet.pt", "Jet.eta"}}

    def select(self, events):
        return [event for event in events if event["pt"] > THRESHOLD and abs(event["eta"]) < 2.4]

    def run(self, events):
        return {{shift: self.shifted(np.asarray(self.select(events)), shift) for shift in self.shifts}}


class Deep{m}(Group{m}):
    def run(self, events):
        found = super().run(events)
        if not found:
            raise ValueError(f"nothing in {{events!r}}")
        return found
'''

PRODUCER = '''

@producer(uses={{"Jet.pt", Base}})
def weight_{m}_{n}(self, events):
    """Weights of events."""
    weights = np.ones(len(events))
    for number, event in enumerate(events):
        weights[number] *= scale_{m}_{n}(event["pt"]) if event["charge"] != {n} else THRESHOLD
    return weights


def scale_{m}_{n}(pt, reference=THRESHOLD):
    return 1.0 + (pt - reference) / max(pt, reference) ** {n}
'''

FLOW_TASK = """
import caselaw
import flow.all
from flow.base import Base

class Sum(caselaw.Task):
    products = {"sum": "json"}

    def run(self):
        with self.publish() as out:
            out["sum"].write_text(str(Base.get("weight_0_0")()([])))
"""


def chain(folder: Path) -> None:
    """Functions that call one another, through 20 modules; each module has a constant and uses NumPy."""
    (folder / "law.cfg").write_text("[caselaw]\n")
    (folder / "work.py").write_text(TASK)
    (folder / "chain").mkdir()
    (folder / "chain" / "__init__.py").write_text("")
    for m in range(MODULES):
        following = f"m{m + 1}.f0" if m + 1 < MODULES else "np.asarray"
        calls = [f"f{n + 1}" if n + 1 < FUNCTIONS else following for n in range(FUNCTIONS)]
        functions = "".join(FUNCTION.format(n=n, call=call) for n, call in enumerate(calls))
        imports = f"import numpy as np\nfrom chain import m{(m + 1) % MODULES}\n"
        constants = 'CUTS = {"pt": 25.0, "eta": 2.4}\n'
        (folder / "chain" / f"m{m}.py").write_text(imports + constants + functions)


def flow(folder: Path) -> None:
    """Producers that a metaclass stores and that are taken by name, in 20 modules; as columnflow has them."""
    (folder / "law.cfg").write_text("[caselaw]\n")
    (folder / "work.py").write_text(FLOW_TASK)
    (folder / "flow").mkdir()
    (folder / "flow" / "__init__.py").write_text("")
    (folder / "flow" / "base.py").write_text(REGISTRY)
    (folder / "flow" / "all.py").write_text("".join(f"import flow.p{m}\n" for m in range(MODULES)))
    for m in range(MODULES):
        producers = "".join(PRODUCER.format(m=m, n=n) for n in range(8))
        (folder / "flow" / f"p{m}.py").write_text(PRODUCERS.format(m=m) + producers)

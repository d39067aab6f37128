"""More of the package `physics`: what registers with an object of another module, and a step that looks it up."""

from __future__ import annotations

REGISTRY = '''\
"""Where the modules of this package register, and what looks up."""

import functools

PRODUCERS = {}
WEIGHTS = {}
UNUSED = {}
HANDLERS = []
ORDER = []


class Meta(type):
    classes = {}

    def __new__(mcs, name, bases, members):
        cls = super().__new__(mcs, name, bases, members)
        mcs.classes[name] = cls
        return cls


class Selector(metaclass=Meta):
    def selected(self, number):
        return number


def producer(function=None, *, uses=()):
    def register(function):
        PRODUCERS[function.__name__] = (function, uses)
        return function

    return register(function) if function else register


def unused(function):
    UNUSED[function.__name__] = function
    return function


def weight(name, function):
    WEIGHTS[name] = function
    return function


add = functools.partial(weight, "partial")


class Handler:
    def __init__(self, number):
        self.number = number
        HANDLERS.append(self)


class Plugin:
    known = []

    def __init_subclass__(cls, **arguments):
        super().__init_subclass__(**arguments)
        Plugin.known.append(cls)


@functools.singledispatch
def size(value):
    return 0
'''

REGISTERING = """\
from physics.registering import registry
from physics.registering.registry import Handler, Plugin, Selector, add, producer, size, unused, weight


class Jets(Selector):
    def selected(self, number):
        return number + 1


@producer
def muons(number):
    return number + 2


@producer(uses=("pt", "eta"))
def electrons(number):
    return number + 3


@unused
def taus(number):
    return number + 4


def steepness(number):
    return number + 5


steep = weight("steep", steepness)


def flatness(number):
    return number + 6


flat = add(flatness)


def register_shift(name, by):
    weight(name, lambda number: number + by)


register_shift("shifted", 7)

handler = Handler(8)


class First(Plugin):
    value = 9


@size.register
def _(value: str):
    return len(value) + 10


@registry.unused
class Idle:
    value = 11


class Never:
    value = 12
"""

TARGETS = """\
SETTINGS = {"gain": 13}
SPARE = {"gain": 14}


class Detector:
    def tilt(self):
        return 0


def offset():
    return 0


def helper():
    return 0
"""

PATCHING = """\
import physics.registering.targets as targets
from physics.registering.targets import SETTINGS, SPARE

alias = SETTINGS
alias["gain"] = 15
spare = SPARE
spare["gain"] = 16
targets.Detector.tilt = lambda self: 17
targets.offset = lambda: 18
targets.helper = lambda: 19
"""

LOADING = """\
import physics.registering.producers
import physics.registering.patching
import physics.registering.one
import physics.registering.two
import physics.registering.plain
import physics.registering.bare
"""

LOOKING_UP = '''\
import physics.registering.loading
from physics.registering import registry, targets


class Stages:
    def first(self):
        return 20

    def second(self):
        return 21


def looked_up(number):
    """One number per way of registering."""
    return [
        registry.Meta.classes["Jets"]().selected(number),
        *(function(number) * len(uses) for function, uses in registry.PRODUCERS.values()),
        registry.PRODUCERS["muons"][0](number),
        [function(number) for _, function in sorted(registry.WEIGHTS.items())],
        [handler.number for handler in registry.HANDLERS],
        [plugin.value for plugin in registry.Plugin.known],
        registry.size("two"),
        targets.SETTINGS["gain"],
        targets.Detector().tilt(),
        targets.offset(),
        registry.ORDER,
        [name for name in vars(Stages) if not name.startswith("_")],
    ]
'''

REGISTERING_FILES = {
    "physics/registering/__init__.py": "",
    "physics/registering/registry.py": REGISTRY,
    "physics/registering/producers.py": REGISTERING,
    "physics/registering/targets.py": TARGETS,
    "physics/registering/patching.py": PATCHING,
    "physics/registering/loading.py": LOADING,
    "physics/registering/one.py": 'from physics.registering.registry import ORDER\n\nORDER.append("one")\n',
    "physics/registering/two.py": 'from physics.registering.registry import ORDER\n\nORDER.append("two")\n',
    "physics/registering/plain.py": "def plain():\n    return 22\n",
    "physics/registering/bare.py": "def bare():\n    return 23\n",
    "physics/registering/looking.py": LOOKING_UP,
}

REGISTERING_TASK = '''\


class Registering(Step):
    """One branch, which uses what other modules registered."""

    products = {"found": "json"}

    def upstream(self):
        return caselaw.over([1])

    def run(self):
        from physics.registering.looking import looked_up

        note_execution("Registering", self.branch)
        with self.publish() as out:
            out["found"].write_text(self.encoded(looked_up(self.branch_value)))
'''

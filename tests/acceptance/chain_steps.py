"""The package `physics` of the small chain: one construct of Python per function, each seen in the output."""

from __future__ import annotations

from chain_constructs import CONSTRUCT_FILES
from chain_observers import OBSERVER_FILES
from chain_registering import REGISTERING_FILES

PACKAGE = '''\
"""Steps of the small chain."""

from physics.scaling import rescaled
'''

READING = '''\
def numbers_in(text):
    """The numbers of one file."""
    return [int(word) for word in text.split()]
'''

SHAPING = '''\
"""The shape of one sample."""

import functools
import sys
from typing import TYPE_CHECKING

import idletools
import lumi

import physics.corrections as corrections
from physics import rescaled
from physics.calibration import calibrated
from physics.constructs import constructs
from physics.decorators import times
from physics.dynamic import documented, plugin
from physics.models import Bin, Detector, Region
from physics.names import *
from physics.observing import observed

try:
    from physics.fast import smoothed
except ImportError:
    from physics.slow import smoothed

if TYPE_CHECKING:
    from physics.unrelated import nothing

THRESHOLD = 1
SPARE = 17
UNIT = "GeV"
WIDTH = 2
AREA = WIDTH * 3
CHANNELS = {"e", "mu"}
STAGES = (1, 2, 3)

if sys.maxsize > 0:
    LIMIT = 5
else:
    LIMIT = 50


def body(numbers):
    return sum(numbers) * 2


def helper(numbers):
    return len(numbers) + 20


def above(numbers):
    return sum(number for number in numbers if number > THRESHOLD)


def text(number):
    return f"{number} {UNIT}"


def nested(number):
    def inner(value):
        return value + 30

    return inner(number)


def anonymous(number):
    treble = lambda value: value * 4
    return treble(number)


@times(factor=5)
def decorated(number):
    return number + 1


def shifted(number, by=6, *, more=60):
    return number + by + more


def local(number):
    total = number + 7
    return total


def annotated(number: int) -> int:
    result: int = number + 8
    return result


def matched(number):
    match number:
        case 4:
            return 9
        case _:
            return 10


def cubed(number):
    return number**3


def powered(number):
    return number**4


POWERS = {"cube": cubed, "fourth": powered}
REGISTRY = []
REGISTRY.append(11)


def doubled(value, factor):
    return value * factor


twice = functools.partial(doubled, factor=12)


def spare(numbers):
    return idletools.idle(numbers) + 70


def shape(numbers):
    """All features of one sample."""
    first = numbers[0]
    region = Region(low=first)
    return [
        body(numbers),
        helper(numbers),
        above(numbers),
        text(first),
        nested(first),
        anonymous(first),
        decorated(first),
        shifted(first),
        local(first),
        annotated(first),
        documented(),
        matched(first),
        POWERS["cube"](first),
        sum(REGISTRY),
        twice(first),
        plugin(first),
        calibrated(first),
        corrections.corrected(first),
        rescaled(first),
        smoothed(first),
        starred(first),
        region.span,
        region.label(),
        Detector().response(first),
        Bin.LOWEST.value,
        AREA,
        LIMIT,
        len(CHANNELS),
        sum(place * stage for place, stage in enumerate(STAGES)),
        lumi.per_year(),
        *constructs(first),
        *observed(first),
    ]
'''

DYNAMIC = '''\
import importlib


def documented():
    """Nine letters."""
    return len(documented.__doc__)


def plugin(number):
    return importlib.import_module("physics.plugins").extra(number)
'''

MODELS = """\
import dataclasses
import enum

from physics.base import Base


class Bin(enum.Enum):
    LOWEST = 1
    HIGHEST = 100


@dataclasses.dataclass(frozen=True)
class Region:
    low: float
    high: float = 200.0

    @property
    def span(self):
        return self.high - self.low

    def label(self):
        return "region"


class Detector(Base):
    tilt = 3

    def response(self, number):
        return super().response(number) + self.tilt
"""

SUMMARISING = '''\
from collections.abc import Iterable


def total(rows: Iterable):
    return sum(number for row in rows for number in row if not isinstance(number, str))


def summary(shapes, numbers):
    """The sums of shapes and of numbers."""
    return [total(shapes), total(numbers), len(shapes)]
'''

PHYSICS = {
    **CONSTRUCT_FILES,
    **OBSERVER_FILES,
    **REGISTERING_FILES,
    "physics/__init__.py": PACKAGE,
    "physics/reading.py": READING,
    "physics/shaping.py": SHAPING,
    "physics/dynamic.py": DYNAMIC,
    "physics/models.py": MODELS,
    "physics/summarising.py": SUMMARISING,
    "physics/scaling.py": "def rescaled(number):\n    return number / 2\n",
    "physics/calibration.py": (
        "from physics.offsets import offset\n\n\ndef calibrated(number):\n    return number + offset()\n"
    ),
    "physics/offsets.py": "PEDESTAL = 40\n\n\ndef offset():\n    return PEDESTAL + 1\n",
    "physics/corrections.py": (
        "def corrected(number):\n    return number + 50\n\n\ndef uncorrected(number):\n    return number\n"
    ),
    "physics/decorators.py": """\
def times(factor):
    def decorator(function):
        def wrapper(number):
            return factor * function(number)

        return wrapper

    return decorator
""",
    "physics/base.py": "class Base:\n    def response(self, number):\n        return number * 6\n",
    "physics/names.py": (
        "def starred(number):\n    return number + 80\n\n\ndef unstarred(number):\n    return number + 81\n"
    ),
    "physics/fast.py": "def smoothed(number):\n    return number + 90\n",
    "physics/slow.py": "def smoothed(number):\n    return number + 90\n",
    "physics/plugins.py": "def extra(number):\n    return number + 95\n",
    "physics/unrelated.py": "def nothing():\n    return None\n",
}

# Distributions that the steps import, by import name: version and source.
INSTALLED = {
    "lumi": ("1.2", "def per_year():\n    return 140\n"),
    "idletools": ("0.5", "def idle(numbers):\n    return 0\n"),
    "strangers": ("3.0", "NOBODY = True\n"),
}

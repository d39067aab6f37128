"""More of the package `physics`: ways in which Python hides what a function reaches, each seen in the output."""

from __future__ import annotations

CONSTRUCTS = '''\
"""What is reached without being called by its name."""

import dataclasses
import enum
import functools
import typing

import physics.deep.inside
from physics.deep import inside as aliased
from physics.deep.outside import exported as renamed
from physics.registry import REGISTERED, registered

from . import relative
from .relative import VALUES, with_resource

FALLBACK = 2
PRECISION = 3
NAMES = ("UP", "DOWN", "FLAT")
COUNTER = 0
POWER = 4

Direction = enum.Enum("Direction", NAMES)


def default_of_constant(number, by=FALLBACK):
    return number + by


def made_by_factory():
    return [5]


@dataclasses.dataclass
class Holder:
    places: list = dataclasses.field(default_factory=made_by_factory)
    extra: typing.ClassVar[int] = 6


class Pair(typing.NamedTuple):
    first: int
    second: int = 7


@functools.singledispatch
def dispatched(value):
    return 0


@dispatched.register
def _(value: int):
    return value + 8


@registered("ninth")
def ninth(number):
    return number + 9


def counted():
    global COUNTER
    COUNTER = 10
    return COUNTER


def weighted(number):
    return number + weighted.weight


weighted.weight = 11

if FALLBACK > 0:

    def chosen(number):
        return number + 12
else:

    def chosen(number):
        return number - 12


class Meta(type):
    def __new__(mcs, name, bases, members):
        members["thirteen"] = 13
        return super().__new__(mcs, name, bases, members)


class Made(metaclass=Meta):
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return self.value + other + 14

    def __call__(self):
        return self.value + 15

    @classmethod
    def fresh(cls):
        return cls(16)

    @staticmethod
    def fixed():
        return 17

    def patched(self):
        return 0


def patch(self):
    return 18


Made.patched = patch


class Descriptor:
    def __get__(self, instance, owner):
        return 19


class Described:
    value = Descriptor()


def marked(cls):
    cls.mark = 20
    return cls


@marked
class Marked:
    pass


def generated():
    yield from numbers()


def numbers():
    yield 21


def recursive(number):
    return 22 if number <= 0 else recursive(number - 1)


def lazily(number):
    from physics.lazy import late

    return late(number)


def constructs(number):
    """One number per construct."""
    if (found := len(VALUES)) > 1:
        number += found
    with with_resource() as resource:
        number += resource
    return [
        default_of_constant(number),
        sum(Holder().places),
        Holder.extra,
        Pair(1).second,
        dispatched(number),
        REGISTERED["ninth"](number),
        counted(),
        weighted(number),
        chosen(number),
        Made.thirteen,
        Made(1) + 1,
        Made(1)(),
        Made.fresh().value,
        Made.fixed(),
        Made(1).patched(),
        Described().value,
        Marked.mark,
        list(generated())[0],
        recursive(2),
        lazily(number),
        renamed(number),
        aliased.within(number),
        physics.deep.inside.attribute(number),
        relative.near(number),
        len(Direction),
        f"{number / 7:.{PRECISION}f}",
        (lambda value=POWER: value)(),
    ]
'''

REGISTRY = """\
REGISTERED = {}


def registered(name):
    def decorator(function):
        REGISTERED[name] = function
        return function

    return decorator
"""

RELATIVE = """\
import contextlib

VALUES = [1, 2]
VALUES.extend([3])


@contextlib.contextmanager
def with_resource():
    yield 23


def near(number):
    return number + 24
"""

INSIDE = """\
def within(number):
    return number + 25


def attribute(number):
    return number + 26
"""

CONSTRUCT_FILES = {
    "physics/constructs.py": CONSTRUCTS,
    "physics/registry.py": REGISTRY,
    "physics/relative.py": RELATIVE,
    "physics/lazy.py": "def late(number):\n    return number + 27\n",
    "physics/deep/__init__.py": "",
    "physics/deep/inside.py": INSIDE,
    "physics/deep/outside.py": "from physics.deep.further import *\n",
    "physics/deep/further.py": '__all__ = ["exported"]\n\n\ndef exported(number):\n    return number + 28\n',
}

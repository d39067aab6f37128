"""More of the package `physics`: code that reads more of other code than what it does, and files beside it."""

from __future__ import annotations

OBSERVING = '''\
"""Reads docstrings, annotations, files and packages."""

import importlib.resources
import importlib.util
import inspect
import json
import os
import sys
import typing
from pathlib import Path

from physics import kernels
from physics.described import described, typed
from physics.places import TABLES

HERE = Path(__file__).resolve().parent
LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "library")
sys.path[:0] = [os.path.normpath(LIBRARY)]

import physics.kernels.loose
import stray


def loaded():
    """A module by its path."""
    spec = importlib.util.spec_from_file_location("by_path", HERE / "plugged" / "in.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.VALUE


def kernel(package, name):
    return getattr(package, name)


def observed(number):
    """One number per way of reading."""
    with open(os.path.join(os.path.dirname(__file__), "tables", "scale.json")) as file:
        scale = json.load(file)
    return [
        scale,
        json.loads((TABLES / "shift.json").read_text()),
        len((importlib.resources.files("physics") / "tables" / "words.txt").read_text().split()),
        sum(json.loads(path.read_text()) for path in sorted((HERE / "parts").glob("*.json"))),
        len(inspect.getdoc(described)),
        len(typing.get_type_hints(typed)["x"].__name__),
        inspect.getsource(typed).count("#"),
        kernel(kernels, "loose").VALUE,
        stray.VALUE,
        loaded(),
    ]
'''

DESCRIBED = '''\
def described():
    """Ten letters."""


def typed(x: "int"):
    return x  # one
'''

OBSERVER_FILES = {
    "physics/observing.py": OBSERVING,
    "physics/described.py": DESCRIBED,
    "physics/places.py": 'from pathlib import Path\n\nTABLES = Path(__file__).parent / "tables"\n',
    "physics/kernels/__init__.py": "",
    "physics/kernels/loose.py": "VALUE = 31\n",
    "physics/plugged/in.py": "VALUE = 32\n",
    "physics/tables/scale.json": "33\n",
    "physics/tables/shift.json": "34\n",
    "physics/tables/words.txt": "one two three\n",
    "physics/tables/unread.json": "35\n",
    "physics/parts/a.json": "36\n",
    "physics/parts/notes.txt": "not read\n",
    "library/stray.py": "VALUE = 37\n",
}

"""The order of definitions and of elements of sets counts where something reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_registering_programs import outcome

TWO = "    def b(self): ...\n    def a(self): ...\n"
OTHER = "    def a(self): ...\n    def b(self): ...\n"
NAMES = "def names(space):\n    return [n for n in space if not n.startswith('_')]\n"


def _class(head: str, run: str, before: str = "") -> tuple[dict[str, str], str, str]:
    return {"work.py": f"{NAMES}{before}{head}\n{TWO}def run():\n    return {run}\n"}, TWO, OTHER


COUNTS = {
    "vars of a class": _class("class A:", "names(vars(A))"),
    "__dict__ of a class": _class("class A:", "names(A.__dict__)"),
    "vars of the class of an object": _class("class A:", "names(vars(type(A())))"),
    "__dict__ by getattr": _class("class A:", "names(getattr(A, '__dict__'))"),
    "a class decorator": _class("@note\nclass A:", "A.found", "def note(cls):\n    cls.found = names(vars(cls))\n"
        "    return cls\n"),
    "__init_subclass__": _class(
        "class A(Base):", "A.found",
        "class Base:\n    def __init_subclass__(cls):\n        cls.found = names(cls.__dict__)\n",
    ),
    "a metaclass": _class(
        "class A(metaclass=Meta):", "A.found",
        "class Meta(type):\n    def __new__(mcs, name, bases, space):\n"
        "        cls = super().__new__(mcs, name, bases, space)\n"
        "        cls.found = names(space)\n        return cls\n",
    ),
    "a metaclass of a base class": _class(
        "class A(Base):", "A.found",
        "class Meta(type):\n    def __init__(cls, name, bases, space):\n        cls.found = names(space)\n"
        "class Base(metaclass=Meta): ...\n",
    ),
    "a helper in another module": (
        {
            "work.py": f"import helper\nclass A:\n{TWO}def run():\n    return helper.names(A)\n",
            "helper.py": "def names(cls):\n"
            "    return [n for n in vars(cls) if n < '_']\n".replace("n < '_'", "n in 'ab'"),
        },
        TWO, OTHER,
    ),
    "__dict__ of a module": (
        {
            "work.py": "import lib\ndef run():\n    return [n for n in lib.__dict__ if n in 'fg']\n",
            "lib.py": "def f(): ...\ndef g(): ...\n",
        },
        "def f(): ...\ndef g(): ...\n", "def g(): ...\ndef f(): ...\n",
    ),
    "vars of a module": (
        {
            "work.py": "import lib\ndef run():\n    return [n for n in vars(lib) if n in 'FG']\n",
            "lib.py": "F = 1\nG = 2\n",
        },
        "F = 1\nG = 2\n", "G = 2\nF = 1\n",
    ),
    "descriptors": (
        {
            "work.py": "ALL = []\nclass Field:\n    def __set_name__(self, owner, name):\n        ALL.append(name)\n"
            "class A:\n    b = Field()\n    a = Field()\ndef run():\n    return A and ALL\n",
        },
        "    b = Field()\n    a = Field()\n", "    a = Field()\n    b = Field()\n",
    ),
    "objects that count themselves": (
        {
            "work.py": "class Field:\n    count = 0\n    def __init__(self):\n        Field.count += 1\n"
            "        self.number = Field.count\nclass A:\n    b = Field()\n    a = Field()\ndef run():\n"
            "    return A.a.number\n",
        },
        "    b = Field()\n    a = Field()\n", "    a = Field()\n    b = Field()\n",
    ),
    "a set of numbers": ({"work.py": "S = {8, 0}\ndef run():\n    return list(S)\n"}, "{8, 0}", "{0, 8}"),
    "a set of names": ({"work.py": "A, B = 8, 0\ndef run():\n    return list({A, B})\n"}, "{A, B}", "{B, A}"),
    "a frozen set": ({"work.py": "def run():\n    return list(frozenset({8, 0}))\n"}, "{8, 0}", "{0, 8}"),
}  # fmt: skip
FREE = {
    "methods that nobody looks at": ({"work.py": f"class A:\n{TWO}def run():\n    return A().a()\n"}, TWO, OTHER),
    "methods of a dataclass": (
        {"work.py": f"import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1\n{TWO}def run():\n"
        "    return A().x\n"},
        TWO, OTHER,
    ),
    "definitions of a module": (
        {"work.py": "def f(): ...\nF = 1\ndef run():\n    return f(), F\n"}, "def f(): ...\nF = 1\n", "F = 1\n"
        "def f(): ...\n",
    ),
    "a set in which something is looked up": (
        {"work.py": "A, B = 8, 0\ndef run(x=1):\n    return x in {A, B}, x not in {8, 0}\n"}, "{8, 0}", "{0, 8}",
    ),
    "a set of texts in which something is looked up": (
        {"work.py": "S = {'b', 'a'}\ndef run(x=1):\n    return x in S\n"}, "{'b', 'a'}", "{'a', 'b'}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTS)
def test_an_order_that_is_read_counts(case: str, tmp_path: Path) -> None:
    files, old, new = COUNTS[case]
    assert any(old in text for text in files.values())
    before = outcome(tmp_path, files)
    after = outcome(tmp_path, {name: text.replace(old, new) for name, text in files.items()})
    assert before[0] != after[0], "the case is wrong"
    assert before[1] != after[1]


@pytest.mark.parametrize("case", FREE)
def test_an_order_that_nobody_reads_does_not_count(case: str, tmp_path: Path) -> None:
    files, old, new = FREE[case]
    assert any(old in text for text in files.values())
    before = outcome(tmp_path, files)
    after = outcome(tmp_path, {name: text.replace(old, new) for name, text in files.items()})
    assert before == after

"""Programs that register, put together at random from parts: tables, ways to fill them, uses, imports, code."""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass

# Each table: its definition, a statement that puts `f` there under the name `n`, an expression that gets it.
TABLES = (
    ("TABLE = {}", "TABLE[n] = f", "TABLE[n]"),
    ("TABLE = []", "TABLE.append((n, f))", "dict(TABLE)[n]"),
    ("TABLE = {'x': {}}", "TABLE['x'].update({n: f})", "TABLE['x'][n]"),
    ("import collections\nTABLE = collections.defaultdict(list)", "TABLE[n].append(f)", "TABLE[n][0]"),
    ("import collections\nTABLE = collections.deque()", "TABLE.appendleft((n, f))", "dict(TABLE)[n]"),
    ("class Box:\n    table = {}", "Box.table[n] = f", "Box.table[n]"),
    ("class Box:\n    ...", "setattr(Box, n, staticmethod(f))", "getattr(Box, n)"),
    (
        "class Box:\n    def __init__(self):\n        self.table = {}\nBOX = Box()",
        "BOX.table.setdefault(n, f)",
        "BOX.table[n]",
    ),
    ("class Base:\n    table = {}\nclass Box(Base): ...\nBOX = Box()", "BOX.table[n] = f", "Base.table[n]"),
    ("import types\nSPACE = types.SimpleNamespace()", "vars(SPACE)[n] = f", "getattr(SPACE, n)"),
    ("TABLE = ()", "global TABLE\nTABLE = (*TABLE, (n, f))", "dict(TABLE)[n]"),
    ("def own(): ...\nown.table = {}", "own.table[n] = f", "own.table[n]"),
    ("_A = {}\n_B = TABLE = _A", "table = _B\ntable[n] = f", "_A[n]"),
    ("TABLE = {}\ndef table():\n    return TABLE", "found = table()\nfound[n] = f", "TABLE[n]"),
    ("TABLES = [{}]", "for table in TABLES:\n    table[n] = f", "TABLES[0][n]"),
    ("import contextlib\nTABLE = {}", "with contextlib.nullcontext(TABLE) as t:\n    t[n] = f", "TABLE[n]"),
    ("import operator\nTABLE = {}", "operator.setitem(TABLE, n, f)", "TABLE[n]"),
    ("import heapq\nTABLE = []", "heapq.heappush(TABLE, (n, f))", "dict(TABLE)[n]"),
    ("TABLE = {}", "dict.update(TABLE, {n: f})", "TABLE[n]"),
    ("TABLE = {}", "add = TABLE.__setitem__\nadd(n, f)", "TABLE[n]"),
)
# Ways to make `put(n, f)`, around the statement PUT.
WAYS = (
    "def put(n, f):\nPUT\n    return f",
    "def put(n, f):\n    _put(f, n=n)\n    return f\ndef _put(f, n):\n    return _deep([n, f])\ndef _deep(both):\n"
    "    n, f = both\nPUT",
    "def put(n, f):\n    def inner():\n    PUT\n    inner()\n    return f",
    "def put(*both):\n    return _put(*both)\ndef _put(n, f):\nPUT\n    return f",
    "def put(n, f):\n    return _put(**{'n': n, 'f': f})\ndef _put(n, f):\nPUT\n    return f",
    "class Put:\n    def __call__(self, n, f):\n    PUT\n        return f\nput = Put()",
    "class Put:\n    def put(self, n, f):\n    PUT\n        return f\nput = Put().put",
    "class Put:\n    @classmethod\n    def put(cls, n, f):\n        return cls.deep(n, f)\n    @staticmethod\n"
    "    def deep(n, f):\n    PUT\n        return f\nput = Put.put",
    "class Root:\n    def _put(self, n, f):\n    PUT\nclass Put(Root):\n    def __init__(self, n, f):\n"
        "        self._put(n, f)\n"
    "put = Put",
    "import functools\ndef _put(more, n, f):\nPUT\n    return f\nput = functools.partial(_put, 1)",
    "def _make(more=1):\n    def inner(n, f):\n    PUT\n        return f\n    return inner\nput = _make()",
    "import functools\ndef logged(g):\n    @functools.wraps(g)\n    def inner(*a, **k):\n        return g(*a, **k)\n"
    "    return inner\n@logged\ndef put(n, f):\nPUT\n    return f",
    "def put(n, f, deep=0):\n    if deep < 2:\n        return put(n, f, deep + 1)\nPUT\n    return f",
    "def put(n, f):\n    [_put(n, g) for g in (f,)]\n    return f\ndef _put(n, f):\nPUT",
    "import contextlib\n@contextlib.contextmanager\ndef _open(n, f):\nPUT\n    yield f\ndef put(n, f):\n"
    "    with _open(n, f) as g:\n        return g",
    "class Meta(type):\n    def __call__(cls, n, f):\n    PUT\n        return f\nclass put(metaclass=Meta): ...",
    "class Kind:\n    def __init_subclass__(cls, n, f):\n    PUT\ndef put(n, f):\n    class made(Kind, n=n, f=f): ...\n"
    "    return f",
    "class Field:\n    def __init__(self, f):\n        self.f = f\n    def __set_name__(self, owner, n):\n"
        "        f = self.f\n"
    "    PUT\ndef put(n, f):\n    return type('Made', (), {n: Field(f)})",
    "class Shift:\n    def __rshift__(self, both):\n        n, f = both\n    PUT\n        return f\nSHIFT = Shift()\n"
    "def put(n, f):\n    return SHIFT >> (n, f)",
    "def _all(n, f):\nPUT\n    yield f\ndef put(n, f):\n    return list(_all(n, f))",
    "def put(n, f):\n    return list(map(_put, [n], [f]))\ndef _put(n, f):\nPUT",
    "_WAYS = {'put': lambda n, f: _put(n, f)}\ndef _put(n, f):\nPUT\n    return f\ndef put(n, f):\n"
    "    return _WAYS['put'](n, f)",
)  # fmt: skip
# Statements of another module that put CODE under the name 'a'.
USES = (
    "x = put('a', CODE)",
    "_ = [put('a', CODE)]",
    "x, y = 1, put('a', CODE)",
    "x = {n: put(n, g) for n, g in {'a': CODE}.items()}",
    "for n, g in [('a', CODE)]:\n    x = put(n, g)",
    "if (x := put('a', CODE)):\n    y = 1",
    "try:\n    x = put('a', CODE)\nexcept KeyError:\n    x = 1",
    "class A:\n    x = put('a', CODE)",
    "def h(x=put('a', CODE)): ...",
    "def setup(n):\n    return put(n, CODE)\nx = setup('a')",
    "p = put\nx = p('a', CODE)",
    "both = ('a', CODE)\nx = put(*both)",
    "x = put(f=CODE, n='a') if CODE else 1",
    "class Setup:\n    def __init__(self, n):\n        self.x = put(n, CODE)\nx = Setup('a')",
    "import functools\nx = functools.partial(put, 'a')(CODE)",
    "x = (lambda g: put('a', g))(CODE)",
    "def at(n):\n    return lambda g: put(n, g) and g\n@at('a')\ndef k():\n    return CODE()",
    "put('a', CODE)",
    "import contextlib\nwith contextlib.suppress(KeyError):\n    x = put('a', CODE)",
    "while True:\n    x = put('a', CODE)\n    break",
)
# Code that gives the numbers when it is called, as an expression after some definitions.
CODES = (
    ("def f():\n    return §1 + helper()", "f"),
    ("class F:\n    def __call__(self):\n        return §1 + helper()", "F()"),
    ("class F:\n    def m(self):\n        return §1 + helper()\nobj = F()", "obj.m"),
    ("class F:\n    @staticmethod\n    def m():\n        return §1 + helper()", "F.m"),
    ("import functools as ft\ndef f(x):\n    return x + §1 + helper()", "ft.partial(f, 1)"),
    ("N = §1", "(lambda: N + helper())"),
    ("def make(n):\n    return lambda: n + helper()\nf = make(§1)", "f"),
)
IMPORTS = (
    "from registry import put",
    "import registry\nput = registry.put",
    "import registry as r\nfrom registry import put as other\nput = other",
    "from registry import *",
    "from pack import put",
    "import pack.deep as deep\nput = deep.put",
    "try:\n    from registry import put\nexcept ImportError:\n    put = None",
)


@dataclass(frozen=True)
class Registry:
    """A program, in which `§1` and `§2` count, and `§3` and `§4` do not."""

    parts: str
    files: dict[str, str]


def registry(seed: int) -> Registry:
    """The program of a number."""
    pick = random.Random(seed)
    (table, put, get), way, use = pick.choice(TABLES), pick.choice(WAYS), pick.choice(USES)
    (code, expression), imports = pick.choice(CODES), pick.choice(IMPORTS)
    lines = []
    for line in way.splitlines():
        indent = "    " + line[: len(line) - len(line.lstrip())]
        lines += textwrap.indent(put, indent).splitlines() if line.strip() == "PUT" else [line]
    files = {
        "registry.py": f"{table}\n" + "\n".join(lines) + f"\ndef get(n):\n    return {get}\nother = {{}}\n",
        "plugin.py": f"{imports}\ndef helper():\n    return §2\ndef unused():\n    return §3\n{code}\n"
        f"{use.replace('CODE', expression)}\nalso = [§4]\n",
        "pack/__init__.py": "from .deep import put\n",
        "pack/deep.py": "from registry import put\n",
        "work.py": "import plugin\nfrom registry import get\ndef run():\n    return get('a')()\n",
    }
    return Registry(" | ".join((put, lines[0], use, expression, imports)).replace("\n", "; "), files)

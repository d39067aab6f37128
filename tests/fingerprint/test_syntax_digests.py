"""What in a source file counts: meaning does, on every Python the same; looks do not."""

from __future__ import annotations

import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.errors import FingerprintError
from caselaw.fingerprint import syntax_digest

SOURCE = '''
"""Selection of events."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

CUT = 30.0
LABELS = {"mu": 1, "e": 2, **{}}


def decorated(cut):
    def wrap(function):
        return function
    return wrap


@functools.lru_cache(maxsize=8)
def good(pt: float, eta: float = 2.4, *rest: int, strict: bool = True, **more: object) -> bool:
    """Whether a jet counts."""
    local: int = 3
    declared: str
    if not pt > CUT:  # below threshold
        pass
    elif (chosen := [x for x in rest if x]) and not (lambda a, b=1: a)(2):
        raise ValueError(f"pt {pt!r:>{local}} of {eta:.2f} {{}} {more}" "and" f"{pt=}" rf"\\d{eta}")
    try:
        with open("a") as one, open("b") as two:
            print(one, two, sep="", end=b"\\x00")
    except* (OSError, ValueError) as group:
        raise group
    finally:
        del local, chosen
    match rest:
        case [1, *_] | {"a": None, **others} if strict:
            return others
        case np.ndarray(shape=(1,)) as array:
            return array
        case None | -1 | "text":
            ...
    return np.array([1e3, 1_000, 0x10, 1j, ...])[1:2, ..., None, ::2] @ np.eye(2)


class Jet(list[int]):
    """A jet."""

    pt: float = 1.0

    @property
    def mass(self) -> float:
        """Mass in GeV."""
        global COUNT
        return self.pt if self.pt else -0.0

    async def read(self):
        async for part in self:
            yield await part, not self
'''

# Raise caselaw.fingerprint.SCHEME when this must change.
PINNED = "517b28cbb42963efecab"


def digest(text: str) -> str:
    return syntax_digest(textwrap.dedent(text).encode())


def edited(old: str, new: str) -> str:
    assert old in SOURCE
    return SOURCE.replace(old, new)


def test_the_digest_never_changes() -> None:
    assert digest(SOURCE)[:20] == PINNED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  # below threshold", ""),
        ("\n\n\n", "\n\n"),
        ('"""Selection of events."""', ""),
        ('"""Whether a jet counts."""', "'''Something\n    else.'''"),
        ('    """A jet."""\n', ""),
        ('        """Mass in GeV."""\n', ""),
        ('{"mu": 1, "e": 2, **{}}', "{\n    'mu': 1,\n    'e': 2,\n    **{},\n}"),
        ("if not pt > CUT:", "if (not (pt > CUT)):"),
        ('"and" f"{pt=}"', '"a"\n"nd" f"{pt=}" ""'),
        ("{{}} {more}\" \"and\"", "{{}} {more}and\""),
        ("with open(\"a\") as one, open(\"b\") as two:", "with (open('a') as one, open('b') as two,):"),
        ("del local, chosen", "del (local, chosen)"),
        ("1_000", "1000"),
        ("0x10", "16"),
        ("1e3", "1000.0"),
        ("eta: float = 2.4", "eta=2.4"),
        ("-> bool:", ":"),
        ("strict: bool = True", "strict: int = True"),
        ("local: int = 3", "local = 3"),
        ("def mass(self) -> float:", "def mass(self):"),
        ("    from collections.abc import Iterable", "    import pandas\n    from .other import Thing"),
        ("if TYPE_CHECKING:\n    from collections.abc import Iterable\n", ""),
        ("            ...\n    return np", "            pass\n    return np"),
        ("\n", "\r\n"),
    ],
)  # fmt: skip
def test_looks_do_not_count(old: str, new: str) -> None:
    assert digest(edited(old, new)) == digest(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pt > CUT", "pt >= CUT"),
        ("CUT = 30.0", "CUT = 30"),
        ("CUT = 30.0", "CUT = 31.0"),
        ("CUT = 30.0\n", ""),
        ("eta: float = 2.4", "eta: float = 2.5"),
        ("eta: float = 2.4", "eta: float"),
        ("maxsize=8", "maxsize=9"),
        ("@functools.lru_cache(maxsize=8)\n", ""),
        ("@functools.lru_cache(maxsize=8)", "@decorated(1)"),
        ("b=1: a", "b=1: b"),
        ("b=1: a", "b=2: a"),
        ("        return function", "        return wrap"),
        ("def wrap(function)", "def wrap(function, /)"),
        ("pt {pt!r", "pt {eta!r"),
        ("pt {pt!r", "pT {pt!r"),
        ("!r:>", "!s:>"),
        (":.2f}", ":.3f}"),
        ("{pt=}", "{pt!r}"),
        ("{{}}", "{{ }}"),
        ("import numpy as np", "import numpy as np, os"),
        ("import numpy as np", "import cupy as np"),
        ('"mu": 1, "e": 2', '"e": 2, "mu": 1'),
        ("[x for x in rest if x]", "{x for x in rest if x}"),
        ("(OSError, ValueError)", "(OSError,)"),
        ("except*", "except"),
        ("case [1, *_]", "case [1, _]"),
        ("case None | -1", "case True | -1"),
        ("case None | -1", "case -1"),
        ("b\"\\x00\"", "'\\x00'"),
        ("::2]", ":2:]"),
        ("1j", "1.0"),
        ("-0.0", "0.0"),
        ("class Jet(list[int]):", "class Jet(list[float]):"),
        ("class Jet(list[int]):", "class Jet(list[int], metaclass=type):"),
        ("pt: float = 1.0", "pt: float = 2.0"),
        ("@property\n", "@staticmethod\n"),
        ("global COUNT", "nonlocal COUNT"),
        ("async for", "for"),
        ("await part", "part"),
        ("    declared: str\n", ""),
        ("raise group", "raise"),
        ("    finally:\n        del local, chosen\n", ""),
        ("sep=\"\", end", "end"),
        ("*rest: int, strict", "rest=1, *, strict"),
        ("    elif (chosen", "    if (chosen"),
    ],
)  # fmt: skip
def test_every_change_of_meaning_counts(old: str, new: str) -> None:
    assert digest(edited(old, new)) != digest(SOURCE)


@pytest.mark.parametrize(
    "source",
    [
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int = 1\n",
        "from dataclasses import dataclass as d\n@d(frozen=True)\nclass A:\n    x: int = 1\n",
        "from pydantic import BaseModel\nclass A(BaseModel):\n    x: int = 1\n",
        "from typing import NamedTuple\nclass A(NamedTuple):\n    x: int = 1\n",
        "import attrs\n@attrs.define\nclass A:\n    x: int = 1\n",
        "class A(Base):\n    if True:\n        x: int = 1\n",
        "@register\nclass A:\n    def f(self, x: int): ...\n",
        "@register\ndef f(x: int): ...\n",
        "@register\ndef f() -> int: ...\n",
        "property = register\nclass A:\n    @property\n    def f(self) -> int: ...\n",
        "from functools import cache\nfrom fast import cache\n@cache\ndef f(x: int): ...\n",
        "import typing\ndef f(x: int): ...\nprint(typing.get_type_hints(f))\n",
        "import inspect\ndef f(x: int): ...\nprint(inspect.signature(f))\n",
        "def f(x: int): ...\nprint(f.__annotations__)\n",
        "x: int = 1\nprint(__annotations__)\n",
        "class A:\n    x: int\n    def f(self): return getattr(self, '__annotations__')\n",
        *(["def f[T: int](x: T): ...\n", "type A = int\n"] if sys.version_info >= (3, 12) else []),
    ],
)
def test_annotations_that_something_may_evaluate_count(source: str) -> None:
    assert digest(source) != digest(source.replace("int", "float"))


@pytest.mark.parametrize(
    "source",
    [
        "x: int = 1\n",
        "x: int\n",
        "class A:\n    x: int = 1\n    def f(self, a: int, *b: int, **c: int) -> int: ...\n",
        "import caselaw\nclass A(caselaw.Task):\n    x: int = 1\n    def run(self) -> int: ...\n",
        "class A(Base):\n    def f(self, x: int): ...\n",
        "import functools as ft\n@ft.cache\ndef f(x: int): ...\n",
        "class A:\n    @property\n    def f(self): ...\n    @f.setter\n    def f(self, x: int): ...\n",
        "class A:\n    @staticmethod\n    def f(x: int): ...\n",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    def f(self, x: int): ...\n",
        "def f():\n    x: int = 1\n    self.y: int = 2\n",
        "def f():\n    x: int\n",
        "@register\ndef f():\n    x: int = 1\n",
    ],
)
def test_annotations_that_nothing_evaluates_do_not_count(source: str) -> None:
    assert digest(source) == digest(source.replace("int", "float"))


def test_docstrings_count_in_a_module_that_reads_docstrings() -> None:
    source = 'def f():\n    """Grammar {}."""\nprint(f.__doc__)\n'
    assert digest(source.format("a")) != digest(source.format("b"))
    assert digest(source.format("a\n    b")) == digest(source.format("a  \n    b"))


def test_type_checking_is_recognised_under_all_its_names() -> None:
    plain = "import typing as t\nfrom typing import TYPE_CHECKING as CHECKING\ndef f():\n    return 1\n"
    guarded = """
        import typing as t
        from typing import TYPE_CHECKING as CHECKING
        if CHECKING:
            import a
        def f():
            if t.TYPE_CHECKING:
                import b
            elif CHECKING:
                import c
            if not CHECKING:
                return 1
        """
    assert digest(guarded) == digest(plain)


def test_a_guard_of_the_same_name_that_may_be_true_is_code() -> None:
    source = "TYPE_CHECKING = {}\nif TYPE_CHECKING:\n    import a\n"
    assert digest(source.format("True")) != digest(source.format("True").replace("import a", "import b"))
    assert digest(source.format("False")) == digest(source.format("False").replace("import a", "import b"))


def test_an_encoding_cookie_and_a_byte_order_mark_are_looks() -> None:
    expected = syntax_digest('x = "é"\n'.encode())
    assert syntax_digest('# -*- coding: latin-1 -*-\nx = "é"\n'.encode("latin-1")) == expected
    assert syntax_digest('x = "é"\n'.encode("utf-8-sig")) == expected


@pytest.mark.parametrize("source", [b"x = 1\ndef f(:\n    pass\n", b"x = 1\ny = '\xff'\n", b"\n\x00"])
def test_source_that_cannot_be_parsed_is_an_error_that_names_it(source: bytes) -> None:
    with pytest.raises(FingerprintError, match=r"jets\.py(:\d)?: first-party source cannot be parsed"):
        syntax_digest(source, "analysis/jets.py")


def test_very_deep_expressions_are_no_problem() -> None:
    terms = [f"x{n}" for n in range(1500)]
    one = digest("y = " + " + ".join(terms))
    assert one != digest("y = " + " + ".join([*terms[:-1], "z"]))
    chain = "".join(f"elif x == {n}:\n    y = {n}\n" for n in range(300))
    assert digest(f"if x:\n    pass\n{chain}") != digest(f"if x:\n    pass\n{chain}else:\n    y = 1\n")


names = st.sampled_from(["a", "b", "c"])
atoms = names | st.integers(0, 3).map(str) | st.sampled_from(["'a'", "b'a'", "None", "True", "1.0", "..."])
expressions = st.recursive(
    atoms,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "<", "and", "if a else"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        )
        | st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, max_size=3).map(lambda items: f"f({', '.join(items)})")
        | st.tuples(names, inner).map(lambda parts: f"(lambda {parts[0]}: {parts[1]})")
        | inner.map(lambda text: f"({text}).a")
        | inner.map(lambda text: f"(not {text})")
    ),
    max_leaves=6,
)


@given(expressions, expressions)
def test_expressions_share_a_digest_exactly_when_they_are_the_same(one: str, two: str) -> None:
    assert (digest(f"x = {one}\n") == digest(f"x = {two}\n")) == (one == two)

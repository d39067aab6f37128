"""Canonical bytes of values: what is told apart, what is the same, and digests that must never change."""

from __future__ import annotations

import datetime
import enum
import math
import re
import time
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from caselaw.errors import FingerprintError
from caselaw.fingerprint import branch_digests, digest, encode, short


class Shift(enum.Enum):
    NOMINAL = "nominal"
    UP = "up"


class Region(enum.IntEnum):
    ONE_TAG = 1


class Corrections(enum.Flag):
    JES = enum.auto()
    JER = enum.auto()


class Opaque:
    """Has no encoding of its own."""


class Hook(enum.Enum):
    FIRST = (1, Opaque())
    SECOND = (2, Opaque())


@dataclass(frozen=True)
class Cuts:
    pt: float = 30.0
    names: tuple[str, ...] = ("e", "mu")


@dataclass
class OtherCuts:
    pt: float = 30.0
    names: tuple[str, ...] = ("e", "mu")


@dataclass
class Holder:
    content: Any
    more: dict[str, Any] = field(default_factory=dict)


class Model(BaseModel):
    model_config = ConfigDict(extra="allow")
    pt: float = 30.0
    region: Region = Region.ONE_TAG


class Point(NamedTuple):
    x: int
    y: int


class MarkedText(str):
    """As YAML loaders make them: a text that knows its line."""

    line = 3


# Digests of the scheme. If one changes, every output of every user is made again: raise SCHEME, knowingly.
PINNED = [
    (None, "9470c97f9480464f"),
    (True, "f29f7fba71f8496b"),
    (False, "1e088a2a0ea4ae11"),
    (0, "56c26a4cd7bf50e3"),
    (1, "668ba251355fb7e1"),
    (-1, "380201e66a38a494"),
    (2**64, "c8d10217f61f6192"),
    (1.0, "f5e35e9d52127177"),
    (-0.0, "16f94cd6d17b5ad0"),
    (math.inf, "c45a29e9349e4926"),
    (math.nan, "9f2324027fbb35ad"),
    (1j, "07d2cb189043d523"),
    ("", "43ad89e48200c498"),
    ("ttbar", "e0c25a3fb4a00f60"),
    ("é", "7e8990f4e1a0c135"),
    (b"ttbar", "3868d46d26ddbdc8"),
    ((1, 2), "027da85f84c2466d"),
    ([1, [2, [3]]], "b754e636edd5eba5"),
    ({"pt": 30.0, "eta": 2.1}, "e60cf017f4f47ade"),
    ({"b", "a"}, "d0d806997c095c36"),
    (Path("data/a.root"), "27878ce6c0d98be2"),
    (datetime.date(2016, 1, 1), "9b11b201ec3f4156"),
    (datetime.datetime(2016, 1, 1, 12, 30), "95f2a254a1db7792"),
    (datetime.timedelta(hours=1), "054ee4aed44c576c"),
    (Decimal("0.10"), "08905d79f46c1adb"),
    (range(0, 10, 2), "1b6d587ae5b726e5"),
    (np.arange(3), "165c8d4541d9d3d1"),
    (np.float32(0.5), "a3c4c235ef1cd001"),
]


def same(a: object, b: object) -> bool:
    return encode(a) == encode(b)


@pytest.mark.parametrize(
    "values",
    [
        (1, 1.0, True, "1", b"1", Decimal(1), np.int64(1), np.int32(1), np.float64(1), Region.ONE_TAG, (1,)),
        (0.0, -0.0, 0, False, None, "", (), {}, frozenset(), b"", np.float32(0)),
        (math.inf, -math.inf, math.nan, "inf", "nan"),
        ("a", b"a", Path("a"), ("a",), {"a"}, {"a": None}),
        (("a", "b"), ("b", "a"), ("ab",), (("a",), "b"), ("a", ("b",)), {"a": "b"}, {"a", "b"}),
        ({1: "a"}, {"1": "a"}, {1.0: "a"}, {(1,): "a"}),
        ("é", "e\u0301", "É"),
        (Shift.UP, Shift.NOMINAL, "up", "UP", "Shift.UP"),
        (Corrections.JES, Corrections.JER, Corrections.JES | Corrections.JER, Corrections(0)),
        (Hook.FIRST, Hook.SECOND),
        (Cuts(), Cuts(pt=31), OtherCuts(), {"pt": 30.0, "names": ("e", "mu")}),
        (Model(), Model(pt=31), Model(more=1), Model(more=None)),
        (Point(1, 2), Point(2, 1), (1, 2)),
        (datetime.date(2016, 1, 1), datetime.datetime(2016, 1, 1), "2016-01-01", datetime.time(0)),
        (
            datetime.datetime(2016, 1, 1),
            datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC),
            datetime.datetime(2016, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
            datetime.datetime(2016, 1, 1, fold=1),
        ),
        (datetime.timedelta(days=1), datetime.timedelta(microseconds=1), 86400),
        (Decimal("1.0"), Decimal("1.00"), 1.0),
        (range(3), slice(3), slice(0, 3), slice(0, 3, 1), [0, 1, 2]),
        (1j, 1, 1 + 1j, -1j),
        ("\ud83d\ude00", "\U0001f600"),
        (np.arange(4), np.arange(4.0), np.arange(4).reshape(2, 2), [0, 1, 2, 3], np.arange(4, dtype="i2")),
        (np.array(["a", "b"]), np.array([b"a", b"b"]), np.array(["a", "b"], dtype=object), ["a", "b"]),
        (np.datetime64("2016-01-01"), np.datetime64("2016-01-01", "ns"), datetime.date(2016, 1, 1)),
        (10**5000, 10**5000 + 1, -(10**5000)),
    ],
)
def test_values_that_differ_have_different_encodings(values: tuple[Any, ...]) -> None:
    encodings = {encode(value) for value in values}
    assert len(encodings) == len(values)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((1, 2), [1, 2]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, OrderedDict(a=1)),
        ({"a": 1}, MappingProxyType({"a": 1})),
        ({1, 2, 3}, frozenset({3, 2, 1})),
        ({"a": 1}.keys(), {"a"}),
        ("a", MarkedText("a")),
        (np.str_("a"), "a"),
        (Path("a/b"), PurePosixPath("a/b")),
        (math.nan, -math.nan),
        (np.arange(6).reshape(2, 3).T, np.array([[0, 3], [1, 4], [2, 5]])),
        (np.arange(3, dtype=">f8"), np.arange(3, dtype="<f8")),
        (Model(), Model(pt=30.0)),
    ],
)
def test_values_that_mean_the_same_have_one_encoding(a: object, b: object) -> None:
    assert same(a, b)


def test_an_ordered_dict_of_luigi_is_a_mapping() -> None:
    from luigi import freezing

    assert same(freezing.FrozenOrderedDict([("b", 1), ("a", 2)]), {"a": 2, "b": 1})


def test_a_class_of_the_same_name_elsewhere_is_another_class() -> None:
    first, second = namedtuple("Pair", "a"), namedtuple("Pair", "a", module="elsewhere")
    assert not same(first(1), second(1))


def test_padding_of_records_does_not_count() -> None:
    record = np.dtype([("flag", "i1"), ("pt", "f8")], align=True)
    a, b = np.zeros(3, record), np.empty(3, record)
    b.view("u1")[:] = 255
    b["flag"], b["pt"] = 0, 0
    assert a.tobytes() != b.tobytes()
    assert same(a, b)
    assert not same(a, np.zeros(3, [("flag", "i1"), ("px", "f8")]))


numbers = st.booleans() | st.integers() | st.floats() | st.decimals()
plain = st.recursive(
    st.none() | numbers | st.text() | st.binary() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
        | st.frozensets(st.text(max_size=3) | st.integers() | st.booleans(), max_size=4)
    ),
    max_leaves=12,
)


def model(value: Any) -> Any:
    """An independent notion of equality: nested tuples of type names and exact texts."""
    if isinstance(value, dict):
        return ("dict", frozenset((model(key), model(item)) for key, item in value.items()))
    if isinstance(value, frozenset):
        return ("set", frozenset(model(item) for item in value))
    if isinstance(value, list):
        return ("list", tuple(model(item) for item in value))
    return (type(value).__name__, value.hex() if isinstance(value, float) else str(value))


@given(plain, plain)
def test_encodings_are_equal_exactly_when_values_are(a: Any, b: Any) -> None:
    assert (encode(a) == encode(b)) == (model(a) == model(b))


@given(st.lists(plain, max_size=4), st.lists(plain, max_size=4))
def test_no_encoding_begins_another_and_parts_cannot_be_shifted(a: list[Any], b: list[Any]) -> None:
    assert (b"".join(map(encode, a)) == b"".join(map(encode, b))) == (model(a) == model(b))
    assert (digest(*a) == digest(*b)) == (model(a) == model(b))


@given(st.dictionaries(st.text(), st.integers()), st.randoms())
def test_the_order_of_keys_does_not_matter(values: dict[str, int], random: Any) -> None:
    items = list(values.items())
    random.shuffle(items)
    assert encode(dict(items)) == encode(values)


@pytest.mark.parametrize(
    ("value", "place", "message"),
    [
        (object(), "value", "values of type builtins.object"),
        ({"cuts": [1, object()]}, r"value\['cuts'\]\[1\]", "values of type builtins.object"),
        (Holder(Cuts, {}), "value.content", r"a class \(.*Cuts\)"),
        ([len], r"value\[0\]", r"a callable \(builtins.builtin_function_or_method\)"),
        ({"f": lambda: 1}, r"value\['f'\]", "caselaw.resolve"),
        ((i for i in range(3)), "value", "generator"),
        (np.ma.masked_array([1], mask=[True]), "value", "MaskedArray"),
        (np.longdouble(1), "value", "numpy"),
        (np.array([object()]), "value", "numpy.ndarray"),
    ],
)
def test_a_value_without_encoding_is_an_error_that_names_type_and_place(
    value: object, place: str, message: str
) -> None:
    with pytest.raises(FingerprintError, match=message) as error:
        encode(value)
    assert re.fullmatch(place, str(error.value.where))


def test_a_value_that_contains_itself_is_an_error() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(FingerprintError, match="contains itself"):
        encode(loop)


def test_a_timestamp_with_more_than_datetime_holds_is_refused() -> None:
    import pandas

    with pytest.raises(FingerprintError, match="Timestamp"):
        encode(pandas.Timestamp("2016-01-01"))


def test_names_carry_80_bits() -> None:
    assert short(digest("a")) == digest("a")[:20]
    assert len(digest("a")) == 64


def test_branch_digests_are_the_digests_of_prefix_value_and_inputs() -> None:
    values, inputs = ["a", 1, None], [("x",), ("x", "y"), ()]
    expected = [digest("prefix", value, of_inputs) for value, of_inputs in zip(values, inputs, strict=True)]
    assert branch_digests("prefix", values, inputs) == expected
    with pytest.raises(ValueError, match="zip"):
        branch_digests("prefix", [1, 2], [()])


def test_the_fingerprint_of_a_branch_costs_microseconds() -> None:
    inputs = [("c" * 20, "d" * 20)] * 2000
    started = time.process_time()
    branch_digests("p" * 64, range(2000), inputs)
    assert (time.process_time() - started) / 2000 < 100e-6  # ten times what it takes: machines differ


@pytest.mark.parametrize(("value", "expected"), PINNED, ids=lambda v: str(v)[:30])
def test_digests_of_values_never_change(value: object, expected: str) -> None:
    assert digest(value)[:16] == expected

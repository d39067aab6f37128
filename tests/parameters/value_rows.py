"""Parameters, values that somebody gives them, and what their task holds: None stands for a refusal."""

from __future__ import annotations

import datetime as dt
import enum
from pathlib import Path
from typing import Any

import law
import luigi
import numpy as np
from luigi import date_interval
from luigi.freezing import FrozenOrderedDict

REFUSED = object()


class Mode(enum.Enum):
    NARROW = 1
    WIDE = 2


class Channel(str, enum.Enum):  # noqa: UP042  its text is not its value
    MUON = "mu"


class Flavour(enum.StrEnum):
    BOTTOM = "b"


class NamesParameter(luigi.Parameter):
    """Values are sets, and the text has no order of its own."""

    def parse(self, text: str) -> frozenset[str]:
        return frozenset(text.split(","))

    def serialize(self, value: Any) -> str:
        return ",".join(value)


class MutableNamesParameter(NamesParameter):
    def parse(self, text: str) -> Any:
        return set(text.split(","))


class UpperParameter(luigi.Parameter):
    def parse(self, text: str) -> str:
        return text.upper()


class LowerTextParameter(luigi.Parameter):
    """Loses something on the way."""

    def serialize(self, value: Any) -> str:
        return str(value).lower()


class RoundedParameter(luigi.FloatParameter):
    def serialize(self, value: Any) -> str:
        return f"{value:.2f}"


class GrowingParameter(luigi.Parameter):
    """No value is what it was before."""

    def parse(self, text: str) -> str:
        return f"{text}x"


def items(**values: Any) -> FrozenOrderedDict:
    return FrozenOrderedDict(values)


WEEK = date_interval.Week(2020, 3)
LIST, DICT, CSV = luigi.ListParameter, luigi.DictParameter, law.CSVParameter

ROWS: list[tuple[luigi.Parameter, Any, Any]] = [
    # texts
    (luigi.Parameter(), "a", "a"),
    (luigi.Parameter(), "ü\n ", "ü\n "),
    (luigi.Parameter(), "None", "None"),
    (luigi.Parameter(), 2018, "2018"),
    (luigi.Parameter(), 1.5, "1.5"),
    (luigi.Parameter(), np.int64(3), "3"),
    (luigi.Parameter(), Path("a/b"), "a/b"),
    (luigi.StrParameter(), 2018, "2018"),
    (luigi.Parameter(), True, REFUSED),
    (luigi.Parameter(), None, REFUSED),
    (luigi.Parameter(), b"a", REFUSED),
    (luigi.Parameter(), (1, 2), REFUSED),
    (luigi.Parameter(), {"a": 1}, REFUSED),
    (luigi.Parameter(), Mode.WIDE, REFUSED),
    (luigi.Parameter(), Channel.MUON, REFUSED),
    (luigi.Parameter(), Flavour.BOTTOM, "b"),
    (luigi.Parameter(), "", REFUSED),
    (luigi.Parameter(default="x"), "", REFUSED),
    (luigi.Parameter(default=""), "", ""),
    (law.Parameter(default="x", parse_empty=True), "", ""),
    (law.Parameter(default=law.NO_STR), law.NO_STR, "NO_STR"),
    (luigi.Parameter(default=None), None, None),
    (luigi.Parameter(default=None), "None", None),
    (luigi.Parameter(default=5), 5, REFUSED),
    (luigi.Parameter(default=False), False, REFUSED),
    (luigi.Parameter(default=Path("a")), Path("a"), REFUSED),
    (luigi.OptionalParameter(), None, None),
    (luigi.OptionalParameter(), "None", "None"),
    (luigi.OptionalParameter(), "", None),
    (luigi.OptionalParameter(default="x"), None, REFUSED),
    # numbers
    (luigi.IntParameter(), 1, 1),
    (luigi.IntParameter(), "1", 1),
    (luigi.IntParameter(), np.int64(1), 1),
    (luigi.IntParameter(), 10**30, 10**30),
    (luigi.IntParameter(), 1.0, REFUSED),
    (luigi.IntParameter(), True, REFUSED),
    (luigi.IntParameter(), None, REFUSED),
    (luigi.IntParameter(default=None), None, None),
    (luigi.IntParameter(default=law.NO_INT), law.NO_INT, -1),
    (luigi.OptionalIntParameter(), None, None),
    (luigi.OptionalIntParameter(), 1, 1),
    (luigi.FloatParameter(), 1.5, 1.5),
    (luigi.FloatParameter(), 1, 1.0),
    (luigi.FloatParameter(), "1e3", 1000.0),
    (luigi.FloatParameter(), -0.0, -0.0),
    (luigi.FloatParameter(), float("nan"), float("nan")),
    (luigi.FloatParameter(), float("inf"), float("inf")),
    (luigi.FloatParameter(), np.float32(0.1), 0.1),
    (luigi.FloatParameter(), True, REFUSED),
    (luigi.FloatParameter(), None, REFUSED),
    (luigi.OptionalFloatParameter(), None, None),
    (luigi.NumericalParameter(var_type=float, min_value=0, max_value=9), 1, 1.0),
    (luigi.NumericalParameter(var_type=float, min_value=0, max_value=9), 99, REFUSED),
    (luigi.BoolParameter(), True, True),
    (luigi.BoolParameter(), "true", True),
    (luigi.BoolParameter(), np.bool_(True), True),
    (luigi.BoolParameter(), 1, REFUSED),
    (luigi.BoolParameter(), "yes", REFUSED),
    (luigi.BoolParameter(), None, REFUSED),
    (luigi.OptionalBoolParameter(), None, None),
    (law.OptionalBoolParameter(default=None), None, None),
    (law.OptionalBoolParameter(default=None), "yes", True),
    # choices
    (luigi.ChoiceParameter(choices=["a", "b"]), "a", "a"),
    (luigi.ChoiceParameter(choices=[1, 2], var_type=int), 1, 1),
    (luigi.ChoiceParameter(choices=[1, 2], var_type=int), 1.0, REFUSED),
    (luigi.ChoiceParameter(choices=[1, 2], var_type=int), True, REFUSED),
    (luigi.ChoiceListParameter(choices=["a", "b"]), ["b", "a"], ("b", "a")),
    (luigi.ChoiceListParameter(choices=[1, 2], var_type=int), (1,), REFUSED),
    (luigi.EnumParameter(enum=Mode), Mode.WIDE, Mode.WIDE),
    (luigi.EnumParameter(enum=Mode), "WIDE", Mode.WIDE),
    (luigi.EnumParameter(enum=Mode), 2, REFUSED),
    (luigi.EnumListParameter(enum=Mode), [Mode.WIDE], (Mode.WIDE,)),
    (luigi.EnumListParameter(enum=Mode, default=()), (), ()),
    # times
    (luigi.DateParameter(), dt.date(2020, 1, 2), dt.date(2020, 1, 2)),
    (luigi.DateParameter(), dt.datetime(2020, 1, 2, 3), dt.date(2020, 1, 2)),
    (luigi.DateParameter(default=None), None, None),
    (luigi.MonthParameter(), dt.date(2020, 1, 2), dt.date(2020, 1, 1)),
    (luigi.YearParameter(), dt.date(2020, 3, 2), dt.date(2020, 1, 1)),
    (luigi.DateHourParameter(), dt.datetime(2020, 1, 2, 3, 4), dt.datetime(2020, 1, 2, 3)),
    (luigi.DateMinuteParameter(), dt.datetime(2020, 1, 2, 3, 4), dt.datetime(2020, 1, 2, 3, 4)),
    (luigi.DateSecondParameter(), dt.datetime(2020, 1, 2, 3, 4, 5), dt.datetime(2020, 1, 2, 3, 4, 5)),
    (luigi.DateIntervalParameter(), WEEK, WEEK),
    (luigi.TimeDeltaParameter(), dt.timedelta(hours=3), dt.timedelta(hours=3)),
    (luigi.TimeDeltaParameter(), "3 h", dt.timedelta(hours=3)),
    (luigi.TimeDeltaParameter(), dt.timedelta(milliseconds=500), REFUSED),
    (luigi.TimeDeltaParameter(), dt.timedelta(days=-1), REFUSED),
    (law.DurationParameter(), 90, 90.0),
    (law.DurationParameter(), "5m", 300.0),
    (law.DurationParameter(unit="h"), 2.5, 2.5),
    (law.DurationParameter(), 0.123456, REFUSED),
    (law.DurationParameter(default=None), None, REFUSED),
    # sequences
    (LIST(), [1, [2, (3,)]], (1, (2, (3,)))),
    (LIST(), [1.0, True, None], (1.0, True, None)),
    (LIST(), [{"b": 1, "a": {"d": 1, "c": 2}}], (items(a=items(c=2, d=1), b=1),)),
    (LIST(), {3, 1, 2}, (1, 2, 3)),
    (LIST(default={"c", "a", "b"}), ("b", "c", "a"), ("a", "b", "c")),
    (LIST(), [], ()),
    (LIST(default=None), None, None),
    (LIST(), [np.int64(1)], REFUSED),
    (LIST(), [Path("a")], REFUSED),
    (LIST(), [{1, 2}], REFUSED),
    (luigi.TupleParameter(), ((1, 2), (3, 4)), ((1, 2), (3, 4))),
    (luigi.TupleParameter(), ({"a": 1},), REFUSED),
    (CSV(), ["b", "a"], ("b", "a")),
    (CSV(), {"b", "a"}, ("a", "b")),
    (CSV(), (1, 2), ("1", "2")),
    (CSV(), 5, ("5",)),
    (CSV(), ("a,b",), REFUSED),
    (CSV(), ("a", ""), REFUSED),
    (CSV(default=()), (), ()),
    (CSV(default=("q",)), (), REFUSED),
    (CSV(cls=luigi.FloatParameter), (2, 1), (2.0, 1.0)),
    (CSV(cls=luigi.IntParameter, sort=True, unique=True), (2, 1, 1), (1, 2)),
    (CSV(brace_expand=True), ("a{1,2}",), REFUSED),
    (law.MultiCSVParameter(), (["a", "b"], ["c"]), (("a", "b"), ("c",))),
    (law.RangeParameter(), [1, 2], (1, 2)),
    (law.RangeParameter(require_end=False), (1, None), (1, None)),
    (law.MultiRangeParameter(), [(1, 2), (3, 4)], ((1, 2), (3, 4))),
    (NamesParameter(), {"b", "a"}, frozenset("ab")),
    (NamesParameter(), ["b", "a"], frozenset("ab")),
    (MutableNamesParameter(), {"b", "a", "c"}, ("a", "b", "c")),
    # mappings
    (DICT(), {1: 2}, items(**{"1": 2})),
    (DICT(), {True: 1, None: 2}, items(null=2, true=1)),
    (DICT(), {"b": 1, "a": [1, 2]}, items(a=(1, 2), b=1)),
    (DICT(), {}, items()),
    (DICT(), {1: 1, "1": 2}, REFUSED),
    (DICT(), {(1, 2): 3}, REFUSED),
    (DICT(), {"a": {1}}, REFUSED),
    # others
    (luigi.PathParameter(), "a/b", Path("a/b")),
    (luigi.OptionalPathParameter(), None, None),
    (law.BytesParameter(), "1 GB", 1024.0),
    (law.NotifyMailParameter(), True, True),
    (UpperParameter(), "abc", "ABC"),
    (LowerTextParameter(), "ABC", REFUSED),
    (RoundedParameter(), 1.25, 1.25),
    (RoundedParameter(), 1.234, REFUSED),
    (GrowingParameter(), "a", REFUSED),
]

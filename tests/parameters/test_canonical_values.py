"""A value counts, and is in the task, as it is after its way through the command line; else it is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from typing import Any

import law
import luigi
import pytest
from value_rows import REFUSED, ROWS

import caselaw
from caselaw.errors import TaskError
from caselaw.fingerprint import digest
from caselaw.fingerprint.encoding import encode
from caselaw.parameters import text_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*is not of type"),
    pytest.mark.filterwarnings("ignore:.*is not of any type"),
]
numbers = count()


def task_class(**parameters: Any) -> Any:
    """A task class with these parameters, of a family of its own."""
    return type(caselaw.Task)(f"Made{next(numbers)}", (caselaw.Task,), {"__module__": __name__, **parameters})


def name_of_row(row: tuple[luigi.Parameter, Any, Any]) -> str:
    parameter, given, _ = row
    default = getattr(parameter, "_default", None)
    shown = "" if default is luigi.parameter._no_value else f" default {default!r}"
    return f"{type(parameter).__module__.partition('.')[0]} {type(parameter).__name__}{shown}: {given!r}"


@pytest.mark.parametrize("row", ROWS, ids=name_of_row)
def test_value_is_what_the_command_line_gives_or_is_refused(row: tuple[luigi.Parameter, Any, Any]):
    parameter, given, expected = row
    cls = task_class(p=parameter)
    if expected is REFUSED:
        with pytest.raises(TaskError, match=r"parameter 'p'") as refusal:
            cls(p=given)
        assert cls.__name__ in str(refusal.value)
        return
    task = cls(p=given)
    assert type(task.p) is type(expected)
    assert encode(task.p) == encode(expected)
    assert task.param_kwargs["p"] is task.p
    text = text_of(parameter, task.p)
    if text and not (expected is None and type(parameter) in (luigi.IntParameter, luigi.DateParameter)):
        again = cls.from_str_params({"p": text})
        assert digest(again.significant_parameters) == digest(task.significant_parameters), "the command line"
        assert list_of(again.p) == list_of(task.p), "in one order"
    assert cls.req(task).significant_parameters.keys() == task.significant_parameters.keys()
    assert encode(cls.req(task).p) == encode(expected), "handed on to another task"


def list_of(value: Any) -> Any:
    return [list(value)] if isinstance(value, luigi.freezing.FrozenOrderedDict) else repr(value)


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        (luigi.FloatParameter, [0.0, -0.0]),
        (luigi.ListParameter, [[1], [1.0], [True]]),
        (luigi.ListParameter, [[0.0], [-0.0]]),
        (luigi.DictParameter, [{"a": 1}, {"a": True}, {"a": 1.0}]),
        (luigi.TupleParameter, [(1, 2), (1.0, 2)]),
    ],
)
def test_values_that_compare_equal_make_tasks_of_their_own(parameter: type[luigi.Parameter], values: list[Any]):
    cls = task_class(p=parameter())
    forwards = [cls(p=value) for value in values]
    other = task_class(p=parameter())
    backwards = [other(p=value) for value in reversed(values)][::-1]
    assert len({id(task) for task in forwards}) == len(values)
    assert len({task.task_id for task in forwards}) == len(values)
    for one, two, value in zip(forwards, backwards, values, strict=True):
        assert repr(one.p) == repr(two.p)
        assert encode(one.significant_parameters) == encode(two.significant_parameters)
        assert cls(p=value) is one, "equal values of equal type are still one task"


@pytest.mark.parametrize("first", [1, 1.0, "1"])
def test_who_asked_first_makes_no_difference(first: Any):
    cls = task_class(fl=luigi.FloatParameter(), hidden=luigi.FloatParameter(default=0.5, significant=False))
    cls(fl=first, hidden=first)
    for value in (1, 1.0, "1"):
        task = cls(fl=value, hidden=value)
        assert (repr(task.fl), repr(task.hidden)) == ("1.0", "1.0")


def test_the_way_of_req_and_the_command_line_are_one_task():
    cls = task_class(fl=luigi.FloatParameter(), d=luigi.DictParameter(), year=luigi.Parameter())
    upstream = task_class()()
    required = cls.req(upstream, fl=1, d={1: 2}, year=2018)
    assert required is cls.from_str_params({"fl": "1", "d": '{"1": 2}', "year": "2018"})
    assert (required.fl, dict(required.d), required.year) == (1.0, {"1": 2}, "2018")


def test_mapping_comes_in_one_order_whoever_gave_it_first():
    cls = task_class(d=luigi.DictParameter())
    assert [list(cls(d=d).d) for d in ({"b": 1, "a": 2}, {"a": 2, "b": 1})] == [["a", "b"], ["a", "b"]]


def test_insignificant_value_that_has_no_way_is_left_alone():
    marker = object()
    cls = task_class(inst=luigi.Parameter(default=None, significant=False), n=luigi.IntParameter())
    task = cls(inst=marker, n=1)
    assert task.inst is marker
    assert task.significant_parameters == {"n": 1}


def test_values_that_a_hook_changes_are_canonical_too():
    def modify_param_values(cls: Any, params: dict[str, Any]) -> dict[str, Any]:
        return {**params, "fl": params["n"] * 2}

    cls = task_class(
        n=luigi.IntParameter(),
        fl=luigi.FloatParameter(default=0.0),
        modify_param_values=classmethod(modify_param_values),
    )
    assert repr(cls(n=1).fl) == "2.0"


def test_value_that_init_sets_counts_or_is_refused():
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        caselaw.Task.__init__(self, *args, **kwargs)
        self.p = self.p + self.p

    good, bad = task_class(p=luigi.Parameter(), __init__=init), task_class(p=luigi.FloatParameter(), __init__=init)
    assert good(p="a").significant_parameters == {"p": "aa"}
    assert bad(p=2.0).significant_parameters == {"p": 4.0}
    task = bad(p=2.0)
    task.p = 4
    with pytest.raises(TaskError, match=r"set to 4, which is 4\.0"):
        _ = task.significant_parameters


def test_hidden_parameters_tell_tasks_apart():
    cls = task_class(token=luigi.Parameter(visibility=luigi.parameter.ParameterVisibility.HIDDEN))
    one, two = cls(token="one"), cls(token="two")
    assert one != two
    assert one.task_id != two.task_id
    assert "one" not in one.task_id
    assert cls(token="one") == one


def test_default_of_the_configuration_is_what_not_given_means(monkeypatch: pytest.MonkeyPatch):
    cls = task_class(csv=law.CSVParameter(default=()))
    luigi.configuration.get_config().set(cls.get_task_family(), "csv", "a,b")
    try:
        assert cls().csv == ("a", "b")
        with pytest.raises(TaskError, match=r"then it is \('a', 'b'\)"):
            cls(csv=())
    finally:
        luigi.configuration.get_config().remove_section(cls.get_task_family())


SETS = """
import json, caselaw, law, luigi
class T(caselaw.Task):
    names = law.CSVParameter(default=())
    listed = luigi.ListParameter(default={"tau", "mu", "el", "nu"})
words = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"}
task = T(names=words)
values = caselaw.over(words).values, caselaw.over({word: 1 for word in words}).values
values += caselaw.over({word: 1 for word in words}.keys()).values, caselaw.over({1.5, "a", None, (1, 2)}).values
print(json.dumps([task.task_id, task.names, task.listed, values]))
"""


def test_sets_come_in_the_same_order_in_every_process():
    def told(seed: int) -> Any:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        done = subprocess.run([sys.executable, "-c", SETS], env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert told(1) == told(2) == told(3)
    assert told(1)[1] == sorted(told(1)[1])

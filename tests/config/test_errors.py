"""Errors say what, where and what to do, and survive the way from a worker process."""

from __future__ import annotations

import inspect
import pickle

import pytest

from caselaw import errors

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, errors.CaselawError) and each is not errors.BranchesFailed
]


@pytest.mark.parametrize("error_class", CLASSES)
def test_an_error_pickles(error_class: type[errors.CaselawError]) -> None:
    error = error_class("it broke", "law.cfg:3", "mend it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is error_class
    assert str(again) == str(error) == "law.cfg:3: it broke; mend it"
    assert (again.what, again.where, again.advice) == ("it broke", "law.cfg:3", "mend it")


def test_problems_of_a_campaign_pickle() -> None:
    error = errors.CampaignError("the campaign has 2 problems", "x.yaml", "mend it", ("x.yaml:1:1: a", "x.yaml:2:1: b"))
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == "x.yaml: the campaign has 2 problems:\n  x.yaml:1:1: a\n  x.yaml:2:1: b\nmend it"


def test_failed_branches_pickle() -> None:
    error = errors.BranchesFailed("SelectEvents", {3: "ValueError: x"}, 10)
    again = pickle.loads(pickle.dumps(error))
    assert again.failures == {3: "ValueError: x"}
    assert str(again) == str(error)

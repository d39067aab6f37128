"""What a task sees of its campaign."""

from __future__ import annotations

import pickle
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselaw.config import DeclaredConfig, format_keys, load_campaign
from caselaw.errors import CampaignError, ConfigError, UndeclaredKey

TEXT = """\
title: x
luminosity: {value: 10}
cuts:
  a: {column: ht}
  b: {column: pt, high: 7}
scales: {one: 1, two: 2}
"""


@pytest.fixture
def campaign(make_project):
    return load_campaign(make_project(first=TEXT), "first")


def test_declared_keys_and_those_below_are_read(campaign) -> None:
    config = DeclaredConfig(campaign, ("cuts.b", "luminosity", "cuts"), "Task")
    assert config["cuts.b"].high == 7
    assert config["cuts.b.high"] == 7
    assert config["cuts.a.column"] == "ht"
    assert config["luminosity.value"] == 10
    assert config.keys == ("cuts.b", "luminosity", "cuts")
    assert "cuts.b.high" in config
    assert "title" not in config
    assert 3 not in config


@pytest.mark.parametrize("key", ["title", "cuts", "cuts.a", "cuts.bb", "scales.one", "cuts.b_x", "", "luminosity"])
def test_another_key_raises_and_says_what_to_add(campaign, key: str) -> None:
    config = DeclaredConfig(campaign, ("cuts.b", "luminosity.value"), "SelectEvents")
    with pytest.raises(UndeclaredKey) as caught:
        config[key]
    assert str(caught.value) == (
        f"SelectEvents: reads the key '{key}' of its campaign, but declares only: cuts.b, luminosity.value; "
        f'declare it, so that it counts in the fingerprint: config_keys = ("cuts.b", "luminosity.value", "{key}")'
    )


def test_the_proposed_line_is_a_tuple_even_for_one_key(campaign) -> None:
    with pytest.raises(UndeclaredKey, match=r'config_keys = \("title",\)$'):
        DeclaredConfig(campaign, (), "Task")["title"]


def test_an_undeclared_key_is_not_taken_for_a_missing_one(campaign) -> None:
    """A `KeyError` would be swallowed by whoever asks for a default."""
    with pytest.raises(UndeclaredKey) as caught:
        DeclaredConfig(campaign, (), "Task")["title"]
    assert not isinstance(caught.value, LookupError)


def test_a_declared_key_must_exist(campaign) -> None:
    with pytest.raises(
        CampaignError, match=r"configs/first\.yaml: there is no key 'cuts\.c'.*known below 'cuts': a, b"
    ):
        DeclaredConfig(campaign, ("cuts.c",), "Task")


def test_a_missing_key_below_a_declared_one_names_its_neighbours(campaign) -> None:
    with pytest.raises(CampaignError, match=r"no key 'cuts\.b\.hihg'; did you mean 'high'\?"):
        DeclaredConfig(campaign, ("cuts",), "Task")["cuts.b.hihg"]


def test_it_is_read_only(campaign) -> None:
    config = DeclaredConfig(campaign, ("scales", "cuts"), "Task")
    with pytest.raises(TypeError):
        config["scales"] = 1
    with pytest.raises(TypeError):
        config["scales"]["one"] = 3
    with pytest.raises(TypeError):
        config._values["scales"] = 3


def test_it_pickles_without_the_rest_of_the_campaign(campaign) -> None:
    config = DeclaredConfig(campaign, ("cuts.b", "scales"), "Task")
    pickled = pickle.dumps(config)
    assert b"luminosity" not in pickled
    again = pickle.loads(pickled)
    assert again["cuts.b.high"] == 7
    assert again.canonical() == config.canonical()
    assert repr(again).startswith("DeclaredConfig(first: ")
    with pytest.raises(UndeclaredKey, match=r"^Task: "):
        again["title"]
    with pytest.raises(TypeError):
        again["scales"]["one"] = 3


def test_canonical_has_the_declared_keys_only(campaign) -> None:
    config = DeclaredConfig(campaign, ("luminosity.value", "cuts.a"), "Task")
    assert config.canonical() == {
        "luminosity.value": 10.0,
        "cuts.a": {"column": "ht", "low": 0.0, "high": 1.0},
    }


def test_it_is_cheap_to_make(campaign) -> None:
    assert min(timeit.repeat(lambda: DeclaredConfig(campaign, ("cuts.a", "luminosity"), "T"), number=20)) / 20 < 1e-3


# placeholders


def test_placeholders_are_parameters() -> None:
    keys = ("datasets.{dataset}", "fit", "{a}.{b}_x", "runs.{number}")
    params = {"dataset": "ttbar", "a": "x", "b": "y", "number": 3, "unused": "a.b"}
    assert format_keys(keys, params) == ("datasets.ttbar", "fit", "x.y_x", "runs.3")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            "datasets.{datset}",
            "placeholder '{datset}', which is no parameter.*did you mean 'dataset'. parameters: dataset",
        ),
        ("datasets.{}", "placeholder '{}', which is no parameter"),
        ("datasets.{dataset.x}", "placeholder '{dataset.x}', which is no parameter"),
        ("datasets.{dataset!r}", "is no parameter"),
        ("datasets.{dataset:>9}", "is no parameter"),
        ("datasets.{dataset", "unbalanced braces"),
        ("datasets.{dotted}", "parameter 'dotted' is 'a.b' and cannot be part of the key"),
        ("datasets.{empty}", "parameter 'empty' is '' and cannot be part of the key"),
        ("datasets..x", "is not a key"),
        ("", "is not a key"),
    ],
)
def test_a_bad_placeholder_is_an_error(key: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        format_keys((key,), {"dataset": "ttbar", "dotted": "a.b", "empty": ""})


def test_one_text_in_place_of_a_tuple_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r'write a tuple: \("selection",\)'):
        format_keys("selection", {})


@given(st.text(st.characters(exclude_characters="."), min_size=1))
def test_any_value_without_a_dot_is_taken_as_it_is(value: str) -> None:
    assert format_keys(("a.{name}.b",), {"name": value}) == (f"a.{value}.b",)

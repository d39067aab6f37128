"""Loading campaigns, looking into them, and their canonical form."""

from __future__ import annotations

import json
import os
import pickle
import random
import time
from pathlib import Path

import pytest
import yaml
from small_schema import Cut, Luminosity, Small

from caselaw.config import load_campaign
from caselaw.errors import CampaignError, ConfigError

MINIMAL = "title: x\nluminosity: {value: 10}\n"


def refused(project, name="bad") -> str:
    with pytest.raises(CampaignError) as caught:
        load_campaign(project, name)
    return str(caught.value)


def test_values_are_those_of_the_schema(make_project) -> None:
    text = MINIMAL + "cuts:\n  a: {column: ht, high: 5}\nsteps: [3, 1]\nlabels: [b, a]\nruns: {1: 2, 30: 4}\n"
    campaign = load_campaign(make_project(first=text), "first")
    assert campaign.name == "first"
    assert campaign.value("luminosity") == Luminosity(value=10.0)
    assert campaign.value("luminosity.value") == 10.0
    assert isinstance(campaign.value("luminosity.value"), float)
    assert campaign.value("cuts.a") == Cut(column="ht", high=5)
    assert campaign.value("cuts.a.high") == 5.0
    assert campaign.value("steps") == (3, 1)
    assert campaign.value("steps.1") == 1
    assert campaign.value("labels") == {"a", "b"}
    assert campaign.value("runs.30") == 4.0
    assert campaign.value("luminosity.uncertainty") == 0.025, "defaults are there"
    assert isinstance(campaign.content, Small)


def test_without_a_schema_any_mapping_is_read(make_project) -> None:
    text = "a: {b: [1, {c: x}], 7: d}\ne: 1e-3\n'k k/k': null\n"
    campaign = load_campaign(make_project(schema=None, first=text), "first")
    assert campaign.value("a.b.1.c") == "x"
    assert campaign.value("a.7") == "d"
    assert campaign.value("a")["b"][0] == 1
    assert campaign.value("a.b") == (1, {"c": "x"})
    assert campaign.value("e") == 0.001
    assert campaign.value("k k/k") is None


@pytest.mark.parametrize("schema", [None, "small_schema:Small"])
def test_a_campaign_cannot_be_changed(make_project, schema: str | None) -> None:
    campaign = load_campaign(make_project(schema, first=MINIMAL + "scales: {a: 1}\nfree: {x: {y: 1}}\n"), "first")
    for mapping in (campaign.value("scales"), campaign.value("free.x")):
        with pytest.raises(TypeError, match="read-only"):
            mapping["a"] = 2
        for name in ("clear", "popitem"):
            with pytest.raises(TypeError, match="read-only"):
                getattr(mapping, name)()
        with pytest.raises(TypeError, match="read-only"):
            mapping |= {"a": 3}
    assert campaign.value("scales") == {"a": 1}
    with pytest.raises((AttributeError, ValueError)):
        campaign.value("luminosity").value = 3
    with pytest.raises((TypeError, ValueError)):
        campaign.value("luminosity")["value"] = 3


def test_a_campaign_pickles(make_project) -> None:
    campaign = load_campaign(make_project(first=MINIMAL + "scales: {a: 1}\n"), "first")
    again = pickle.loads(pickle.dumps(campaign))
    assert again.content == campaign.content
    with pytest.raises(TypeError):
        again.value("scales")["b"] = 1


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("luminosty", "there is no key 'luminosty'; did you mean 'luminosity'? known at the top: title, luminosity"),
        ("luminosity.valu", "'luminosity.valu'; did you mean 'value'? known below 'luminosity': value, uncertainty"),
        ("luminosity.value.x", "'luminosity.value' is 10.0, nothing stands below it"),
        ("cuts.a", "there is no key 'cuts.a'; 'cuts' is empty, nothing"),
        ("steps.2", "no key 'steps.2'; known below 'steps': 0, 1"),
        ("steps.-1", "no key 'steps.-1'"),
        ("", "there is no key ''"),
        ("luminosity.", "there is no key 'luminosity.'"),
        ("luminosity.model_fields", "there is no key"),
        ("free.a.b", "a name with a dot cannot be part of a key, read the whole 'free'"),
    ],
)
def test_a_missing_key_names_file_and_neighbours(make_project, key: str, words: str) -> None:
    project = make_project(first=MINIMAL + "steps: [1, 2]\nfree: {a.b: 1}\n")
    with pytest.raises(CampaignError) as caught:
        load_campaign(project, "first").value(key)
    assert str(caught.value).startswith("configs/first.yaml: ")
    assert words in str(caught.value)


def test_the_default_campaign_is_that_of_law_cfg(make_project) -> None:
    from dataclasses import replace

    project = make_project(first=MINIMAL)
    assert load_campaign(replace(project, campaign="first")).name == "first"
    with pytest.raises(CampaignError, match=r"no campaign is chosen.*campaigns: first"):
        load_campaign(project)


def test_a_path_is_taken_from_the_current_folder_or_that_of_law_cfg(
    make_project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(first=MINIMAL)
    (folder / "configs" / "sub").mkdir()
    (folder / "configs" / "sub" / "deep.yml").write_text(MINIMAL)
    (folder / "else").mkdir()
    (folder / "else" / "mine.yaml").write_text(MINIMAL)
    assert load_campaign(project, "configs/first.yaml").name == "first"
    assert load_campaign(project, "sub/deep").name == "sub/deep"
    assert load_campaign(project, folder / "else" / "mine.yaml").name == "mine"
    monkeypatch.chdir(folder / "else")
    assert load_campaign(project, "mine.yaml").path == folder / "else" / "mine.yaml"
    assert load_campaign(project, "configs/first.yaml").path == folder / "configs" / "first.yaml"
    monkeypatch.setenv("HOME", str(folder))
    assert load_campaign(project, "~/else/mine.yaml").name == "mine"


def test_a_missing_campaign_lists_those_that_exist(make_project) -> None:
    project = make_project(quickstart=MINIMAL, opendata=MINIMAL, stores="a: {path: b}")
    message = refused(project, "quickstrat")
    assert message == (
        "configs/quickstrat.yaml: there is no campaign 'quickstrat'; "
        "did you mean 'quickstart'? campaigns under configs/: opendata, quickstart"
    )
    assert "there is no campaign 'nowhere/x.yaml'" in refused(project, "nowhere/x.yaml")


def test_an_empty_file_a_folder_and_a_binary_file_are_refused(make_project, folder: Path) -> None:
    project = make_project(
        empty="",
        comment="# x\n",
        nothing="---\n",
        listed="- a\n",
        word="a",
        binary=b"\x00\x01\xff",
        page=b"\xff\xfea\x00",
    )
    (folder / "configs" / "folder.yaml").mkdir()
    assert "configs/empty.yaml:1:1: the file is empty" in refused(project, "empty")
    assert "configs/comment.yaml:1:1: the file is empty" in refused(project, "comment")
    assert "must be a mapping of keys to values, is empty" in refused(project, "nothing")
    assert "configs/listed.yaml:1:1: must be a mapping of keys to values, is a list" in refused(project, "listed")
    assert "must be a mapping of keys to values, is a single value" in refused(project, "word")
    assert "configs/binary.yaml:1:3: byte 0xff is not UTF-8 text" in refused(project, "binary")
    assert "configs/page.yaml:1:1: byte 0xff is not UTF-8 text" in refused(project, "page")
    assert refused(project, "folder").startswith("configs/folder.yaml: is a folder, not a campaign")
    assert refused(project, folder / "configs").startswith("configs: is a folder, not a campaign")


def test_a_file_that_the_system_refuses_is_refused(make_project, folder: Path) -> None:
    project = make_project(bad=MINIMAL)
    (folder / "configs" / "bad.yaml").unlink()
    (folder / "configs" / "bad.yaml").symlink_to("/proc/self/mem")  # no error is kept from root but this
    assert "cannot be read: Input/output error" in refused(project)


def test_python_objects_are_never_made(make_project, folder: Path) -> None:
    project = make_project(bad=MINIMAL + f"notes: !!python/object/apply:pathlib.Path.touch [{folder}/pwned]\n")
    assert "configs/bad.yaml:3:8: notes: tag '!!python/object/apply:pathlib.Path.touch' is not allowed" in refused(
        project
    )
    assert not (folder / "pwned").exists()


def test_all_problems_of_a_file_are_told_at_once(make_project) -> None:
    text = """\
titel: x
luminosity:
  value: -3
  uncertainty: much
scales: {a: 0, b: 1, b: 2}
cuts:
  one: {column: ht, low: 5}
  two: {low: 1}
mode: slow
colour: [red]
choice: {column: x, high: y}
fit: 3
"""
    with pytest.raises(CampaignError) as caught:
        load_campaign(make_project(bad=text), "bad")
    assert list(caught.value.problems) == [
        "configs/bad.yaml:1:1: titel: unknown key, did you mean 'title'? (known: title, luminosity, scales, cuts, "
        "steps, choice, mode, colour, labels, folder, runs, notes, free, fit)",
        "configs/bad.yaml:1:1: title: is missing",
        "configs/bad.yaml:3:10: luminosity.value: must be greater than 0 (got -3)",
        "configs/bad.yaml:4:16: luminosity.uncertainty: must be a number (got 'much')",
        "configs/bad.yaml:5:13: scales.a: must be greater than 0 (got 0)",
        "configs/bad.yaml:5:22: scales.b: the key is given twice (first on line 5)",
        "configs/bad.yaml:7:26: cuts.one.low: 'low' must be below 'high'",
        "configs/bad.yaml:8:3: cuts.two.column: is missing",
        "configs/bad.yaml:9:7: mode: must be 'fast' or 'full' (got 'slow')",
        "configs/bad.yaml:10:1: colour: must be 'red' or 'blue' (got a list of 1)",
        "configs/bad.yaml:11:27: choice.high: must be a number (got 'y')",
        "configs/bad.yaml:12:6: fit: must be a list (got 3)",
    ]
    assert str(caught.value).startswith("configs/bad.yaml: the campaign has 12 problems:\n  configs/bad.yaml:1:1: ")


def test_a_validator_may_name_its_places(make_project) -> None:
    text = MINIMAL + "cuts: {a: {column: x}}\nfit:\n  - a\n  - b\n  - c\n"
    message = refused(make_project(bad=text))
    assert "configs/bad.yaml:6:5: fit.1: 'b' is no cut" in message
    assert "configs/bad.yaml:7:5: fit.2: 'c' is no cut" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("datasets: {a: {process: x}, b: {process: y}, c: {process: y}}", "1:42: datasets.b.process"),
        ("datasets: {a: {process: x}}\nchannels:\n  - a\n  - q\n", "4:5: channels.1"),
    ],
)
def test_a_validator_that_quotes_names_is_understood(make_project, folder: Path, text: str, expected: str) -> None:
    (folder / "quoting_schema.py").write_text(QUOTING_SCHEMA)
    message = refused(make_project("quoting_schema:Quoting", bad=text))
    assert f"configs/bad.yaml:{expected}: " in message


QUOTING_SCHEMA = """
from pydantic import BaseModel, model_validator

class Dataset(BaseModel):
    process: str

class Quoting(BaseModel):
    datasets: dict[str, Dataset]
    channels: list[str] = []

    @model_validator(mode="after")
    def names_known(self):
        for name, dataset in self.datasets.items():
            if dataset.process != "x":
                raise ValueError(f"dataset '{name}' has unknown process '{dataset.process}' (known: x)")
        for name in self.channels:
            if name not in self.datasets:
                raise ValueError(f"channel '{name}' is not a dataset")
        return self
"""


def test_a_problem_in_an_anchor_is_reported_where_it_stands(make_project) -> None:
    text = MINIMAL + "cuts:\n  a: &cut\n    column: x\n    high: -1\n    low: much\n  b: {<<: *cut, low: 0}\n"
    message = refused(make_project(bad=text))
    assert "configs/bad.yaml:7:10: cuts.a.low: must be a number" in message
    assert "configs/bad.yaml:8:3: cuts.b: 'low' must be below 'high'" in message


def test_wrong_keys_of_mappings_are_reported(make_project) -> None:
    assert "configs/bad.yaml:4:6: runs.x: must be a whole number" in refused(
        make_project(bad=MINIMAL + "runs:\n  x: 1\n")
    )


def test_unicode_is_fine_and_columns_count_characters(make_project) -> None:
    text = "title: 'Größe ☃ 𝒑𝖳'\nluminosity: {value: 1}\nscales: {große_Übung: 2, 'ü☃': -1}\n"
    message = refused(make_project(bad=text))
    assert "configs/bad.yaml:3:32: scales.ü☃: must be greater than 0 (got -1)" in message
    campaign = load_campaign(make_project(good=text.replace("-1", "1")), "good")
    assert campaign.value("title") == "Größe ☃ 𝒑𝖳"
    assert campaign.value("scales.große_Übung") == 2.0


def test_a_megabyte_is_fine(make_project) -> None:
    lines = [f"  name_{number}: {number}.5  # a comment with some words" for number in range(1, 23_000)]
    text = MINIMAL + "scales:\n" + "\n".join(lines) + "\n"
    assert len(text) > 1_000_000
    start = time.process_time()
    campaign = load_campaign(make_project(large=text), "large")
    assert time.process_time() - start < 5
    assert campaign.value("scales.name_22999") == 22999.5


def test_a_campaign_is_read_once_and_again_after_an_edit(make_project, folder: Path) -> None:
    project = make_project(first=MINIMAL)
    first = load_campaign(project, "first")
    assert load_campaign(project, "first") is first
    path = folder / "configs" / "first.yaml"
    path.write_text(MINIMAL.replace("10", "20"))  # same size, perhaps within the same tick of the clock
    assert load_campaign(project, "first").value("luminosity.value") == 20.0
    os.utime(path, (1, 1))
    held = load_campaign(project, "first")
    assert load_campaign(project, "first") is held


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("no_such_module:Model", "'no_such_module' cannot be imported (ModuleNotFoundError"),
        ("small_schema:Colour", "'small_schema:Colour' is not a pydantic model; models of small_schema: "),
        ("small_schema:Missing", "'small_schema:Missing' is not a pydantic model"),
        ("broken_module:Model", "'broken_module' cannot be imported (ZeroDivisionError"),
    ],
)
def test_a_bad_schema_is_an_error_of_law_cfg(make_project, folder: Path, schema: str, words: str) -> None:
    (folder / "broken_module.py").write_text("1 / 0\n")
    with pytest.raises(ConfigError) as caught:
        load_campaign(make_project(schema, first=MINIMAL), "first")
    assert str(caught.value).startswith("law.cfg: schema: ")
    assert words in str(caught.value)


# canonical form


def canonical(make_project, text: str, key: str = "cuts") -> str:
    return json.dumps(load_campaign(make_project(any=text), "any").canonical(key))


def test_formatting_comments_and_key_order_do_not_matter(make_project) -> None:
    one = MINIMAL + "cuts:\n  a:\n    column: ht\n    high: 5.0 # GeV\n  b: {column: pt}\n"
    two = "# new\ncuts: {b: {column: 'pt'}, a: {high: 5, column: ht}}\n" + MINIMAL
    assert canonical(make_project, one) == canonical(make_project, two)


def test_list_order_and_values_matter(make_project) -> None:
    forms = {canonical(make_project, MINIMAL + f"steps: {steps}\n", "steps") for steps in ("[1, 2]", "[2, 1]", "[1]")}
    assert len(forms) == 3


def test_the_order_of_a_set_does_not_matter(make_project) -> None:
    names = [f"name{number}" for number in range(50)]
    forms = set()
    for _ in range(5):
        random.shuffle(names)
        forms.add(canonical(make_project, MINIMAL + f"labels: [{', '.join(names)}]\n", "labels"))
    assert len(forms) == 1


def test_canonical_values_are_plain(make_project) -> None:
    text = MINIMAL + "colour: blue\nfolder: /a/b\nruns: {3: 1}\nnotes: {b: [1, 2.0, null, true], a: x}\nsteps: [1]\n"
    campaign = load_campaign(make_project(first=text), "first")
    assert campaign.canonical("colour") == "blue"
    assert campaign.canonical("folder") == "/a/b"
    assert campaign.canonical("runs") == {"3": 1.0}
    assert campaign.canonical("notes") == {"a": "x", "b": [1, 2.0, None, True]}
    assert type(campaign.canonical("steps.0")) is int
    assert type(campaign.canonical("luminosity.value")) is float
    assert campaign.canonical("luminosity") == {"value": 10.0, "uncertainty": 0.025}
    assert type(campaign.canonical("luminosity")) is dict
    assert json.loads(json.dumps(campaign.everything())) == campaign.everything()


def test_without_a_schema_an_int_is_not_a_float(make_project) -> None:
    project = make_project(schema=None, one="a: 1\n", two="a: 1.0\n")
    assert repr(load_campaign(project, "one").canonical("a")) == "1"
    assert repr(load_campaign(project, "two").canonical("a")) == "1.0"


def test_a_canonical_campaign_is_a_campaign_again(make_project) -> None:
    text = MINIMAL + "cuts: {a: {column: x}}\nfit: [a]\nlabels: [z, y]\nchoice: {value: 3}\ncolour: blue\n"
    project = make_project(first=text)
    first = load_campaign(project, "first")
    project = make_project(second=yaml.safe_dump(first.everything(), sort_keys=False))
    second = load_campaign(project, "second")
    assert second.content == first.content
    assert second.everything() == first.everything()


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("{column: x, hihg: 2}", "choice.hihg: unknown key, did you mean 'high'? (known: column, low, high)"),
        ("{value: 0}", "choice.value: must be greater than 0 (got 0)"),
        ("3", "choice: must be a mapping (got 3)"),
    ],
)
def test_of_alternatives_the_one_that_fits_best_is_complained_about(make_project, choice: str, words: str) -> None:
    message = refused(make_project(bad=MINIMAL + f"choice: {choice}\n"))
    assert words in message
    assert "a problem" in message

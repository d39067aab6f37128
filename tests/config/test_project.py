"""law.cfg's section [caselaw]."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from caselaw.config import load_project
from caselaw.config.project import usable_cores
from caselaw.errors import ConfigError


def write(folder: Path, text: str, name: str = "law.cfg") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def refused(folder: Path, text: str) -> str:
    write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_project()
    return str(caught.value)


def test_without_options_everything_has_its_default(folder: Path) -> None:
    config_file = write(folder, "[core]\n")
    project = load_project()
    assert project.root == folder
    assert project.config_file == config_file
    assert project.campaign is None
    assert project.store == folder / "data"
    assert project.first_party is None
    assert project.workers == usable_cores() >= 1
    assert project.schema is None


def test_options_are_read(folder: Path) -> None:
    text = """\
        [caselaw]
        # a comment
        campaign: quickstart
        store = /somewhere
        first_party: analysis, tasks
        workers: 3
        schema: analysis.campaign:Campaign
    """
    write(folder, "\n".join(line.strip() for line in text.splitlines()))
    project = load_project()
    assert project.campaign == "quickstart"
    assert project.store == "/somewhere"
    assert project.first_party == ("analysis", "tasks")
    assert project.workers == 3
    assert project.schema == "analysis.campaign:Campaign"


@pytest.mark.parametrize("empty", ["workers:", "workers", "workers = None"])
def test_an_option_without_a_value_is_not_given(folder: Path, empty: str) -> None:
    write(folder, f"[caselaw]\n{empty}\n")
    assert load_project().workers == usable_cores()


def test_law_cfg_of_the_nearest_folder_above_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "[caselaw]\ncampaign: outer\n")
    write(folder, "[caselaw]\ncampaign: inner\n", "one/law.cfg")
    deep = folder / "one" / "two" / "three"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert load_project().campaign == "inner"
    assert load_project().root == folder / "one"


def test_the_environment_names_another_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "[caselaw]\ncampaign: here\n")
    other = write(folder, "[caselaw]\ncampaign: there\n", "elsewhere/other.cfg")
    monkeypatch.setenv("PLACE", str(other.parent))
    monkeypatch.setenv("LAW_CONFIG_FILE", "$PLACE/other.cfg")
    assert load_project().campaign == "there"
    assert load_project().root == other.parent
    assert load_project(folder).campaign == "here", "an argument wins over the environment"


def test_the_environment_names_a_file_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "[caselaw]\n")
    monkeypatch.setenv("LAW_CONFIG_FILE", "nowhere.cfg")
    with pytest.raises(ConfigError, match=r"LAW_CONFIG_FILE=nowhere\.cfg: there is no such file"):
        load_project()


def test_no_law_cfg_at_all_says_what_to_do(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"law\.cfg; change to the folder of your project"):
        load_project()


def test_an_unknown_option_names_file_line_and_the_likely_one(folder: Path) -> None:
    message = refused(folder, "[core]\nx: 1\n\n[caselaw]\ncampaign: a\ncampain: b\n")
    assert message.startswith("law.cfg:6: campain: unknown option; did you mean 'campaign'?")


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("workers: two", "workers: 'two' is not a number of processes"),
        ("workers: 0", "workers: '0' is not a number of processes"),
        ("workers: -1", "workers: '-1' is not a number of processes"),
        ("workers: 2.5", "workers: '2.5' is not a number of processes"),
        ("first_party: analysis, tasks.py", "first_party: 'tasks.py' is not a top-level package"),
        ("schema: analysis.campaign", "schema: 'analysis.campaign' is not a model"),
        ("store: $NOT_SET_ANYWHERE/data", "the environment variable 'NOT_SET_ANYWHERE' is not set"),
        ("store: &::core::x", "store: references to other options are not followed"),
        ("store: 50%", "store: '%' must be followed by"),
    ],
)  # fmt: skip
def test_a_bad_value_names_file_and_line(folder: Path, option: str, complaint: str) -> None:
    message = refused(folder, f"[caselaw]\ncampaign: a\n\n{option}\n")
    assert message.startswith(f"law.cfg:4: {complaint}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[caselaw]\nstore: a\nstore: b\n", 3),
        ("[caselaw]\n[core]\n[caselaw]\n", 3),
        ("store: a\n", 1),
        ("[caselaw]\n= x\n", 2),
    ],
)
def test_a_file_that_cannot_be_parsed_names_the_line(folder: Path, text: str, line: int) -> None:
    assert refused(folder, text).startswith(f"law.cfg:{line}: ")


def test_percent_signs_of_other_sections_do_no_harm(folder: Path) -> None:
    write(folder, "[logging]\nformat: %(asctime)s 50%\n[caselaw]\ncampaign: a\n")
    assert load_project().campaign == "a"


def test_default_section_is_not_taken_for_options(folder: Path) -> None:
    write(folder, "[DEFAULT]\nbase: /scratch\n[caselaw]\nstore: %(base)s/store\n")
    assert load_project().store == "/scratch/store"


def test_inherited_and_extending_files_count_as_in_law(folder: Path) -> None:
    write(folder, "[caselaw]\ncampaign: base\nworkers: 2\nschema: a:B\n", "base.cfg")
    write(folder, "[caselaw]\nworkers: 5\n", "local.cfg")
    write(folder, "[core]\ninherit: base.cfg\nextend: local.cfg, not_there.cfg\n[caselaw]\ncampaign: own\nworkers: 3\n")
    project = load_project()
    assert (project.campaign, project.workers, project.schema) == ("own", 5, "a:B")
    write(folder, "[caselaw]\nworkers: none of these\n", "local.cfg")
    with pytest.raises(ConfigError, match=r"^local\.cfg:2: workers"):
        load_project()


def test_files_that_include_each_other_are_refused(folder: Path) -> None:
    write(folder, "[core]\ninherit: law.cfg\n", "base.cfg")
    assert "law.cfg → base.cfg → law.cfg" in refused(folder, "[core]\ninherit: base.cfg\n")


def test_a_variable_of_law_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "[caselaw]\nworkers: 2\n")
    assert load_project().workers == 2
    monkeypatch.setenv("LAW__caselaw__workers", "7")
    assert load_project().workers == 7
    monkeypatch.setenv("LAW__caselaw__workers", "many")
    with pytest.raises(ConfigError, match=r"^LAW__caselaw__workers: workers: 'many'"):
        load_project()


def test_an_edited_file_is_read_again(folder: Path) -> None:
    for number in (1, 2, 3, 4):
        write(folder, f"[caselaw]\nworkers: {number}\n")
        assert load_project().workers == number


def test_an_unchanged_file_is_read_once(folder: Path) -> None:
    path = write(folder, "[caselaw]\nworkers: 2\n")
    os.utime(path, (1, 1))
    assert load_project() is load_project()

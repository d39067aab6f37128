"""`caselaw diff` on small git repositories: which tasks differ between two revisions, and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from git_projects import CAMPAIGN, HELPERS, TASKS, Repository, brief, new_repository

from caselaw.errors import CaselawError


@pytest.fixture
def repository(project: Any, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return new_repository(project, monkeypatch)


def test_edited_helper_is_named_and_tasks_behind_follow(repository):
    repository.commit(helpers=HELPERS.replace("2 *", "3 *"))
    found = repository.rows()
    assert {family: brief(changes) for family, changes in found.items()} == {
        "Select": [("code", "helpers.scaled")],
        "Fit": [("input", "events")],
    }
    assert found["Fit"][0]["task"] == {"family": "Select", "params": {}}


def test_patch_shows_what_changed_in_the_source(repository):
    repository.commit(helpers=HELPERS.replace("2 *", "3 *"))
    (change,) = repository.rows("--patch")["Select"]
    assert {"-    return 2 * value", "+    return 3 * value"} <= set(change["patch"].splitlines())


def test_comment_and_unused_key_make_no_difference(repository):
    repository.write("configs/main.yaml", f"# a comment\n{CAMPAIGN.replace('other: 1', 'other: 2')}")
    repository.commit(helpers=HELPERS.replace("# twice", "# two times"))
    result = repository.diff("HEAD~1", "HEAD", "Fit")
    assert result.exit_code == 0
    assert "no fingerprint differs" in result.stdout


def test_configuration_is_named_by_its_key(repository):
    repository.write("configs/main.yaml", CAMPAIGN.replace("30", "25"))
    repository.commit()
    (change,) = repository.rows()["Select"]
    assert change == {"kind": "config", "name": "cuts.least", "old": 30, "new": 25}


def test_changed_default_of_a_parameter_is_one_task_and_no_two(repository):
    repository.commit(work=TASKS.replace("default=10", "default=20"))
    found = repository.rows()
    parameter = {"kind": "parameter", "name": "events", "old": "10", "new": "20"}
    assert [change for change in found["Generate"] if change["kind"] != "code"] == [parameter]
    assert brief(found["Select"]) == [("input", "generated")]
    assert found["Select"][0]["task"] == {"family": "Generate", "params": {"events": "20"}}


def test_branch_values_that_came_and_went_are_listed(repository):
    repository.commit(work=TASKS.replace("over([1, 2])", "over([2, 3, 4])"))
    task = next(
        task for task in json.loads(repository.diff("HEAD~1", "HEAD", "Fit", "--json").stdout)["tasks"]
        if task["family"] == "Generate"
    )  # fmt: skip
    assert task["branches"] == {"base": 2, "head": 3}
    (change,) = (change for change in task["changes"] if change["kind"] == "input")
    assert change["values"] == {"added": ["3", "4"], "removed": ["1"]}


def test_added_and_removed_tasks(repository):
    later = TASKS + "\nclass Later(caselaw.Task):\n    products = {'x': 'txt'}\n    def upstream(self):\n"
    repository.commit(work=later + "        return {'fit': caselaw.whole(Fit.req(self))}\n")
    added = json.loads(repository.diff("HEAD~1", "HEAD", "Later", "--json").stdout)["tasks"][-1]
    removed = json.loads(repository.diff("HEAD", "HEAD~1", "Later", "--json").stdout)["tasks"][-1]
    assert (added["family"], added["base"], added["head"]) == ("Later", None, removed["base"])
    assert added["branches"] == {"base": None, "head": 1}
    assert removed["head"] is None
    with pytest.raises(CaselawError, match="exists neither in HEAD~1 nor in HEAD"):
        repository.diff("HEAD~1", "HEAD", "Nothing")


def test_listed_file_is_named_and_the_store_is_never_read(repository):
    repository.commit(work=TASKS.replace('"input/*.txt"', '["input/a.txt"]'))
    repository.commit(work=TASKS.replace('"input/*.txt"', '["input/a.txt", "input/b.txt"]'))
    repository.write("input/b.txt", "b")
    (repository.root / "data").write_text("a store that is no folder")
    found = json.loads(repository.diff("HEAD~1", "HEAD", "Fit", "--json").stdout)
    changes = {task["family"]: task["changes"] for task in found["tasks"]}
    assert [change.get("values") for change in changes["Read"] if change["kind"] == "input"] == [
        {"added": ["input/b.txt"]}
    ]
    assert brief(changes["Select"]) == [("input", "data")]
    assert found["notes"] == []


def test_broken_revision_is_an_error_with_its_last_lines(repository):
    repository.commit(helpers="def scaled(:\n")
    with pytest.raises(CaselawError, match=r"revision HEAD: the task cannot be evaluated(.|\n)*SyntaxError"):
        repository.diff("HEAD~1", "HEAD", "Fit")
    with pytest.raises(CaselawError, match=r"revision HEAD~1(.|\n)*--nonsense"):
        repository.diff("HEAD~1", "HEAD~1", "work.Fit", "--nonsense", "1")


def test_table_puts_tasks_that_changed_first_and_names_the_cause_of_the_others(repository):
    repository.write("configs/main.yaml", CAMPAIGN.replace("30", "25"))
    repository.commit()
    lines = [line.split() for line in repository.diff("HEAD~1", "HEAD", "Fit").stdout.splitlines() if line]
    assert lines[0][3:] == ["1", "changed,", "1", "because", "of", "their", "inputs"]
    assert lines[1:] == [
        ["Select,", "2", "branches"],
        ["config", "cuts.least", "30", "→", "25"],
        ["Fit", "because", "of", "Select"],
    ]


def test_error_ends_the_command_with_status_2(repository):
    repository.project.caselaw("diff", "nothing", "HEAD", "Fit", code=2)

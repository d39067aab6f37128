"""`caselaw campaign`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from caselaw.cli.campaign import campaign

ROOT = Path(__file__).resolve().parents[2]
GOOD = "title: x\nnumbers: [1, 2.5]\nlabel: größer\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LAW_CONFIG_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "law.cfg").write_text("[caselaw]\ncampaign: good\n")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "good.yaml").write_text(GOOD)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(campaign, arguments, catch_exceptions=False)


def test_a_good_campaign_is_ok(folder: Path) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.output == "configs/good.yaml: ok (YAML only: law.cfg names no [caselaw] schema)\n"


def test_all_campaigns_are_checked_and_every_problem_is_a_line(folder: Path) -> None:
    (folder / "configs" / "bad.yaml").write_text("a: 1\na: 2\nb: !x 3\n")
    result = run("check")
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == [
        "configs/bad.yaml:2:1: a: the key is given twice (first on line 1)",
        "configs/bad.yaml:3:4: b: tag '!x' is not allowed: a campaign is plain YAML",
    ]
    assert run("check", "good").exit_code == 0


def test_problems_as_json(folder: Path) -> None:
    (folder / "mine.yaml").write_text("a: 1\na: 2\n")
    result = run("check", "mine.yaml", "good", "missing", "--json")
    assert result.exit_code == 1
    mine, good, missing = json.loads(result.output)["campaigns"]
    assert mine["path"] == "mine.yaml"
    assert mine["problems"] == [
        {"line": 2, "column": 1, "key": "a", "message": "the key is given twice (first on line 1)"}
    ]
    assert good["problems"] == []
    assert missing["problems"][0]["line"] is None
    assert "there is no campaign 'missing'" in missing["problems"][0]["message"]


def test_show_prints_yaml_or_json(folder: Path) -> None:
    assert run("show", "good").output == "label: größer\nnumbers:\n- 1\n- 2.5\ntitle: x\n"
    assert run("show", "good", "numbers").output == "- 1\n- 2.5\n"
    assert run("show", "good", "title").output == "x\n"
    assert run("show", "good", "numbers.1").output == "2.5\n"
    assert run("show", "good", "numbers", "--json").output == "[\n  1,\n  2.5\n]\n"
    assert json.loads(run("show", "good", "--json").output)["label"] == "größer"


def test_list_marks_the_default(folder: Path) -> None:
    (folder / "configs" / "another.yaml").write_text(GOOD)
    assert run("list").output == "another  configs/another.yaml\ngood     configs/good.yaml  (default)\n"
    rows = json.loads(run("list", "--json").output)["campaigns"]
    assert [row["default"] for row in rows] == [False, True]


@pytest.mark.parametrize("command", ["check", "show", "list"])
def test_help_has_examples(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Examples:\n    caselaw campaign" in result.output


def test_errors_are_one_message_without_a_traceback(folder: Path) -> None:
    command = [str(Path(sys.executable).parent / "caselaw"), "campaign", "show", "goood"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean 'good'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_campaigns_of_this_repository_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAW_CONFIG_FILE", raising=False)
    monkeypatch.chdir(ROOT)
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "YAML only" not in result.output

"""Commands that remove ask first; where nobody can be asked they refuse, and `--json` is no yes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_store import files

YES = ("--delete", "--yes")
CASELAW = (sys.executable, "-c", "from caselaw.cli.main import main; main()")

COMMANDS = {
    "gc": ("gc", "--tag", "paper", "--family", "Number"),
    "clean": ("store", "clean", "here"),
    "sync": ("store", "sync", "empty", "data"),
}


@pytest.fixture(params=list(COMMANDS))
def command(desk, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """A command that has something to remove from the store `data`."""
    (desk.root / "empty").mkdir()
    (desk.root / "empty" / "new").write_text("new")
    leftover = desk.root / "data" / f".upload-{'a' * 32}"
    leftover.write_text("half")
    os.utime(leftover, (time.time() - 1e6,) * 2)
    return COMMANDS[request.param]


def caselaw(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process that has no terminal."""
    return subprocess.run(
        [*CASELAW, *arguments], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


def answered(root: Path, answer: str, *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, and what stands on the terminal, on which the question is answered."""
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    process = subprocess.Popen([*CASELAW, *arguments], cwd=root, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    output = process.communicate(timeout=60)[0].decode()
    shown = b""
    try:
        while piece := os.read(ours, 1 << 16):
            shown += piece
    except OSError:  # the end of a terminal
        pass
    os.close(ours)
    return process.returncode, output, shown.decode()


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
def test_without_a_terminal_nothing_is_done_until_yes_is_said(desk, command, json) -> None:
    before = files(desk.root)
    refused = caselaw(desk.root, *command, "--delete", *json)
    assert refused.returncode == 2
    assert "nothing was removed: there is no terminal to ask on; add --yes" in refused.stderr
    assert refused.stdout == ""
    assert files(desk.root) == before
    done = caselaw(desk.root, *command, *YES, *json)
    assert done.returncode == 0, done.stderr
    assert before - files(desk.root)


@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
def test_on_a_terminal_the_question_is_asked_and_no_means_no(desk, command, json) -> None:
    before = files(desk.root)
    code, output, shown = answered(desk.root, "n\n", *command, "--delete", *json)
    assert code == 1
    assert "[y/N]" in shown
    assert "[y/N]" not in output, "standard output is for programs"
    assert files(desk.root) == before
    code, _, shown = answered(desk.root, "y\n", *command, "--delete", *json)
    assert code == 0, shown
    assert before - files(desk.root)


def test_help_says_when_it_is_asked(desk, command) -> None:
    text = " ".join(caselaw(desk.root, *command[: 1 + (command[0] == "store")], "--help").stdout.split())
    assert "--delete needs --yes (also with --json)" in text or "it needs --yes (also with --json)" in text
    assert "--delete --yes" in text


def test_a_dry_run_needs_no_yes(desk) -> None:
    (desk.root / "empty").mkdir()
    done = caselaw(desk.root, "store", "sync", "empty", "data", "--delete", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "9 to remove" in done.stdout

"""How large the matrix is, the servers it is tried on, and the table that it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fault_table as table
import pytest
import witness
from machine import Machine, machine
from service import open_folder
from subjects import SERVERS, Subject, subject, version

FULL = os.environ.get("CASELAW_FULL", "")
HERE = Path(__file__).resolve().parent
Kinds = dict[str, list[tuple[str, ...]]]
ROWS, KINDS = pytest.StashKey[list[table.Row]](), pytest.StashKey[Kinds]()


class Elsewhere:
    """The tests of other rooms that show kinds of faults, running beside the others; what they print goes to a file."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "CASELAW_FULL"}
        self.folder = tempfile.TemporaryDirectory()
        command = [sys.executable, witness.__file__, "-p", "no:cacheprovider"]
        with self.file.open("w") as file:
            self.process = subprocess.Popen(
                command, cwd=HERE.parents[2], env=environment, stdout=file, stderr=subprocess.STDOUT
            )

    @property
    def file(self) -> Path:
        return Path(self.folder.name) / "output"

    def output(self) -> str:
        """All that they printed, when they have ended."""
        self.process.wait()
        return self.file.read_text(encoding="utf-8")

    def end(self) -> None:
        if self.process.poll() is None:  # this run was interrupted
            self.process.terminate()
            self.process.wait()
        self.folder.cleanup()


ELSEWHERE = pytest.StashKey[Elsewhere | None]()


@dataclass(frozen=True)
class Size:
    """Of the matrix: files of each fault, kills of each server, branches of a workflow, seconds of an outage."""

    files: int
    kills: int
    branches: int
    outage: float


SIZES = {
    "": Size(files=24, kills=2, branches=16, outage=2.0),
    "1": Size(files=200, kills=6, branches=50, outage=8.0),
    "large": Size(files=1000, kills=25, branches=200, outage=30.0),
}
"""By CASELAW_FULL: that of CI, and two of docs/faults.md, of ten minutes and of half an hour."""


@pytest.fixture(scope="session")
def size() -> Size:
    return SIZES[FULL]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each server, spoken to in the clear, so that the gate can answer in its place."""
    with subject(request.param, http=True) as made:
        yield made


@pytest.fixture(scope="session", params=SERVERS)
def tls_server(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each server over TLS."""
    with subject(request.param, http=False) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_else(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults of a test end with it."""
    yield
    for name in ("server", "tls_server"):
        if name in request.fixturenames:
            request.getfixturevalue(name).gate.play()


@pytest.fixture(scope="session")
def worse() -> Iterator[Machine]:
    """A library for full disks and wrong clocks, where every user can read it."""
    with open_folder() as folder:
        yield machine(folder)


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Callable[[table.Row], None]:
    """Takes a row of the table, which is written at the end of a full run."""
    rows: list[table.Row] = request.config.stash[ROWS]
    return rows.append


def pytest_configure(config: pytest.Config) -> None:
    """Beside a full run of this folder, the tests of other rooms run that show kinds of faults."""
    config.stash[ROWS], config.stash[ELSEWHERE] = [], None
    if FULL and [Path(each).resolve() for each in config.args] == [HERE] and not config.option.keyword:
        config.stash[ELSEWHERE] = Elsewhere()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Rows of other rooms belong to a full run of this folder, which makes docs/faults.md."""
    if config.stash[ELSEWHERE] is None:
        of_full_runs = [each for each in items if "elsewhere" in getattr(each, "fixturenames", ())]
        items[:] = [each for each in items if each not in of_full_runs]


@pytest.fixture(scope="session")
def elsewhere(request: pytest.FixtureRequest) -> tuple[Kinds, str]:
    """The rows of kinds, by their titles, and all that the run of their tests printed."""
    beside = request.config.stash[ELSEWHERE]
    assert beside is not None
    output = beside.output()
    request.config.stash[KINDS] = json.loads(output.splitlines()[-1])
    return request.config.stash[KINDS], output


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The document of a whole run is written; rows of a part of it are shown."""
    if not FULL:
        return
    rows, kinds = config.stash[ROWS], config.stash.get(KINDS, {})
    text = table.document(rows, kinds, " and ".join(map(version, SERVERS)), commit(), FULL)
    if kinds:
        table.FILE.write_text(text, encoding="utf-8")
        terminalreporter.write_line(f"written: {table.FILE}")
    else:
        terminalreporter.write_line("\n".join(line for line in text.splitlines() if line.startswith("| ")))


def pytest_unconfigure(config: pytest.Config) -> None:
    beside = config.stash.get(ELSEWHERE, None)
    if beside is not None:
        beside.end()


def commit() -> str:
    """The commit that is tested, and whether something in it was changed."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    found = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True).stdout.strip()
    return f"`{found.removesuffix('-dirty')}`{' with changes' if found.endswith('-dirty') else ''}"

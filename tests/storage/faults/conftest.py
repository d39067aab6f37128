"""How large the matrix is, the servers it is tried on, and the table that it makes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fault_table as table
import pytest
from machine import Machine, machine
from service import open_folder
from subjects import SERVERS, Subject, subject, version

FULL = bool(os.environ.get("CASELAW_FULL"))


@dataclass(frozen=True)
class Size:
    """Of the matrix: files of each fault, kills of each server, branches of a workflow, seconds of an outage."""

    files: int
    kills: int
    branches: int
    outage: float


@pytest.fixture(scope="session")
def size() -> Size:
    """Small, or with CASELAW_FULL=1 that of docs/faults.md."""
    return (
        Size(files=1000, kills=25, branches=200, outage=30.0)
        if FULL
        else Size(files=24, kills=2, branches=16, outage=2.0)
    )


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
def note() -> Iterator[Callable[[table.Row], None]]:
    """Takes a row of the table, which is written at the end of a full run."""
    rows: list[table.Row] = []
    yield rows.append
    if FULL and rows:
        table.FILE.write_text(table.merged(rows, " and ".join(map(version, SERVERS))), encoding="utf-8")

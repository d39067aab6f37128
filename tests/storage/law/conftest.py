"""Stores for law targets: sections of law's configuration that name servers of this machine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apache as apache_server
import pytest
from law.config import Config
from webdav_server import Server, running

from caselaw.storage.law import StoreFileSystem

Section = Callable[..., str]


@pytest.fixture
def section() -> Iterator[Section]:
    """A function that puts a section into law's configuration; it is gone after the test."""
    config, names = Config.instance(), []

    def add(**options: Any) -> str:
        names.append(f"store_{len(names)}")
        config.update({names[-1]: options})
        return str(names[-1])

    yield add
    for name in names:
        config.remove_section(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def store(server: Server, section: Section) -> StoreFileSystem:
    """A store on the server of this process, with little patience."""
    return StoreFileSystem(section(base=f"{server.url()}/store", attempts=2, deadline="1s"))


@pytest.fixture
def apache_store(apache: apache_server.Apache, section: Section) -> StoreFileSystem:
    """A store on a real apache, over TLS, in a folder of the test's own."""
    return StoreFileSystem(section(base=f"{apache.url}/store/{uuid.uuid4().hex}", ca=apache.ca))


@pytest.fixture
def folder_store(tmp_path: Path, section: Section) -> StoreFileSystem:
    """A store in a folder of this machine, which fsspec serves."""
    return StoreFileSystem(section(base=f"file://{tmp_path}/store"))


@pytest.fixture(params=["store", "apache_store", "folder_store"])
def any_store(request: pytest.FixtureRequest) -> StoreFileSystem:
    """A store on a server of this process, on a real one and in a folder."""
    store: StoreFileSystem = request.getfixturevalue(request.param)
    return store

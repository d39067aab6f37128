"""A server for each test, and the file system that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from webdav_server import QUICK, Server, running

from griddav import WebDavFileSystem


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def fs(server: Server) -> Iterator[WebDavFileSystem]:
    """The file system of a plain server."""
    fs = WebDavFileSystem(server.url(), retry=QUICK, skip_instance_cache=True)
    yield fs
    fs.close()


@pytest.fixture
def dcache(server: Server) -> Iterator[WebDavFileSystem]:
    """The file system of a server that redirects to a pool and states checksums."""
    server.pool, server.name = True, "dCache/test"
    fs = WebDavFileSystem(server.url(), retry=QUICK, skip_instance_cache=True)
    yield fs
    fs.close()


@pytest.fixture(autouse=True)
def nothing_of_the_user(no_token: None) -> None:
    """Tests find no token and no proxy of the user who runs them."""

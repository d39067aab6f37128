"""A server for each test, and the file system that speaks to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import apache as apache_server
import pytest
from webdav_server import Server, running

from caselaw.storage.webdav import WebDavFileSystem
from caselaw.storage.webdav.request import Retry

QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests find no token of the user who runs them."""
    for name in ("BEARER_TOKEN", "BEARER_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))


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


@pytest.fixture(scope="session")
def apache() -> Iterator[apache_server.Apache]:
    """A real apache over TLS; `make services` installs it."""
    if not apache_server.PROGRAM.exists():
        if os.environ.get("CI"):
            pytest.fail("apache2 is missing: tests/services/apache.sh installs it")
        pytest.skip("apache2 is not installed: make services")
    folder = Path(tempfile.mkdtemp(prefix="caselaw-apache-"))  # pytest's own folders are closed to apache's user
    folder.chmod(0o755)
    try:
        with apache_server.running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)

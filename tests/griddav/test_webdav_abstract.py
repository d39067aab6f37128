"""fsspec's own suite on every server, and on the double of dCache by each of its doors. All of it passes on each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import fsspec
import fsspec.tests.abstract as abstract
import pytest
from double import Double, running

from griddav import WebDavFileSystem


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Double]:
    """One double over TLS for all of these tests."""
    with running(tmp_path_factory.mktemp("double")) as double:
        yield double


class Fixtures(abstract.AbstractFixtures):  # type: ignore[misc]
    @pytest.fixture(params=["apache", "xrootd", "nginx", "rclone", "double", "secure", "dcache"])
    def fs(self, request: pytest.FixtureRequest) -> WebDavFileSystem:
        if request.param == "dcache":
            secure = request.getfixturevalue("secure")
            return fsspec.filesystem("dcache", webdav_url=secure.door, api_url=secure.rest, ca=str(secure.ca))
        server = request.getfixturevalue(request.param)
        ca = getattr(server, "ca", None)
        return WebDavFileSystem(server.url, ca=ca and str(ca))

    @pytest.fixture
    def fs_path(self, fs: WebDavFileSystem) -> Iterator[str]:
        path = f"/store/{uuid.uuid4().hex}"
        fs.mkdir(path)
        yield path
        fs.rm(path, recursive=True)

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *parts: "/".join(parts)


class TestCopy(Fixtures, abstract.AbstractCopyTests):  # type: ignore[misc]
    pass


class TestGet(Fixtures, abstract.AbstractGetTests):  # type: ignore[misc]
    pass


class TestPut(Fixtures, abstract.AbstractPutTests):  # type: ignore[misc]
    pass


class TestOpen(Fixtures, abstract.AbstractOpenTests):  # type: ignore[misc]
    pass


class TestPipe(Fixtures, abstract.AbstractPipeTests):  # type: ignore[misc]
    pass

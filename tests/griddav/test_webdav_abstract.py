"""fsspec's own suite on every server. All of it passes on each: there is nothing that one of them cannot do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import fsspec.tests.abstract as abstract
import pytest

from griddav import WebDavFileSystem


class Fixtures(abstract.AbstractFixtures):  # type: ignore[misc]
    @pytest.fixture(params=["apache", "xrootd", "nginx", "rclone", "double"])
    def fs(self, request: pytest.FixtureRequest) -> WebDavFileSystem:
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

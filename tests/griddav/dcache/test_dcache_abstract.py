"""fsspec's own suite on the double, over TLS: `dcache://` with the REST frontend, and `davs://`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import fsspec
import fsspec.tests.abstract as abstract
import pytest
from double import Double, running


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Double]:
    """One double over TLS for all of these tests."""
    with running(tmp_path_factory.mktemp("double")) as double:
        yield double


class Fixtures(abstract.AbstractFixtures):  # type: ignore[misc]
    @pytest.fixture(params=["dcache", "davs"])
    def fs(self, request: pytest.FixtureRequest, secure: Double) -> Any:
        options = {
            "dcache": {"protocol": "dcache", "webdav_url": secure.door, "api_url": secure.rest},
            "davs": {"protocol": "davs", "base_url": secure.url},
        }[request.param]
        return fsspec.filesystem(**options, ca=str(secure.ca))

    @pytest.fixture
    def fs_path(self, fs: Any) -> Iterator[str]:
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

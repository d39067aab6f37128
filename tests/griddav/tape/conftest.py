"""A double of dCache with tapes, and a file system that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from double import Double

from griddav.dcache import DCacheFileSystem
from griddav.http.retry import Retry
from griddav.tape import Patience

QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)
AWAKE = Patience(first=0.01, longest=0.02, deadline=10.0)


@pytest.fixture(params=["wlcg", "bulk"])
def tape(request: pytest.FixtureRequest, double: Double) -> str:
    """With WLCG's tape API, or with dCache's bulk requests only."""
    double.settings.tape_api = request.param == "wlcg"
    return str(request.param)


@pytest.fixture
def fs(double: Double) -> Iterator[DCacheFileSystem]:
    options = {"retry": QUICK, "patience": AWAKE, "skip_instance_cache": True}
    fs = DCacheFileSystem(double.rest, double.door, **options)
    yield fs
    fs.close()

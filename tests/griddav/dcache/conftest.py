"""File systems that speak to the double of dCache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from double import Double

from griddav.dcache import DCacheFileSystem
from griddav.http.retry import Retry
from griddav.tape import Patience

QUICK = Retry(attempts=4, first=0.001, longest=0.01, deadline=5.0)
AWAKE = Patience(first=0.01, longest=0.05, deadline=10.0)


@pytest.fixture
def fs(double: Double) -> Iterator[DCacheFileSystem]:
    """With door and REST frontend."""
    options = {"retry": QUICK, "patience": AWAKE, "skip_instance_cache": True}
    fs = DCacheFileSystem(double.rest, double.door, **options)
    yield fs
    fs.close()


@pytest.fixture
def door_only(double: Double) -> Iterator[DCacheFileSystem]:
    """With the door alone."""
    fs = DCacheFileSystem(webdav_url=double.door, retry=QUICK, patience=AWAKE, skip_instance_cache=True)
    yield fs
    fs.close()

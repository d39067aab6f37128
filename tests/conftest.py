"""What all tests share: the real test data, and small law projects to run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from projects import LAW_CFG, SmallProject

pytest_plugins = ["servers"]

# How long an example takes says how busy the machine is.
settings.register_profile("beside other work", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("beside other work")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real test files beside the repository; in CI it must be there."""
    if not SHARED_DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"test data is missing: {SHARED_DATA}")
        pytest.skip(f"test data is not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What a test starts can be interrupted, also where the tests run in the background and must not be."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """An empty law project whose tasks live in `work.py`."""
    small = SmallProject(tmp_path)
    small.write("law.cfg", LAW_CFG.format(modules="work:", settings="workers: 2"))
    return small

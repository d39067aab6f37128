"""A longer way to a server: a proxy on a free port of the loopback interface that delays whatever goes through it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service import compiled, free_port, started


@contextmanager
def delayed(port: int, milliseconds: float) -> Iterator[int]:
    """The port of a proxy in front of `port` that makes round trips `milliseconds` longer."""
    with tempfile.TemporaryDirectory(prefix="caselaw-latency-") as name:
        folder, own = Path(name), free_port()
        program = compiled(Path(__file__).with_name("latency.c"), folder / "latency", "-pthread")
        with started([program, own, port, milliseconds / 2], folder, own):
            yield own

"""`rclone serve webdav`, without TLS, on a free port of the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from service import free_port, started

PROGRAM = Path("/usr/bin/rclone")


@dataclass(frozen=True)
class Rclone:
    """A server that runs: its URL and the folder with its files. Write through the server: it remembers listings."""

    url: str
    data: Path


@contextmanager
def running(folder: Path) -> Iterator[Rclone]:
    """Start it in `folder`, and stop it at the end."""
    port = free_port()
    (folder / "data" / "store").mkdir(parents=True)
    # Its cache of listings stays on: without it, a PROPFIND takes quadratic time.
    options = ["--config", "/dev/null", "--addr", f"127.0.0.1:{port}", "--vfs-cache-mode", "off"]
    with started([PROGRAM, "serve", "webdav", *options, folder / "data"], folder, port):
        yield Rclone(f"dav://localhost:{port}", folder / "data")

"""Stopping a server of these tests as a crash does, and starting it again as it was: same port, same files."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service import wait_for


@dataclass
class Restartable:
    """A server that `service.started` runs in `folder` and that listens on `port`."""

    folder: Path
    port: int
    command: list[str]
    environment: dict[str, str]
    pid: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @classmethod
    def of(cls, folder: Path, port: int) -> Restartable:
        pid = child_in(folder)
        words, variables = (Path(f"/proc/{pid}/{name}").read_bytes().split(b"\0") for name in ("cmdline", "environ"))
        command = [word.decode() for word in words[:-1]]
        environment = dict(each.decode().split("=", 1) for each in variables if b"=" in each)
        return cls(folder, port, command, environment, pid)

    def stop(self) -> None:
        """End it at once, in the middle of whatever it does."""
        # apache's children would live on, and hold the port, after a kill; after a TERM they stop at once.
        os.kill(self.pid, signal.SIGTERM if "apache2" in self.command[0] else signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        for _ in range(1000):
            if not running(self.pid):
                return
            time.sleep(0.01)
        raise RuntimeError(f"{self.command[0]} does not stop")

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Run it again, perhaps with further variables in its environment."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**self.environment, **(environment or {})},
            )  # fmt: skip
        self.pid = self.process.pid
        wait_for(self.process, self.port, self.folder / "log")


@contextmanager
def restartable(folder: Path, port: int) -> Iterator[Restartable]:
    """The server in `folder`; one that was started again is stopped at the end."""
    server = Restartable.of(folder, port)
    try:
        yield server
    finally:
        if server.process is not None:
            with contextlib.suppress(ProcessLookupError):
                server.stop()


def child_in(folder: Path) -> int:
    """The child of this process whose command names a folder."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = int(state_of(int(process.name))[1])
            if parent == os.getpid() and str(folder).encode() in (process / "cmdline").read_bytes():
                return int(process.name)
    raise RuntimeError(f"no server runs in {folder}")


def state_of(pid: int) -> list[str]:
    """State, parent and more of a process. Raises `FileNotFoundError`."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def running(pid: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        return state_of(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

"""A server in a process of its own, from its start until it is no longer needed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass
class Running:
    """A server that was started, and how to start it again."""

    command: list[str]
    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment
            )
        try:
            wait_for(self.process, self.port, self.folder / "log")
        except BaseException:
            self.stop()
            raise

    @property
    def has_died(self) -> bool:
        """Whether it ended by itself, and nobody has started it again."""
        return self.process.poll() is not None and not answers(self.port)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


RUNNING: list[Running] = []
QUESTION = b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@contextmanager
def started(
    command: Sequence[object], folder: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server that listens on `port`; it is stopped at the end. What it says is in `folder`/log."""
    server = Running(list(map(str, command)), folder, port, {**os.environ, **(environment or {})})
    server.start()
    RUNNING.append(server)
    try:
        yield server.process
    finally:
        RUNNING.remove(server)
        server.stop()


def revive(*, ask: bool = False, patience: float = 10) -> None:
    """Start servers again that have died: XRootD 5.5.3 does so now and then, and all tests after it would fail.

    With `ask`, also those that take connections and say nothing.
    """
    for server in RUNNING:
        if ask and server.process.poll() is None and is_silent(server.port, patience):
            server.process.kill()
            server.process.wait()
        if server.has_died:
            warnings.warn(f"{server.command[0]} died ({server.process.returncode}) and is started again", stacklevel=2)
            server.start()


def is_silent(port: int, patience: float = 10) -> bool:
    """Whether a server takes connections and says nothing to a question: with TLS, else without."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # no secret is sent, and nothing is believed
    for wrapped in (context.wrap_socket, contextlib.nullcontext):
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=patience) as client,
                wrapped(client) as connection,
            ):
                connection.sendall(QUESTION)
                connection.recv(1)
                return False
        except TimeoutError:
            return True
        except OSError:
            continue
    return False


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            break
        if answers(port):
            return
        time.sleep(0.025)
    raise RuntimeError(f"{process.args} does not start: {log.read_text(errors='replace')}")


def needed(program: Path) -> None:
    """Skip where a server is not installed; in CI it has to be."""
    if program.exists():
        return
    if os.environ.get("CI"):
        pytest.fail(f"{program.name} is missing: tests/services/start.sh installs it")
    pytest.skip(f"{program.name} is not installed: make services")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that the server's user can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="caselaw-service-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def server_user(*names: str) -> str | None:
    """Who a server shall be that must not be root: the first of these users that there is; None where we are not."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in names if name in known)


def compiled(source: Path, target: Path, *options: str) -> Path:
    """A program or library made from a C file beside this one."""
    subprocess.run(["cc", "-O2", *options, "-o", target, source], check=True)
    return target

"""A server in a process of its own, from its start until it is no longer needed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def started(
    command: Sequence[object], folder: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server that listens on `port`; it is stopped at the end. What it says is in `folder`/log."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            list(map(str, command)), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    try:
        wait_for(process, port, folder / "log")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            break
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
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

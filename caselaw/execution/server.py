"""A fresh process that forks workers for this one, which has threads or libraries that no copy could use."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_executable
from typing import Any

from caselaw.errors import WorkerError
from caselaw.execution.modules import script_error
from caselaw.execution.surroundings import Surroundings
from caselaw.execution.template import START

SECONDS_TO_END = 2.0
LONGEST_ANSWER = 4096
WORKER = b"worker"
LONGEST_OUTPUT = 4000
ADVICE = "what it printed is above; run one branch with 'law run … --branch N', which needs no worker"


class Server:
    """The connection to the process that forks workers with `cpus` threads; it ends with this process."""

    def __init__(self, surroundings: Surroundings, cpus: int) -> None:
        self.surroundings, self.cpus = surroundings, cpus
        self.statuses: dict[int, int] = {}
        self.pid = os.getpid()
        self.process: subprocess.Popen[bytes] | None = None
        self._received = b""
        _open.add(self)

    def fork(self, connection: Connection, printed: int, report: Callable[[float], None]) -> ServedProcess:
        """Start a worker; the first one waits for the modules to be imported, and `report` hears how long that lasts.

        Raises `TaskError` for a script that workers cannot read, and `WorkerError`.
        """
        if not self.alive:
            self.open(report)
        try:
            socket.send_fds(self.control, [WORKER], [connection.fileno(), printed])
            pid = int(self.next("pid", report)["pid"])
            self.statuses.pop(pid, None)  # of an earlier one of the same number
        except OSError as error:
            raise self.failed() from error
        return ServedProcess(pid, self)

    @property
    def descriptors(self) -> frozenset[int]:
        """What is open here for it."""
        return frozenset((self.control.fileno(), self.printed.fileno()) if self.process is not None else ())

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def open(self, report: Callable[[float], None]) -> None:
        """Start the process, which imports the modules; one that ends over that is told to leave it to the workers."""
        for loads in (True, False):
            self.launch(loads=loads)
            with contextlib.suppress(OSError):
                answer = self.next("ready", report)
                if answer["problem"] is not None:
                    self.close()
                    raise script_error(answer["problem"], self.surroundings.main)
                return
        raise self.failed()

    def launch(self, *, loads: bool) -> None:
        self.control, theirs = socket.socketpair()
        self._received = b""
        self.printed = tempfile.TemporaryFile()  # noqa: SIM115
        with tempfile.TemporaryFile() as given:
            pickle.dump(self.surroundings, given)
            given.flush()
            in_main_thread = threading.current_thread() is threading.main_thread()
            numbers = (theirs.fileno(), given.fileno(), os.getpid() if in_main_thread else 0, self.cpus, int(loads))
            path = json.dumps([os.path.realpath(entry) for entry in self.surroundings.path])
            command = [python(), *subprocess._args_from_interpreter_flags(), "-c", START, path, *map(str, numbers)]  # type: ignore[attr-defined]
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.printed, stderr=self.printed,
                pass_fds=numbers[:2], start_new_session=True,
            )  # fmt: skip
        theirs.close()

    def next(self, name: str, report: Callable[[float], None]) -> dict[str, Any]:
        """The next answer of a kind. Raises `ConnectionResetError` where the process is gone."""
        started = time.monotonic()
        while (answer := self.read(1.0)) is None or name not in answer:
            report(time.monotonic() - started)
        return answer

    def read(self, seconds: float) -> dict[str, Any] | None:
        """One answer, if it comes in time. Raises `ConnectionResetError` where the process is gone."""
        while b"\n" not in self._received:
            if not select.select([self.control], [], [], seconds)[0]:
                return None
            received = self.control.recv(LONGEST_ANSWER)
            if not received:
                raise ConnectionResetError
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "ended" in answer:
            self.statuses[answer["ended"]] = answer["status"]
        return answer

    def failed(self) -> WorkerError:
        size = os.lseek(self.printed.fileno(), 0, os.SEEK_END)
        start = max(0, size - LONGEST_OUTPUT)
        text = os.pread(self.printed.fileno(), LONGEST_OUTPUT, start).decode(errors="replace").strip()
        code = self.process.poll() if self.process is not None else None
        return WorkerError(f"the process that starts workers ended (exit code {code}):\n{text}", python(), ADVICE)

    def close(self) -> None:
        """End the process; its workers end with it."""
        if self.process is None or self.pid != os.getpid():
            return
        self.control.close()
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


# A cache, not configuration: the connections of this process, which its forks must not keep open.
_open: weakref.WeakSet[Server] = weakref.WeakSet()


def forget() -> None:
    for server in _open:
        if server.process is not None:
            server.control.close()


os.register_at_fork(after_in_child=forget)


class ServedProcess:
    """A worker that the server has forked, as `multiprocessing` shows its own."""

    def __init__(self, pid: int, server: Server) -> None:
        self.pid, self.server, self.parent = pid, server, server.process

    @property
    def exitcode(self) -> int | None:
        """As `multiprocessing` has it; whoever was killed together with the process that forked it, was killed."""
        self.join(0)
        return self.server.statuses.get(self.pid, None if self.has_parent else -signal.SIGKILL)

    @property
    def has_parent(self) -> bool:
        return self.server.process is self.parent and self.server.alive

    def is_alive(self) -> bool:
        return self.exitcode is None

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, at most so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        with contextlib.suppress(OSError, ValueError):  # the server is gone, and the worker with it
            while self.pid not in self.server.statuses and self.has_parent:
                left = 1.0 if end is None else end - time.monotonic()
                if self.server.read(max(0.0, left)) is None and end is not None and left <= 0:
                    return


def python() -> str:
    """The interpreter, also where this one is embedded in a program."""
    return os.fsdecode(get_executable() or sys.executable)

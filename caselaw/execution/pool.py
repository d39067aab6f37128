"""A persistent pool of worker processes; nothing stays behind when it ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from pathlib import Path
from typing import IO, Protocol

import luigi

from caselaw.execution.forking import may_be_forked, quiet_luigi
from caselaw.execution.job import Assignment, Chunk, Job
from caselaw.execution.server import Server
from caselaw.execution.surroundings import Surroundings
from caselaw.execution.worker import serve
from caselaw.fingerprint.code.counted_files import HashedCode

SECONDS_TO_END = 2.0
LONGEST_OUTPUT = 64 * 1024


class Process(Protocol):
    """A worker process, whoever forked it."""

    @property
    def pid(self) -> int | None: ...
    @property
    def exitcode(self) -> int | None: ...
    def is_alive(self) -> bool: ...
    def join(self, timeout: float | None = None) -> None: ...


@dataclass
class Worker:
    """One process, the pipe to it, what it printed, the job it knows, and the branches it was sent and has not ended.

    `since` is when it was sent those of which it has begun none, and None once it has; `begun` is when it began the
    one that it runs. `owner`: see `Accepted`. `shown` is how much of what it printed is known.
    """

    process: Process
    connection: Connection
    printed: IO[bytes]
    job: Job | None = None
    running: deque[int] = field(default_factory=deque)
    since: float | None = None
    begun: float = 0.0
    owner: str | None = None
    shown: int = 0

    def send(self, assignment: Assignment | None, chunk: Chunk) -> None:
        """Give it branches to run; what it printed before is forgotten."""
        self.running.extend(chunk.numbers)
        self.since = time.monotonic()
        self.shown = 0
        os.ftruncate(self.printed.fileno(), 0)
        os.lseek(self.printed.fileno(), 0, os.SEEK_SET)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: whoever listens to it finds out
            if assignment is not None:
                self.connection.send(assignment)
            self.connection.send(chunk)

    def last_words(self) -> str:
        """What it printed and is not known yet."""
        return self.words(os.fstat(self.printed.fileno()).st_size)

    def words(self, end: int) -> str:
        """What it printed up to `end` and is not known yet; only the end of very long output."""
        start = max(self.shown, end - LONGEST_OUTPUT)
        left_out = start - self.shown
        text = os.pread(self.printed.fileno(), end - start, start).decode(errors="replace") if end > start else ""
        self.shown = max(end, self.shown)
        return text if not left_out else f"[{left_out} bytes left out]\n{text}"

    def lines(self) -> str:
        """Lines that a branch which has begun printed since the last look."""
        size = os.fstat(self.printed.fileno()).st_size
        if self.since is not None or size <= self.shown:
            return ""
        start = max(self.shown, size - LONGEST_OUTPUT)
        last = os.pread(self.printed.fileno(), size - start, start).rfind(b"\n")
        return self.words(start + last + 1) if last >= 0 else ""


class Pool:
    """Worker processes with `cpus` threads each, in the `surroundings` of this process.

    They are forked, from this process where nothing in it forbids that, else from a fresh one (see `forking`).
    """

    def __init__(self, cpus: int, surroundings: Surroundings) -> None:
        self.cpus = cpus
        self.workers: list[Worker] = []
        self.server = Server(surroundings, cpus)
        self.finalizer = Finalize(self, end, (self.workers, self.server), exitpriority=100)
        self.files: dict[str, str] = {}

    def at_least(self, size: int, report: Callable[[float], None]) -> list[Worker]:
        """`size` living workers; `report` hears how long the first one takes to import the modules of the tasks."""
        for worker in list(self.workers):
            if not worker.process.is_alive():
                self.discard(worker)
        while len(self.workers) < size:
            self.start(report)
        return self.workers[:size]

    def hold(self, code: HashedCode) -> None:
        """Have no worker that may hold another text of these files, from an earlier run of this process."""
        files = {file.path: file.digest for files in code.modules.values() for file in files}
        if any(self.files.get(path, digest) != digest for path, digest in files.items()):
            self.end()
            self.files.clear()
        self.files |= files

    def start(self, report: Callable[[float], None]) -> Worker:
        ours, theirs = multiprocessing.Pipe()
        printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        own: list[Connection | IO[bytes]] = [ours, theirs, printed]
        for other in self.workers:
            own += [other.connection, other.printed]
        try:
            if may_be_forked(self.server.descriptors.union(each.fileno() for each in own)):
                process = self.fork(ours, theirs, printed.fileno())
            else:
                process = self.server.fork(theirs, printed.fileno(), report)
        finally:
            theirs.close()
        worker = Worker(process, ours, printed)
        self.workers.append(worker)
        return worker

    def fork(self, ours: Connection, theirs: Connection, printed: int) -> Process:
        inherited = [*(worker.connection for worker in self.workers), ours]
        context = multiprocessing.get_context("fork")
        process = context.Process(
            target=serve, args=(theirs, inherited, self.cpus, printed, None), name="caselaw-worker"
        )
        with quiet_luigi():
            process.start()
        return process

    def discard(self, worker: Worker) -> None:
        """Forget a worker that died."""
        worker.connection.close()
        worker.process.join()
        worker.printed.close()
        self.workers.remove(worker)

    def replace_dead(self, worker: Worker) -> Worker:
        """A new worker in the place of one that died."""
        self.discard(worker)
        return self.start(lambda _: None)

    @property
    def owners(self) -> frozenset[str]:
        """Names of all workers in the store."""
        return frozenset(worker.owner for worker in self.workers if worker.owner is not None)

    def end(self) -> frozenset[str]:
        """End all workers and what they started; returns their names in the store."""
        owners = self.owners
        end(self.workers, self.server)
        return owners


def end(workers: list[Worker], server: Server) -> None:
    """Terminate workers together with all processes that they started, and what forks them."""
    terminate(workers)
    for worker in workers:
        worker.connection.close()
        worker.printed.close()
    workers.clear()
    server.close()


def terminate(workers: list[Worker]) -> None:
    """End workers together with all processes that they started."""
    pids = frozenset(worker.process.pid for worker in workers if worker.process.pid is not None)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        deadline = time.monotonic() + SECONDS_TO_END
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))


def cause_of_death(exitcode: int | None) -> str:
    """What an exit code of a process means."""
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f"{name}, probably out of memory" if name == "SIGKILL" else name
    return f"exit code {exitcode}"


# A cache, not configuration: which pool this process has, and for what it was made.
_shared: list[tuple[tuple[object, ...], Pool]] = []


def shared_pool(cpus: int, root: Path) -> Pool:
    """The pool of this process for tasks of the project in `root`.

    Other threads per worker, tasks defined since, or other surroundings end it and make a new one.
    """
    surroundings = Surroundings.current(root)
    key = (os.getpid(), cpus, len(luigi.task_register.Register._reg), surroundings.key())
    for known, pool in _shared:
        if known == key:
            return pool
        if known[0] == os.getpid():
            pool.end()
    _shared[:] = [(key, Pool(cpus, surroundings))]
    return _shared[0][1]

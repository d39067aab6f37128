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
from caselaw.execution.job import Job
from caselaw.execution.server import Server
from caselaw.execution.surroundings import Surroundings
from caselaw.execution.worker import read_printed, serve
from caselaw.fingerprint.code.hashed import HashedCode

SECONDS_TO_END = 2.0


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

    `since` is when it was sent those of which it has begun none, and None once it has. `owner`: see `Accepted`.
    """

    process: Process
    connection: Connection
    printed: IO[bytes]
    job: Job | None = None
    running: deque[int] = field(default_factory=deque)
    since: float | None = None
    owner: str | None = None

    def last_words(self) -> str:
        """What it printed and has not yet told."""
        return read_printed(self.printed.fileno())


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
    pids = frozenset(worker.process.pid for worker in workers if worker.process.pid is not None)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        deadline = time.monotonic() + SECONDS_TO_END
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
    for worker in workers:
        worker.connection.close()
        worker.printed.close()
    workers.clear()
    server.close()


# A cache, not configuration: which pool this process has, and for what it was made.
_shared: list[tuple[tuple[object, ...], Pool]] = []


def shared_pool(cpus: int, root: Path) -> Pool:
    """The pool of this process for tasks of the project in `root`.

    Other threads per worker, tasks defined since, or other surroundings end it and make a new one.
    """
    surroundings = Surroundings.here(root)
    key = (os.getpid(), cpus, len(luigi.task_register.Register._reg), surroundings.key())
    for known, pool in _shared:
        if known == key:
            return pool
        if known[0] == os.getpid():
            pool.end()
    _shared[:] = [(key, Pool(cpus, surroundings))]
    return _shared[0][1]

"""A persistent pool of worker processes; nothing stays behind when it ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from multiprocessing.util import Finalize

from caselaw.execution.job import Job
from caselaw.execution.worker import serve
from caselaw.fingerprint.code.hashed import HashedCode

SECONDS_TO_END = 2.0


@dataclass
class Worker:
    """One process, the pipe to it, the job it knows, and the branches it was sent and has not ended."""

    process: ForkProcess
    connection: Connection
    job: Job | None = None
    running: deque[int] = field(default_factory=deque)


class Pool:
    """Worker processes with `cpus` threads each.

    Workers are forked, so this process should not have used numeric libraries: tasks import them inside `run()`.
    """

    def __init__(self, cpus: int) -> None:
        self.cpus = cpus
        self.workers: list[Worker] = []
        self.files: dict[str, str] = {}
        self.finalizer = Finalize(self, end_workers, (self.workers,), exitpriority=100)

    def at_least(self, size: int) -> list[Worker]:
        """`size` living workers."""
        for worker in list(self.workers):
            if not worker.process.is_alive():
                self.discard(worker)
        while len(self.workers) < size:
            self.start()
        return self.workers[:size]

    def hold(self, code: HashedCode) -> None:
        """Have no worker that may hold another text of these files, from an earlier run of this process."""
        files = {file.path: file.digest for files in code.modules.values() for file in files}
        if any(self.files.get(path, digest) != digest for path, digest in files.items()):
            self.end()
            self.files.clear()
        self.files |= files

    def start(self) -> Worker:
        ours, theirs = multiprocessing.Pipe()
        inherited = [*(worker.connection for worker in self.workers), ours]
        context = multiprocessing.get_context("fork")
        process = context.Process(target=serve, args=(theirs, inherited, self.cpus), name="caselaw-worker")
        process.start()
        theirs.close()
        worker = Worker(process, ours)
        self.workers.append(worker)
        return worker

    def discard(self, worker: Worker) -> None:
        """Forget a worker that died."""
        worker.connection.close()
        worker.process.join()
        self.workers.remove(worker)

    @property
    def pids(self) -> frozenset[int]:
        """Process numbers of all workers."""
        return frozenset(worker.process.pid for worker in self.workers if worker.process.pid is not None)

    def end(self) -> frozenset[int]:
        """End all workers and what they started; returns their process numbers."""
        return end_workers(self.workers)


def end_workers(workers: list[Worker]) -> frozenset[int]:
    """Terminate workers together with all processes that they started."""
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
    workers.clear()
    return pids


# A cache, not configuration: which pool this process has, and for which tasks and threads it was made.
_shared: dict[tuple[int, int, int], Pool] = {}


def shared_pool(cpus: int, families: int) -> Pool:
    """The pool of this process. Other threads per worker, or tasks defined since, end it and make a new one."""
    key = (os.getpid(), cpus, families)
    if key not in _shared:
        for (pid, *_), pool in _shared.items():
            if pid == os.getpid():
                pool.end()
        _shared.clear()
        _shared[key] = Pool(cpus)
    return _shared[key]

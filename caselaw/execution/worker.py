"""A worker process: runs branches that it is sent, one after the other, until its parent is gone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from multiprocessing.connection import Connection
from typing import Any

from caselaw import publishing
from caselaw.branches import Branch
from caselaw.errors import SourceChanged, StoreUnavailable
from caselaw.execution.adoption import verify_inputs
from caselaw.execution.job import Job, Outcome
from caselaw.execution.threads import pin_threads
from caselaw.loading.refusal import require_before_run
from caselaw.recording import Started, cpu_seconds

PR_SET_PDEATHSIG = 1
LONGEST_OUTPUT = 64 * 1024

AROUND_STEP = frozenset({__file__, publishing.__file__, contextlib.__file__})
"""Files whose frames at the top of a traceback say nothing of the task."""

Request = Job | list[tuple[int, Branch]]


def serve(connection: Connection, inherited: Iterable[Connection], cpus: int) -> None:
    """Main loop of a worker. `inherited` are the parent's ends of all pipes, closed here so that EOF arrives."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    for other in inherited:
        other.close()
    pin_threads(cpus)
    printed = Printed()
    job: Job | None = None
    workflow: Any = None
    while True:
        try:
            request: Request = connection.recv()
        except EOFError:
            return
        if isinstance(request, Job):
            job, workflow = request, None
            continue
        assert job is not None, "a worker gets its job before its branches"
        outage: StoreUnavailable | None = None
        changed: SourceChanged | None = None
        for number, row in request:
            started = time.time()
            error = letter = None
            try:
                if outage is None and changed is None:  # else it would only wait or fail once more
                    workflow = ready(job) if workflow is None else workflow
                    letter = run_branch(job.branch(workflow, number, row), started)
            except StoreUnavailable as unavailable:
                outage = unavailable
            except SourceChanged as other_code:
                changed = other_code
            except BaseException:
                error = traceback_of_step()
            connection.send(Outcome(number, time.time() - started, error, printed.take(), letter, outage, changed))


def ready(job: Job) -> Any:
    """The task or workflow of a job, whose code here is what was hashed."""
    require_before_run(job.code, job.task_class)
    return job.task()


def run_branch(task: Any, started: float) -> str | None:
    """Run one branch or task here and make sure that it published, or left its outputs in the returned folder."""
    task._started = Started(started, cpu_seconds())
    try:
        verify_inputs(task, task._branch_row)
        publishing.run_of(task)
    finally:
        task.store.done_reading()
    if task.declared:
        task.require_published()
    return None if task._letter is None else str(task._letter)


def traceback_of_step() -> str:
    """The current exception's traceback from the task's `run()` on."""
    kind, error, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename in AROUND_STEP:
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace))


def end_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, however that dies."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Printed:
    """Standard output and error of this process, including that of compiled libraries."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115
        os.dup2(self.file.fileno(), 1)
        os.dup2(self.file.fileno(), 2)
        sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115

    def take(self) -> str:
        """What was printed since the last call; only the end of very long output."""
        sys.stdout.flush()
        sys.stderr.flush()
        size = os.lseek(self.file.fileno(), 0, os.SEEK_END)
        if not size:
            return ""
        start = max(0, size - LONGEST_OUTPUT)
        text = os.pread(self.file.fileno(), size - start, start).decode(errors="replace")
        os.ftruncate(self.file.fileno(), 0)
        os.lseek(self.file.fileno(), 0, os.SEEK_SET)
        return text if not start else f"[{start} bytes left out]\n{text}"

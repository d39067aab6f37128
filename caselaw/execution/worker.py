"""A worker process: runs branches that it is sent, one after the other, until its parent is gone."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from multiprocessing.connection import Connection
from typing import Any

from luigi.task_register import Register

from caselaw.branches import Branch
from caselaw.branches.yielded import Named, named, yields
from caselaw.errors import EVERY_BRANCH, SourceChanged, StoreError, WorkerError
from caselaw.execution import callbacks, run_method
from caselaw.execution.adoption import verify_inputs
from caselaw.execution.callbacks import packed_exception, reply_after, reply_of, surrounded
from caselaw.execution.job import Accepted, Assignment, Chunk, Job, Outcome, request_of
from caselaw.execution.run_method import Lacking, run_where_complete
from caselaw.execution.surroundings import Surroundings
from caselaw.execution.threads import pin_threads
from caselaw.execution.worker_messages import Voice, let_speak
from caselaw.loading.refusal import require_before_run
from caselaw.publishing import block
from caselaw.publishing.recording import Started, cpu_seconds
from caselaw.publishing.task import RunnableWorkflow
from caselaw.storage.owner import owner

PR_SET_PDEATHSIG = 1
AROUND_STEP = frozenset(module.__file__ for module in (sys.modules[__name__], callbacks, run_method, block, contextlib))
"""Files whose frames at the top of a traceback say nothing of the task."""
SHOW_STACK = signal.SIGUSR2
"""A worker that gets this signal prints where it is, whatever it waits for."""


def serve(
    connection: Connection, inherited: Iterable[Connection], cpus: int, printed: int, surroundings: Surroundings | None
) -> None:  # fmt: skip
    """Main loop of a worker, which prints to the file `printed`.

    `inherited` are the parent's ends of all pipes, closed here so that EOF arrives. Of `surroundings`, where given,
    the modules are yet to be imported.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with(os.getppid())
    for other in inherited:
        other.close()
    output = Printed(printed)
    faulthandler.enable(2)
    faulthandler.register(SHOW_STACK, file=2)
    pin_threads(cpus)
    work, voice = Work(), Voice(connection)
    if surroundings is not None:
        work.problem = surroundings.load()
    while True:
        try:
            message: Assignment | Chunk = connection.recv()
        except EOFError:
            return
        if isinstance(message, Assignment):
            work.assign(message)
        else:
            run_chunk(work, message, voice, output)


def run_chunk(work: Work, chunk: Chunk, voice: Voice, output: Printed) -> None:
    """Run some branches; the parent hears when the first one begins, and how each of them went."""
    outage: StoreError | None = None
    changed: SourceChanged | None = None
    for index, number in enumerate(chunk.numbers):
        started = time.time()
        error = upload = raised = reply = branch = None
        needs: tuple[Named, ...] = ()
        try:
            if outage is None and changed is None:  # else it would only wait or fail once more
                branch = work.branch(chunk, index)
                let_speak(branch, voice, number)
                if index == 0:
                    voice.send(Accepted(number, owner(), output.size()))
                with surrounded(branch):
                    upload = run_branch(branch, started)
                    reply = reply_of(branch, "on_success")
        except EVERY_BRANCH as unavailable:
            outage = unavailable
        except SourceChanged as other_code:
            changed = other_code
        except Lacking as lacking:
            needs = tuple(map(named, lacking.tasks))
        except BaseException as problem:
            error, raised = traceback_of_step(), packed_exception(problem)
            reply, also = reply_after(branch, problem)
            error += also
        seconds = time.time() - started
        voice.send(Outcome(number, seconds, error, output.size(), upload, outage, changed, needs, raised, reply=reply))


class Work:
    """The job that a worker has, and its task or workflow; `problem` says why there cannot be any."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self.assignment: Assignment | None = None
        self.job: Job | None = None
        self.workflow: Any = None
        self.passing = False
        """Whether tasks that were asked before may give other answers now."""
        self.chunk: Chunk | None = None
        self.rows: list[Branch] = []

    def assign(self, assignment: Assignment) -> None:
        self.assignment, self.job, self.workflow = assignment, None, None

    def branch(self, chunk: Chunk, index: int) -> Any:
        """One branch of those that were sent. Raises `WorkerError` where it cannot be made here."""
        assert self.assignment is not None, "a worker gets its job before its branches"
        if self.problem is not None:
            raise WorkerError(self.problem, self.assignment.title, "define the task in a module")
        if self.job is None:
            self.job = self.understood(self.assignment.job)
            yielding = yields(self.job.task_class)
            if yielding or self.passing:
                Register.clear_instance_cache()  # what run() yields is asked anew whether it is complete
            self.passing = yielding
        if self.workflow is None:
            require_before_run(self.job.code, self.job.task_class)
            self.workflow = self.job.task()
        if self.chunk is not chunk:
            self.chunk, self.rows = chunk, self.understood(chunk.rows)
        return self.job.branch(self.workflow, chunk.numbers[index], self.rows[index])

    def understood(self, message: bytes) -> Any:
        """A message as an object. Raises `WorkerError` where it cannot be made in this process."""
        try:
            return pickle.loads(message)
        except Exception as error:
            assert self.assignment is not None
            raise WorkerError(
                f"it cannot be made again in a worker process: {type(error).__name__}: {error}", self.assignment.title,
                "define the task, and the types of its parameters and branches, at the top of a module",
            ) from error  # fmt: skip


def run_branch(task: RunnableWorkflow, started: float) -> str | None:
    """Run one branch or task here and make sure that it published, or left its outputs in the returned folder."""
    task.current_run.started = Started(started, cpu_seconds())
    try:
        verify_inputs(task, task.branch_row)
        if task.run_yields:
            if task.has_branches and task.unrestricted.seen_before is not None:
                task.look_at_records()  # others of the workflow, which it needs, may have been made since
            run_where_complete(task)
        else:
            run_method.run_task(task, request_of)
    finally:
        for store in (task.output_store, *(layer.store for layer in task.output_layers)):
            store.done_reading()
    if task.output_declared or (task.output_named and not task.answers_itself):
        task.require_published()
    upload = task.current_run.upload
    return None if upload is None else str(upload)


def traceback_of_step() -> str:
    """The current exception's traceback from the task's `run()` on."""
    kind, error, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename in AROUND_STEP:
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace))


def end_with(parent: int) -> None:
    """Ask Linux to end this process when its parent dies, however that dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Printed:
    """Standard output and error of this process, including that of compiled libraries, in a file.

    The parent has the file, too: it shows what is printed as it comes, and begins it anew before it sends branches.
    """

    def __init__(self, file: int) -> None:
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]  # who goes back to them, prints at once

    def size(self) -> int:
        """How much was printed since the parent sent the last branches."""
        sys.stdout.flush()
        sys.stderr.flush()
        return os.fstat(1).st_size

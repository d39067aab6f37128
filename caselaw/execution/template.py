"""The process from which workers are forked: fresh, with one thread, and with the modules of the tasks imported.

Where importing them leaves a thread or an open file, a copy would not work as the process does. Then it starts once
more without them, and every worker imports them for itself.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import select
import signal
import socket
import sys
from multiprocessing import util
from multiprocessing.connection import Connection
from typing import NoReturn

from caselaw.execution.forking import is_alone, open_files
from caselaw.execution.surroundings import Surroundings
from caselaw.execution.threads import without_threads
from caselaw.execution.worker import end_with, serve

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import caselaw.task.single, caselaw.task.workflow; "
    "from caselaw.execution.template import main; main()"
)
"""What the fresh process executes: it holds all of the engine before it learns of anybody's modules."""
LONGEST_REQUEST = 4096
CLOSED_BY_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def main() -> NoReturn:
    """Fork workers as the run asks for them, and end with it.

    Arguments: search path; descriptors of the connection to the run and of the surroundings; number of the run's
    process, or 0 where it may outlive the thread that started this one; CPUs of a worker; whether to import modules.
    Answers are lines of JSON: whether it is ready, the number of each worker that started, and how each ended.
    """
    control, given, run, cpus, loads = map(int, sys.argv[2:7])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if run:
        end_with(run)
    variables = dict(os.environ)
    with open(given, "rb", closefd=False) as file:
        file.seek(0)
        surroundings: Surroundings = pickle.load(file)
    surroundings.enter()
    problem = import_once(surroundings, cpus, variables) if loads else None
    gc.collect()
    gc.freeze()
    os.close(given)
    template = Template(socket.socket(fileno=control), cpus, surroundings, to_load=not loads)
    template.say({"ready": problem is None, "problem": problem})
    template.work()


def import_once(surroundings: Surroundings, cpus: int, variables: dict[str, str]) -> str | None:
    """Import the modules here, if a copy of this process can use them; what is wrong with the script, if anything."""
    os.environ.update(without_threads(cpus))  # no library shall start its threads here; each worker has its own number
    before = open_files()
    problem = surroundings.load()
    if problem is None and not (is_alone() and open_files() == before):
        os.chdir(surroundings.folder)
        os.execve(sys.executable, [*sys.orig_argv[:-1], "0"], variables)
    surroundings.enter()  # what modules changed of it when they were imported, they changed in the run, too
    return problem


class Template:
    """Workers of one run, which this process forks, and whose end it sees."""

    def __init__(self, control: socket.socket, cpus: int, surroundings: Surroundings, *, to_load: bool) -> None:
        self.control, self.cpus = control, cpus
        self.surroundings = surroundings
        self.to_load = to_load
        self.workers: set[int] = set()

    def say(self, answer: object) -> None:
        with contextlib.suppress(OSError):  # the run is gone; the next look at the connection tells
            self.control.sendall(json.dumps(answer).encode() + b"\n")

    def work(self) -> NoReturn:
        """Until the run closes the connection, however it ends."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            ready, _, _ = select.select([self.control.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, LONGEST_REQUEST)
                self.tell_ended()
            if self.control.fileno() in ready:
                self.answer((woken, wake))

    def answer(self, own: tuple[int, ...]) -> None:
        """Start the worker that the run asks for. `own` are descriptors that workers must not keep."""
        try:
            request, descriptors, _, _ = socket.recv_fds(self.control, LONGEST_REQUEST, 2, CLOSED_BY_EXEC)
        except OSError:
            request, descriptors = b"", []
        if not request:
            self.end()
        pid = os.fork()
        if pid == 0:
            self.become_worker(descriptors, own)
        for descriptor in descriptors:
            os.close(descriptor)
        self.workers.add(pid)
        self.say({"pid": pid})

    def become_worker(self, descriptors: list[int], own: tuple[int, ...]) -> NoReturn:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            for descriptor in own:
                os.close(descriptor)
            connection, printed = Connection(descriptors[0]), descriptors[1]
            serve(connection, (), self.cpus, printed, self.surroundings if self.to_load else None)
            util._exit_function()  # type: ignore[attr-defined]
            status = 0
        finally:
            os._exit(status)

    def tell_ended(self) -> None:
        """Tell how workers ended."""
        for pid in list(self.workers):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                self.workers.discard(pid)
                self.say({"ended": pid, "status": os.waitstatus_to_exitcode(status)})

    def end(self) -> NoReturn:
        for pid in self.workers:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        os._exit(0)

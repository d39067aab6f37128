"""How a worker speaks to its parent while a branch runs, and what luigi gives a task that runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from caselaw.execution.job import LuigiFunction, Said
from caselaw.publishing.task import RunnableTask


class Voice:
    """The connection to the parent, for all threads of a worker; processes that a branch starts have no part in it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lock = threading.Lock()
        self.pid = os.getpid()

    def send(self, message: object) -> None:
        if os.getpid() == self.pid:
            with self.lock:
                self.connection.send(message)


class Saying:
    """One function of luigi's for one branch: its parent hears of it at once."""

    def __init__(self, voice: Voice, number: int, what: LuigiFunction) -> None:
        self.voice, self.number, self.what = voice, number, what

    def __call__(self, value: Any) -> None:
        self.voice.send(Said(self.number, self.what, value))

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        return silent, ()


def silent() -> Callable[[Any], None]:
    """What a copy of the task in another process has instead."""
    return unheard


def unheard(_: Any) -> None:
    pass


def let_speak(task: RunnableTask, voice: Voice, number: int) -> None:
    """Give a branch what luigi gives the tasks that it runs itself."""
    for what in LuigiFunction:
        setattr(task, what.value, Saying(voice, number, what))

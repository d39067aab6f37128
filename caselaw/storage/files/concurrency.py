"""The same work on many things at the same time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

AT_ONCE = 32

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], things: Iterable[T], at_once: int = AT_ONCE) -> list[R]:
    """The result for each thing, in order. After an error nothing new is begun, and the first error is raised.

    The threads do not keep a process alive that is told to end while a server does not answer.
    """
    wanted = list(things)
    if len(wanted) < 2:
        return [work(thing) for thing in wanted]
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(wanted)):
        waiting.put(number)
    results: dict[int, R] = {}
    errors: list[BaseException] = []

    def run() -> None:
        while not errors:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[number] = work(wanted[number])
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(at_once, len(wanted)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(wanted))]

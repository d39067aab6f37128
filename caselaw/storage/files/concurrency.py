"""The same work on many things at the same time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

AT_ONCE = 32

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], things: Iterable[T], at_once: int = AT_ONCE) -> list[R]:
    """The result for each thing, in order. After an error nothing new is begun, and the first error is raised."""
    wanted = list(things)
    results = dict(numbered(work, wanted, at_once))
    return [results[number] for number in range(len(wanted))]


def in_parallel(work: Callable[[T], R], things: Iterable[T], at_once: int = AT_ONCE) -> Iterator[tuple[T, R]]:
    """Each thing with its result, as they come. After an error nothing new is begun, and the first one is raised."""
    wanted = list(things)
    for number, result in numbered(work, wanted, at_once):
        yield wanted[number], result


def numbered(work: Callable[[T], R], wanted: Sequence[T], at_once: int) -> Iterator[tuple[int, R]]:
    """Numbers of things with their results, as they come.

    The threads do not keep a process alive that is told to end while a server does not answer.
    """
    if len(wanted) < 2:
        for number, thing in enumerate(wanted):
            yield number, work(thing)
        return
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, R] | BaseException] = queue.SimpleQueue()
    for number in range(len(wanted)):
        waiting.put(number)
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, work(wanted[number])))
            except BaseException as error:
                stopped.set()
                done.put(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(min(at_once, len(wanted)))]
    for thread in threads:
        thread.start()
    try:
        for _ in wanted:
            found = done.get()
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        stopped.set()
        for thread in threads:
            thread.join()

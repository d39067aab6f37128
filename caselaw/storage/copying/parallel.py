"""The same work on many things at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

AT_ONCE = 32

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], R], things: Iterable[T], at_once: int = AT_ONCE) -> Iterator[tuple[T, R]]:
    """Each thing with its result, as they come. After an error nothing new is begun, and the first one is raised."""
    pool = ThreadPoolExecutor(at_once)
    try:
        futures = {pool.submit(work, thing): thing for thing in things}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

"""Several requests at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SMALL = 1 << 16  # bytes


async def concurrently(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Their results, in order. The first error cancels the others: nobody asks a thousand times about one outage."""
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


async def in_thread(size: int, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What `function` gives, which works on so many bytes; of few, it is called at once: a thread would cost more."""
    return (
        function(*arguments, **options) if size <= SMALL else await asyncio.to_thread(function, *arguments, **options)
    )

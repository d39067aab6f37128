"""Inputs on tape: brought to disk before a workflow reads them, so that no branch waits for a tape drive."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from caselaw.execution.progress import Progress, progress_for
from caselaw.storage import Location
from caselaw.storage.files.schemes import WEBDAV
from caselaw.storage.stores import store_of


@contextlib.contextmanager
def inputs_online(task: Any, numbers: Sequence[int]) -> Iterator[None]:
    """Have the inputs of these branches on disk until the block ends.

    Raises `StagingFailed`, which names files that cannot be had, and `StoreUnavailable`.
    """
    by_store: dict[str, list[str]] = {}
    for url in urls_of_inputs(task, numbers):
        by_store.setdefault(store_of(url).root, []).append(url)
    with contextlib.ExitStack() as pins:
        for urls in by_store.values():
            pins.enter_context(online(urls))
        yield


@contextlib.contextmanager
def online(urls: Sequence[str]) -> Iterator[None]:
    """Have files of one store on disk until the block ends; progress is shown where any is on tape."""
    store = store_of(urls[0])
    with contextlib.ExitStack() as shown:
        bars: list[Progress] = []

        def report(done: int, total: int) -> None:
            if not bars:
                bars.append(shown.enter_context(progress_for("bringing inputs from tape", total)))
            bars[0].update(done, 0)
            bars[0].refresh()

        pin = store.bring_online(urls, report)
    try:
        yield
    finally:
        store.release(pin)


def urls_of_inputs(task: Any, numbers: Sequence[int]) -> Iterable[str]:
    """URLs of all inputs of some branches that lie on servers, each once."""
    found: dict[str, None] = {}
    for column in task.input_columns.values():
        if column.location is not None and not may_be_on_tape(column.location.directory):
            continue
        some = numbers if column.values is not None else numbers[:1]
        for number in some:
            inputs = column.inputs(number)
            if inputs is None:
                continue
            paths = inputs.keys
            if inputs.location is not None:
                paths = tuple(path for key in inputs.keys for path in files_of(inputs.location, key))
            found.update(dict.fromkeys(filter(may_be_on_tape, paths)))
    return found


def may_be_on_tape(url: str) -> bool:
    """Whether a URL is of a kind of server that may have tapes."""
    return url.partition("://")[0] in WEBDAV


def files_of(location: Location, fingerprint: str) -> list[str]:
    """Products of a branch that are files; those that are folders stay on disk."""
    paths = location.paths(fingerprint)
    return [path for product, path in paths.items() if not location.is_folder(product)]

"""Inputs on tape: brought to disk before a workflow reads them, so that no branch waits for a tape drive."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from caselaw.errors import StagingFailed
from caselaw.execution.progress import Progress, progress_for
from caselaw.publishing.task import RunnableTask
from caselaw.storage.files.schemes import may_have_tapes
from caselaw.storage.location import Location
from caselaw.storage.stores import store_of


@contextlib.contextmanager
def inputs_online(task: RunnableTask, numbers: Sequence[int]) -> Iterator[Mapping[int, StagingFailed]]:
    """Have the inputs of these branches on disk until the block ends; gives the branches some of whose cannot be had.

    Raises `StoreUnavailable`.
    """
    by_store: dict[str, list[str]] = {}
    for url in urls_of_inputs(task, numbers):
        by_store.setdefault(store_of(url).root, []).append(url)
    failed: dict[str, StagingFailed] = {}
    with contextlib.ExitStack() as pins:
        for urls in by_store.values():
            failed |= pins.enter_context(online(urls))
        yield {number: error for number in numbers if failed and (error := barring(task, number, failed)) is not None}


def barring(task: Any, number: int, failed: Mapping[str, StagingFailed]) -> StagingFailed | None:
    """The error of a branch that needs files which tape does not give."""
    lost = [url for url in urls_of_inputs(task, [number]) if url in failed]
    if not lost:
        return None
    first = failed[lost[0]]
    words = {url: failed[url].failures[url] for url in lost}
    return StagingFailed(f"{len(lost)} of its inputs could not be brought to disk", first.where, first.advice, words)


@contextlib.contextmanager
def online(urls: Sequence[str]) -> Iterator[Mapping[str, StagingFailed]]:
    """Have files of one store on disk until the block ends; gives the errors of those that cannot be.

    Progress is shown where any is on tape.
    """
    store = store_of(urls[0])
    with contextlib.ExitStack() as shown:
        bars: list[Progress] = []

        def report(done: int, total: int) -> None:
            if not bars:
                bars.append(shown.enter_context(progress_for("bringing inputs from tape", total)))
            bars[0].update(done, 0)
            bars[0].refresh()

        brought = store.bring_online(urls, report)
    try:
        yield brought.failed
    finally:
        store.release(brought.pin)


def urls_of_inputs(task: RunnableTask, numbers: Sequence[int]) -> Iterable[str]:
    """URLs of all inputs of some branches that lie on servers, each once."""
    found: dict[str, None] = {}
    for column in task.input_columns.values():
        if column.location is not None and not any(map(may_have_tapes, column.location.folders)):
            continue
        some = numbers if column.values is not None else numbers[:1]
        for number in some:
            inputs = column.inputs(number)
            if inputs is None:
                continue
            paths = inputs.keys
            if inputs.location is not None:
                lying = task.located_input(inputs).located()
                paths = tuple(path for location, key in lying for path in files_of(location, key))
            found.update(dict.fromkeys(filter(may_have_tapes, paths)))
    return found


def files_of(location: Location, fingerprint: str) -> list[str]:
    """Products of a branch that are files; those that are folders stay on disk."""
    paths = location.paths(fingerprint)
    return [path for product, path in paths.items() if not location.is_folder(product)]

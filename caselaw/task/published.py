"""Whether the outputs of a task are there, and are what their records say."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

from caselaw.errors import PublishError
from caselaw.publishing.own_outputs import own_exist, own_present
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record
from caselaw.records.chosen_by_digest import distinct
from caselaw.records.layer_search import found_below, see_first
from caselaw.storage.state import exists
from caselaw.task.declared import DeclaredTask


@functools.cache
def means_products(cls: Any) -> bool:
    """Whether a class is written in caselaw's words, and so has products: without them nothing of it would ever run."""
    code = getattr(inspect.unwrap(cls.run), "__code__", None) if cls.run is not None else None
    return cls.upstream is not DeclaredTask.upstream or (code is not None and "publish" in code.co_names)


def is_published(task: RunnableTask) -> bool:
    """Whether every product exists and has a record; raises `StoreUnavailable` when the store cannot say."""
    fingerprint, location = task.fingerprint, task.output_location
    if task.output_named:
        return own_is_published(task)
    if task.is_in_first_layer():
        see_first(location, [fingerprint])
        return True
    return bool(location.below) and bool(
        found_below(task.record_index, location, [fingerprint], trusted=task.trust_unrecorded)
    )


def own_is_published(task: RunnableTask) -> bool:
    """Whether the outputs that a task names itself exist, and are what one of its records says."""
    directory, fingerprint = task.output_location.directory, task.fingerprint
    if not own_exist(task):
        return False
    if not task.trust_unrecorded and not task.record_index.recorded(directory, {fingerprint}):
        return False
    known: Sequence[Record | None] = distinct(task.record_index.indexed(directory, fingerprint))
    return any(own_present(task, record) for record in known or [None])


def is_in_first_layer(task: RunnableTask) -> bool:
    """Whether every product exists in the store that is written to, and has a record."""
    location, fingerprint = task.output_location, task.fingerprint
    if not all(map(exists, location.full_names(fingerprint))):
        return False
    return task.trust_unrecorded or bool(task.record_index.recorded(location.directory, {fingerprint}))


def require_published(task: RunnableTask) -> None:
    """Raise `PublishError` unless `run()` has published all products."""
    if not task.current_run.has_published and not task.is_published():
        raise PublishError(
            "run() ended without publishing its products",
            ", ".join(task.output_location.full_names(task.fingerprint)),
            "write them inside 'with self.publish() as out:', or to the paths of self.output()",
        )  # fmt: skip

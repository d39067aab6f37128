"""What happens at the end of a task's `with self.publish() as out:`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from caselaw.delivery import post, publish_here, send
from caselaw.errors import SourceChanged
from caselaw.fingerprint import code_closure
from caselaw.fingerprint.code.sources import status_of
from caselaw.recording import Started, record_of_outputs
from caselaw.storage import Staging
from caselaw.storage.publish import Published


@contextlib.contextmanager
def publishing(task: Any) -> Iterator[Mapping[str, Path]]:
    """Paths of this machine to write the products of a task to; on success all of them are published, else none."""
    started = task._started or Started.now()
    in_worker = task._started is not None
    staging = Staging.open(task.store.scratch, task.products)
    try:
        yield staging.paths
        refuse_changed_sources(task)
        deliver(task, staging, staging.verify(task.location, task.fingerprint), started, at_once=not in_worker)
    finally:
        staging.close(keep_folder=in_worker)
    task._has_published = True


def deliver(
    task: Any, staging: Staging, verified: Mapping[str, Published], started: Started, *, at_once: bool
) -> None:  # fmt: skip
    """Publish verified outputs; in a worker, leave those for a server in the outbox, which its parent empties."""
    store, directory = task.store, task.location.directory
    if not store.is_local:
        task._letter = post(store, staging, verified, record_of_outputs(task, verified, started), directory)
        if at_once and (error := send(store, [task._letter])[task._letter]) is not None:
            raise error
    elif not task.published():
        publish_here(store, staging, verified, record_of_outputs(task, verified, started), directory)


def refuse_changed_sources(task: Any) -> None:
    """Raise `SourceChanged` where code of the task was edited since it started."""
    sources = task._sources if task._sources is not None else task.closure.sources
    changed = next((path for path, status in sources.items() if status_of(path) != tuple(status)), None)
    if changed is None:
        return
    now = code_closure(type(task), task.project.root, task.project.first_party)
    if now.code_digest != task.of_all_branches.run_context.code:
        raise SourceChanged(
            "the code changed while the task ran, so its result would carry a wrong fingerprint",
            changed,
            "nothing was published; run again",
        )

"""Where a branch writes while its `run()` goes on, and what happens when that has ended.

`publish()` and `output()` lead to one staging folder. What lies there gets its names when `run()` has returned:
together with its record, after it was verified. Whatever else ends a run leaves nothing.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caselaw.errors import PublishError, TaskError
from caselaw.loading.refusal import require, require_before_run
from caselaw.publishing.outbox import add_to_outbox
from caselaw.publishing.own_outputs import (
    final_target,
    forget_own,
    keep_beside,
    known_by_notes,
    note_own,
    place_own,
    take_own,
    telling,
    written_beside,
    written_here,
)
from caselaw.publishing.past_targets import watched
from caselaw.publishing.placing import already_published, publish_local
from caselaw.publishing.recording import Started, record_of_outputs
from caselaw.publishing.task import RunnableTask
from caselaw.publishing.upload import upload
from caselaw.records import write_records
from caselaw.storage.own_targets import by_name, is_folder, local_target, needed, replaced, staged_paths
from caselaw.storage.products import beside, clear, lacking
from caselaw.storage.publish import Published, Staging
from caselaw.storage.target import Outputs, target_of, url_of

logger = logging.getLogger(__name__)


class RunOutputs:
    """What one run of a branch writes, until it is published. `scratch`: the folder that holds its staging folder."""

    def __init__(self, task: RunnableTask, scratch: Path) -> None:
        self.task = task
        self.scratch = scratch
        started = task.current_run.started
        self.in_worker = started is not None
        self.started = started or Started.now()
        self.blocks = 0
        self.targets: Mapping[str, Any] = {}
        """Targets of the files that a project names itself, and that the task writes."""
        self.others: Mapping[str, Any] = {}
        """Targets of its own whose names do not tell what made them, and whose contents nobody can compare."""
        self._staging: Staging | None = None

    @property
    def staging(self) -> Staging:
        """The staging folder, made when it is first asked for."""
        if self._staging is None:
            own = self.task.output_named
            self._staging = self._own_staging() if own else Staging.open(self.scratch, self.task.declared_products)
        return self._staging

    def _own_staging(self) -> Staging:
        """Files lie here under the names that the project gives them."""
        named = by_name(self.task.own_output())
        self.targets, self.others = written_here(self.task, named), known_by_notes(self.task, named)
        folders = frozenset(name for name, target in self.targets.items() if is_folder(target))
        staging = Staging.with_names(self.scratch, staged_paths(self.targets, ""), folders)
        for folder in {path.parent for path in staging.paths.values()} - {Path(staging.folder)}:
            folder.mkdir(parents=True, exist_ok=True)
        return staging

    def outputs(self) -> Any:
        """What `output()` gives while the branch runs: targets in the staging folder."""
        staging = self.staging
        if not self.task.output_named:
            return Outputs({name: target_of(path, name in staging.folders) for name, path in staging.paths.items()})
        own = self.task.own_output()
        places = {id(target): staging.paths.get(name) for name, target in by_name(own).items()}
        return replaced(own, lambda t: t if places.get(id(t)) is None else local_target(t, str(places[id(t)])))

    @contextlib.contextmanager
    def block(self) -> Iterator[Mapping[str, Path]]:
        """What `publish()` gives. After an error nothing that was written so far is published, whoever catches it.

        Raises `PublishError` where it is used a second time.
        """
        if self.blocks:
            raise PublishError(
                "publish() is used a second time in one run()", type(self.task).__name__,
                "write all products in one block 'with self.publish() as out:', or to the paths of self.output()",
            )  # fmt: skip
        paths = self.staging.make_folders()
        try:
            yield paths
        except BaseException:
            clear(self.staging.folder)
            raise
        self.blocks += 1

    @property
    def lacking(self) -> list[str]:
        """Products that were not written, or not yet."""
        if self.task.output_named:
            unwritten = lacking(self.staging.paths)
            return [] if unwritten and needed(self.outputs()) else unwritten
        return list(self.task.declared_products) if self._staging is None else lacking(self._staging.paths)

    @property
    def beside(self) -> list[str]:
        """Names of what was written and is no product."""
        return [] if self._staging is None else beside(self._staging.folder, self._staging.paths)

    def require_written(self) -> None:
        """Raise `PublishError`, which names them, where products were not written."""
        if unwritten := self.lacking:
            names = ", ".join(f"'{name}'" for name in unwritten)
            others = f" (there is {', '.join(self.beside)}, which is none)" if self.beside else ""
            raise PublishError(
                f"the task finished without writing its product{'s' if len(unwritten) > 1 else ''} {names}{others}",
                self.staging.paths[unwritten[0]],
                "write every product that the task declares, to the path that publish() or output() gives",
            )

    def publish(self) -> None:
        """Publish what the run has left. Raises `PublishError`, `SourceChanged` and `StoreUnavailable`."""
        task = self.task
        if task.output_named:
            self._publish_own()
            return
        if not self.blocks and len(self.lacking) == len(task.declared_products) and not self.beside:
            if task.output_declared:
                task.require_published()
            return
        require(task.hashed_code, type(task))
        self.require_written()
        verified = self.staging.verify(task.output_location.paths(task.fingerprint))
        publish_verified(task, self.staging, verified, self.started, at_once=not self.in_worker)
        task.current_run.has_published = True
        if self.beside:
            logger.warning(
                "%s: not published, because it is no product of the task: %s; declare it in products, "
                "or write it to a temporary folder", type(task).__name__, ", ".join(self.beside),
            )  # fmt: skip

    def _publish_own(self) -> None:
        """Publish files that a project names itself; the record comes first, as with products."""
        task, staging = self.task, self.staging
        require(task.hashed_code, type(task))
        take_own(task, self.targets, staging.paths, self.started.time)
        if not task.answers_itself:
            self.require_written()
        written = self.targets.keys() - set(lacking(staging.paths))
        final = {name: final_target(task, self.targets[name]) for name in sorted(written)}
        verified = staging.verify({name: url_of(target) for name, target in final.items()}, may_be_empty=True)
        others = written_beside(staging) if self.beside else []
        verified = telling(verified, task.fingerprint, others)
        if task.fixed_names or not task.is_published():
            write_records(task.output_location.directory, [record_of_outputs(task, verified, self.started)])
            place_own(final, staging.paths, verified, replace=task.fixed_names)
            note_own(task, self.others)
        task.current_run.has_published = True
        keep_beside(self.targets, staging, others)

    def close(self) -> None:
        """Remove what was not published."""
        if self._staging is not None:
            self._staging.close(keep_folder=self.in_worker)


@dataclass(slots=True)
class TaskRun:
    """The run of a branch or task in this process, from before its `run()` until it is asked whether it published."""

    started: Started | None = None
    """When a worker began it; None outside of workers."""
    outputs: RunOutputs | None = None
    """What it writes, while `run()` goes on."""
    has_published: bool = False
    upload: Path | None = None
    """The folder of the outbox that holds what it made, until that is uploaded."""


@contextlib.contextmanager
def running(task: RunnableTask) -> Iterator[RunOutputs]:
    """While `run()` of a task goes on: what it writes by `output()` and `publish()` is published at its end."""
    run = task.current_run
    if run.outputs is not None:  # run() that calls itself
        yield run.outputs
        return
    if run.started is None:  # not in a worker, whose run has asked this before
        require_before_run(task.hashed_code, type(task))
    outputs = RunOutputs(task, task.output_store.scratch)
    if task.output_named:
        _ = outputs.staging
        forget_own(task, outputs.others)
    run.outputs = outputs
    try:
        with watched(task):
            yield outputs
        outputs.publish()
    finally:
        run.outputs = None
        outputs.close()


def run_of(task: RunnableTask) -> None:
    """Do `run()` of a branch or task in this process, and publish what it has written."""
    cls: Any = type(task)
    with running(task):
        refuse_yields(task, cls.run(task))


def refuse_yields(task: RunnableTask, made: Any) -> None:
    """Raise `TaskError` where `run()` gave back a generator, which nobody has started."""
    if isinstance(made, Generator):
        raise TaskError(
            "run() returns a generator, and nothing in its text says so", type(task).__name__,
            "write 'yield from' in place of 'return', or name the tasks in upstream()",
        )  # fmt: skip


@contextlib.contextmanager
def publishing(task: RunnableTask) -> Iterator[Mapping[str, Path]]:
    """Paths of this machine to write the products of a task to; on success all of them are published, else none.

    Raises `PublishError` where they are published already.
    """
    if task.current_run.outputs is None and task.is_published():
        raise PublishError(
            "the outputs are published already, and an output is never changed",
            ", ".join(task.output_location.full_names(task.fingerprint)),
            "remove them first, if they are to be made again",
        )  # fmt: skip
    with running(task) as outputs, outputs.block() as paths:
        yield paths


def publish_verified(
    task: RunnableTask, staging: Staging, verified: Mapping[str, Published], started: Started, *, at_once: bool
) -> None:  # fmt: skip
    """Publish verified outputs; in a worker, leave those for a server in the outbox, which its parent empties."""
    store, directory = task.output_store, task.output_location.directory
    if not store.is_local:
        waiting = add_to_outbox(store, staging, verified, record_of_outputs(task, verified, started), directory)
        task.current_run.upload = waiting
        if at_once and (error := upload(store, [waiting])[waiting]) is not None:
            raise error
    elif not task.is_in_first_layer():
        there = already_published(verified, staging.folders)
        record = record_of_outputs(task, {**verified, **there}, started)
        new = {product: published for product, published in verified.items() if product not in there}
        publish_local(store, staging, new, record, directory)

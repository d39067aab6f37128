"""Running branches in the pool: dispatch, outcomes, failures, interruption."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselaw.branches import Branch
from caselaw.branches.selection import number_of
from caselaw.branches.yielded import Named
from caselaw.errors import BranchesFailed, CaselawError, SourceChanged, StoreError, UpstreamError
from caselaw.execution.adoption import adopt, verify_inputs, with_expected
from caselaw.execution.callbacks import reply_as
from caselaw.execution.dispatch import Run
from caselaw.execution.job import Outcome, request_of
from caselaw.execution.limits import branches_at_once
from caselaw.execution.luigi_events import exception_of
from caselaw.execution.order import Order
from caselaw.execution.pool import Pool, shared_pool
from caselaw.execution.progress import progress_for
from caselaw.execution.run_method import run_task
from caselaw.execution.tapes import inputs_online
from caselaw.loading.refusal import require_before_run
from caselaw.publishing.task import RunnableTask, RunnableWorkflow
from caselaw.publishing.upload import upload_waiting
from caselaw.records import compact
from caselaw.records.completeness import incomplete
from caselaw.storage.owner import owner
from caselaw.storage.publish import remove_orphans
from caselaw.storage.state import existing_names

NOTHING_RAN = (None,)
"""What luigi hears in place of the task's own `on_success()`, which may want what `run()` has set."""


def run_in_worker(task: RunnableTask) -> None:
    """Adopt the outputs of a task without branches, or run it in a worker."""
    for callback in ("on_success", "on_failure"):
        task.__dict__.pop(callback, None)  # of an earlier attempt
    require_before_run(task.hashed_code, type(task))
    task.renew_fingerprints()
    require_known(task)
    if task.upstream_seen.passing and task.complete():  # its name is known since its upstream has run
        reply_as(task, "on_success", NOTHING_RAN)
        return
    numbers = adopt(task, unsent(task, [0]))
    if not numbers:
        reply_as(task, "on_success", NOTHING_RAN)
    run_all(task, numbers, size=1)


def run_branches(workflow: RunnableWorkflow, numbers: Sequence[int]) -> None:
    """Adopt or run branches of a workflow; one that fails does not stop the others, and `BranchesFailed` tells."""
    require_before_run(workflow.hashed_code, type(workflow))
    require_known(workflow)
    numbers = unsent(workflow, numbers)
    size = workers_for(workflow, numbers)
    run_all(workflow, adopt_in_order(workflow, numbers), size)


def adopt_in_order(workflow: RunnableWorkflow, numbers: Sequence[int]) -> list[int]:
    """Adopt what can be adopted, first what others of the workflow need; returns the branches that have to run."""
    order = Order(workflow.own_needs, numbers)
    free, left = order.free, []
    while free:
        to_run = adopt(workflow, free)
        left += to_run
        free = order.done(set(free).difference(to_run))
    return [*left, *order.waiting]


def workers_for(workflow: RunnableWorkflow, numbers: Sequence[int]) -> int:
    """How many workers are to run these branches."""
    return min(most_at_once(workflow), len(numbers))


def most_at_once(workflow: RunnableWorkflow) -> int:
    """Branches that may run at a time: by the CPUs that each takes, and what luigi's scheduler has of `resources`."""
    workers = max(1, workflow.law_project.workers // workflow.batch_resources.cpus)
    return branches_at_once(workflow.scheduler_needs, workers)


def run_in_process(branch: RunnableWorkflow) -> Any:
    """Adopt or run a branch in this process, as `law run --branch` and law's local workflow do."""
    workflow, number = branch.of_all_branches, branch.branch
    require_before_run(workflow.hashed_code, type(workflow))
    if workflow.upstream_seen.unknown:
        workflow.renew_fingerprints()
    require_known(workflow)
    if branch.complete() or not adopt(workflow, unsent(workflow, [number])):
        branch.current_run.has_published = True
        return None
    with inputs_online(workflow, [number]) as barred:
        verify_inputs(branch, with_expected(branch, workflow.plain_row(number), barred.get(number)))
        run_task(branch, request_of)
    return None


def require_known(task: RunnableTask) -> None:
    """Raise `UpstreamError` while the fingerprint is not known: nothing is made under a name that may be another."""
    if task.upstream_seen.unknown:
        raise UpstreamError(
            f"the fingerprint is only known once {'; '.join(task.upstream_seen.unknown)}", describe(task),
            "run that first",
        )  # fmt: skip


def require_named(task: RunnableTask) -> None:
    """Raise `UpstreamError` while the names of the outputs are not known."""
    require_known(task)
    if task.awaits_run:
        raise UpstreamError("its name is known when run() has yielded what it needs", describe(task), "run it first")


def unsent(task: RunnableTask, numbers: Sequence[int]) -> list[int]:
    """Those branches whose outputs do not wait here since an earlier run; what waits is published."""
    if not task.output_declared or not upload_waiting(task.output_store, task.output_location.directory):
        return list(numbers)
    return incomplete(task, numbers, existing_names(task.output_location.directory)).numbers


@dataclass(frozen=True)
class Ended:
    """What came of branches in the pool. `owners`: names in the store of the processes that ran them.

    `failures` maps numbers of branches to the last line of what went wrong, `needs` to tasks that their `run()` yields
    and that are not complete: these branches have not been made, and `held` not begun, for they need one of these.
    `raised` is what a task without branches has raised.
    """

    owners: frozenset[str] = frozenset()
    failures: dict[int, str] = field(default_factory=dict)
    needs: dict[int, tuple[Named, ...]] = field(default_factory=dict)
    held: tuple[int, ...] = ()
    raised: Exception | None = None


def run_all(task: RunnableTask, numbers: Sequence[int], size: int) -> None:
    """Run the branches in the pool; when nothing is missing any more, put the records of this run together."""
    ended = run_in_pool(task, numbers, size) if numbers else Ended()
    if ended.raised is not None:
        raise ended.raised
    require_tolerated(task, ended.failures, len(numbers))
    compact_records(task, ended.owners)


def require_tolerated(task: RunnableTask, failures: Mapping[int, str], total: int) -> None:
    """Raise `BranchesFailed` where more branches failed than the workflow tolerates, and too few are there.

    law's `tolerance` and `acceptance` are of all selected branches, also where an earlier run has made most of them.
    """
    if not failures or (task.has_branches and suffices(task, len(failures))):
        return
    raise BranchesFailed(describe(task), failures, total)


def suffices(workflow: Any, failed: int) -> bool:
    total, owner = len(workflow.selected_numbers), type(workflow).__name__
    if failed <= number_of(workflow.tolerance, total, "tolerance", owner):
        return True
    return workflow.fewer_suffice and bool(workflow.workflow_complete())


def compact_records(task: RunnableTask, workers: frozenset[str]) -> None:
    """Put the records of a run together, if nothing is missing any more."""
    if (task.output_declared or task.output_named) and task.all_published():
        compact(task.output_location.directory, task.fingerprint, idle=workers | {owner()})
        task.record_index.refresh(task.output_location.directory)


def run_in_pool(task: RunnableTask, numbers: Sequence[int], size: int) -> Ended:
    """Run branches. Raises what every branch would meet, and `SourceChanged`: they stop all of them."""
    remove_orphans(task.output_store.scratch)
    pool = shared_pool(task.batch_resources.cpus, task.law_project.root)
    ended = Ended()
    raised: Exception | None = None
    title = describe(task)

    def row(number: int) -> Branch:
        return with_expected(task, task.full_row(number), barred.get(number))

    with (
        inputs_online(task, numbers) as barred,
        interruptible(pool, task.output_store.scratch),
        progress_for(title, len(numbers)) as progress,
    ):
        freed = functools.partial(named_and_missing if task.run_yields else adopt, task)
        run = Run(task, title, numbers, pool, row, size, progress, freed)
        pool.hold(run.job.code)
        for count, outcome in enumerate(run.outcomes(), 1):
            if outcome.outage is not None or outcome.changed is not None:
                run.stop(outcome)
            elif outcome.error is not None:
                raised = exception_of(outcome)
                ended.failures[outcome.number] = last_words(outcome, raised)
            elif outcome.needs:
                ended.needs[outcome.number] = outcome.needs
            report(run, outcome)
            progress.update(count, len(ended.failures))
        if ended.needs:
            progress.message(f"{title}: {len(ended.needs)} branches wait for tasks that their run() yields")
    remove_orphans(task.output_store.scratch, also=pool.owners)
    if run.outage is not None:
        raise outage_of(title, run, len(numbers))
    if run.changed is not None:
        raise change_of(title, run, len(numbers))
    return dataclasses.replace(
        ended, owners=pool.owners, held=tuple(run.held), raised=None if task.has_branches else raised
    )


def named_and_missing(workflow: Any, numbers: Sequence[int]) -> list[int]:
    """Those branches that have to run, now that others which they need are made, and tell what their `run()` yields."""
    for number in numbers:
        workflow.as_branch(number).look_at_records()
    names = existing_names(workflow.output_location.directory) if workflow.output_declared else frozenset()
    if not (workflow.output_declared or workflow.output_named):
        return list(numbers)
    return incomplete(workflow, numbers, names).numbers


def report(run: Run, outcome: Outcome) -> None:
    """Let people and luigi know how a branch went; a failure with its traceback and the parameters."""
    task = run.hearing.task
    if not task.has_branches:
        reply_as(task, "on_success" if outcome.error is None else "on_failure", outcome.reply)
    if outcome.error is not None and (task.has_branches or exception_of(outcome) is None):
        run.progress.message(f"{run.name_of(outcome.number)} failed:\n{outcome.error}")
    run.hearing.outcome(outcome)


def last_words(outcome: Outcome, raised: Exception | None) -> str:
    """What went wrong with a branch, in one line."""
    if isinstance(raised, CaselawError):
        return f"{type(raised).__name__}: {' '.join(str(raised).split())}"
    return (outcome.error or "").strip().rpartition("\n")[2]


def outage_of(title: str, run: Run, total: int) -> StoreError:
    """One error for all branches that an outage of the store has stopped."""
    assert run.outage is not None
    what = f"{title}: stopped with {total - run.left} of {total} branches published: {run.outage.what}"
    return type(run.outage)(what, run.outage.where, run.outage.advice)


def change_of(title: str, run: Run, total: int) -> SourceChanged:
    """One error for all branches that an edit has stopped."""
    assert run.changed is not None
    what = f"{title}: stopped with {total - run.left} of {total} branches published: {run.changed.what}"
    return type(run.changed)(what, run.changed.where, run.changed.advice)


def describe(task: RunnableTask) -> str:
    """Family and parameters of a task in one line."""
    parameters = {**({"campaign": task.campaign_name} if task.config_keys else {}), **task.readable_parameters}
    return " ".join([task.get_task_family(), *(f"{name}={value}" for name, value in parameters.items())])


@contextlib.contextmanager
def interruptible(pool: Pool, scratch: Path) -> Iterator[None]:
    """Ctrl-C or a termination request leaves no child process and no partial file."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    in_main_thread = threading.current_thread() is threading.main_thread()
    previous = signal.signal(signal.SIGTERM, interrupt) if in_main_thread else None
    try:
        yield
    except BaseException:
        remove_orphans(scratch, also=pool.end())
        raise
    finally:
        if in_main_thread:
            signal.signal(signal.SIGTERM, previous)

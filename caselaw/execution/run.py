"""Running branches in the pool: dispatch, outcomes, failures, interruption."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from caselaw.branches import Branch
from caselaw.branches.yielded import Named
from caselaw.delivery import send_waiting
from caselaw.errors import BranchesFailed, SourceChanged, StoreUnavailable, UpstreamError
from caselaw.execution.adoption import adopt, verify_inputs, with_expected
from caselaw.execution.job import Accepted, Assignment, Chunk, Job, Outcome, request_of
from caselaw.execution.pool import Pool, Worker, shared_pool
from caselaw.execution.progress import Progress, progress_for
from caselaw.execution.sending import Sender
from caselaw.execution.tapes import inputs_online
from caselaw.execution.watchdog import Watchdog
from caselaw.loading.refusal import require_before_run
from caselaw.records import compact
from caselaw.records.completeness import incomplete
from caselaw.sandbox.entrance import run_task
from caselaw.storage import existing_names, remove_orphans
from caselaw.storage.owner import owner

SECONDS_PER_CHUNK = 0.05
LARGEST_CHUNK = 256
SECONDS_BETWEEN_UPDATES = 0.1
SECONDS_BETWEEN_LOOKS = 0.01


def run_in_worker(task: Any) -> None:
    """Adopt the outputs of a task without branches, or run it in a worker."""
    require_before_run(task.hashed_code, type(task))
    task.renew_fingerprints()
    require_known(task)
    if task.upstream_seen.passing and task.complete():  # its name is known since its upstream has run
        return
    run_all(task, adopt(task, unsent(task, [0])), size=1)


def run_branches(workflow: Any, numbers: Sequence[int]) -> None:
    """Adopt or run branches of a workflow; one that fails does not stop the others, and `BranchesFailed` tells."""
    require_before_run(workflow.hashed_code, type(workflow))
    require_known(workflow)
    numbers = unsent(workflow, numbers)
    size = workers_for(workflow, numbers)
    run_all(workflow, adopt(workflow, numbers) if numbers else [], size)


def workers_for(workflow: Any, numbers: Sequence[int]) -> int:
    """How many workers are to run these branches."""
    return min(max(1, workflow.law_project.workers // workflow.batch_resources.cpus), len(numbers))


def run_here(branch: Any) -> Any:
    """Adopt or run a branch in this process, as `law run --branch` and law's local workflow do."""
    workflow, number = branch.of_all_branches, branch.branch
    require_before_run(workflow.hashed_code, type(workflow))
    if workflow.upstream_seen.unknown:
        workflow.renew_fingerprints()
    require_known(workflow)
    if branch.complete() or not adopt(workflow, unsent(workflow, [number])):
        branch._has_published = True
        return None
    with inputs_online(workflow, [number]):
        verify_inputs(branch, with_expected(branch, workflow.plain_row(number)))
        run_task(branch, request_of)
    return None


def require_known(task: Any) -> None:
    """Raise `UpstreamError` while the fingerprint is not known: nothing is made under a name that may be another."""
    if task.upstream_seen.unknown:
        raise UpstreamError(
            f"the fingerprint is only known once {'; '.join(task.upstream_seen.unknown)}", describe(task),
            "run that first",
        )  # fmt: skip


def require_named(task: Any) -> None:
    """Raise `UpstreamError` while the names of the outputs are not known."""
    require_known(task)
    if task.awaits_run:
        raise UpstreamError("its name is known when run() has yielded what it needs", describe(task), "run it first")


def unsent(task: Any, numbers: Sequence[int]) -> list[int]:
    """Those branches whose outputs do not wait here since an earlier run; what waits is published."""
    if not task.output_declared or not send_waiting(task.output_store, task.output_location.directory):
        return list(numbers)
    return incomplete(task, numbers, existing_names(task.output_location.directory)).numbers


@dataclass(frozen=True)
class Ended:
    """What came of branches in the pool. `owners`: names in the store of the processes that ran them.

    `failures` maps numbers of branches to the last line of what went wrong, `needs` to tasks that their `run()` yields
    and that are not complete: these branches have not been made.
    """

    owners: frozenset[str] = frozenset()
    failures: dict[int, str] = field(default_factory=dict)
    needs: dict[int, tuple[Named, ...]] = field(default_factory=dict)


def run_all(task: Any, numbers: Sequence[int], size: int) -> None:
    """Run the branches in the pool; when nothing is missing any more, put the records of this run together."""
    ended = run_in_pool(task, numbers, size) if numbers else Ended()
    require_tolerated(task, ended.failures, len(numbers))
    put_together(task, ended.owners)


def require_tolerated(task: Any, failures: Mapping[int, str], total: int) -> None:
    """Raise `BranchesFailed` where more of `total` branches failed than the workflow tolerates."""
    tolerance = getattr(task, "tolerance", 0.0)
    if len(failures) > (tolerance * total if tolerance <= 1 else tolerance):
        raise BranchesFailed(describe(task), failures, total)


def put_together(task: Any, workers: frozenset[str]) -> None:
    """Put the records of a run together, if nothing is missing any more."""
    if (task.output_declared or task.output_named) and task.all_published():
        compact(task.output_location.directory, task.fingerprint, idle=workers | {owner()})
        task.record_index.refresh(task.output_location.directory)


def run_in_pool(task: Any, numbers: Sequence[int], size: int) -> Ended:
    """Run branches. Raises `StoreUnavailable` and `SourceChanged`, which stop all of them."""
    remove_orphans(task.output_store.scratch)
    pool = shared_pool(task.batch_resources.cpus, task.law_project.root)
    ended = Ended()
    title = describe(task)
    sender = Sender(task.output_store)
    patience = task.law_project.watchdog
    job = Job.of(task)
    pool.hold(job.code)

    def row(number: int) -> Branch:
        return with_expected(task, task.full_row(number))

    run = Run(title, pool, job, deque(numbers), row, size, sender, patience)
    with (
        inputs_online(task, numbers),
        interruptible(pool, task.output_store.scratch),
        progress_for(title, len(numbers)) as progress,
    ):
        for count, outcome in enumerate(run.outcomes(progress), 1):
            report(run, outcome, progress)
            if outcome.outage is not None or outcome.changed is not None:
                run.stop(outcome)
            elif outcome.error is not None:
                ended.failures[outcome.number] = outcome.error.strip().rpartition("\n")[2]
            elif outcome.needs:
                ended.needs[outcome.number] = outcome.needs
            progress.update(count, len(ended.failures))
        if ended.needs:
            progress.message(f"{title}: {len(ended.needs)} branches wait for tasks that their run() yields")
    remove_orphans(task.output_store.scratch, also=pool.owners)
    if run.outage is not None:
        raise outage_of(title, run, len(numbers))
    if run.changed is not None:
        raise change_of(title, run, len(numbers))
    return dataclasses.replace(ended, owners=pool.owners)


class Run:
    """Branches of one job on their way through the pool."""

    def __init__(
        self, title: str, pool: Pool, job: Job, waiting: deque[int], row: Callable[[int], Branch], size: int,
        sender: Sender, patience: float,
    ) -> None:  # fmt: skip
        self.title = title
        self.pool, self.job, self.waiting, self.row, self.size = pool, job, waiting, row, size
        self.assignment = Assignment.of(job.task_class.__name__, job)
        self.patience = patience
        self.ended, self.seconds = 0, 0.0
        self.sender = sender
        self.outage: StoreUnavailable | None = None
        self.changed: SourceChanged | None = None
        self.left = 0
        self.told = False

    def outcomes(self, progress: Progress) -> Iterator[Outcome]:
        """Outcomes of all branches as they come; a worker that dies fails its branch and is replaced."""
        watchdog = Watchdog(self.patience, progress.message)
        try:
            self.pool.at_least(self.size, watchdog.starting)
            while self.feed_all() or self.sender.sending:
                busy = {worker.connection: worker for worker in self.pool.workers if worker.running}
                pause = SECONDS_BETWEEN_UPDATES if not self.sender.sending else SECONDS_BETWEEN_LOOKS
                for connection in wait(list(busy), pause):
                    outcome = self.receive(busy[connection])  # type: ignore[index]
                    if outcome is None:
                        continue
                    if outcome.letter is None:
                        yield outcome
                    else:
                        self.sender.add(outcome)
                watchdog.look(self.pool.workers, lambda number: name_of(self, number))
                yield from self.sender.ended(0 if busy else SECONDS_BETWEEN_UPDATES)
                self.tell_trouble(progress)
                progress.refresh()
        finally:
            self.sender.close()

    def feed_all(self) -> bool:
        """Give work to workers that have none; whether anybody works."""
        for worker in self.pool.workers[: self.size]:
            if not worker.running:
                self.feed(worker)
        return any(worker.running for worker in self.pool.workers)

    def receive(self, worker: Worker) -> Outcome | None:
        """The next outcome of a worker, which then gets its next branches; None where it has only begun one."""
        try:
            answer: Accepted | Outcome = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            answer = self.bury(worker)
        else:
            worker.since = None
            if isinstance(answer, Accepted):
                worker.owner = answer.owner
                return None
            worker.running.remove(answer.number)
            self.changed = self.changed or answer.changed
            if not worker.running:
                self.feed(worker)
        self.ended, self.seconds = self.ended + 1, self.seconds + answer.seconds
        return answer

    def tell_trouble(self, progress: Progress) -> None:
        """Say once that new work waits for the store."""
        if self.sender.troubled and not self.told:
            progress.message("the store does not answer: no other branch is begun until it does")
        self.told = self.sender.troubled

    def feed(self, worker: Worker) -> None:
        """Send the next branches to a worker, few enough that all workers end at about the same time."""
        if not self.waiting or self.sender.full or self.changed is not None:
            return
        mean = self.seconds / self.ended if self.ended else math.inf
        share = math.ceil(len(self.waiting) / (2 * self.size))
        count = max(1, min(LARGEST_CHUNK, share, int(SECONDS_PER_CHUNK / max(mean, 1e-6))))
        chunk = [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]
        worker.running.extend(chunk)
        worker.since = time.monotonic()
        message = Chunk.of(self.job, {number: self.row(number) for number in chunk})
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: whoever listens to it finds out
            if worker.job is not self.job:
                worker.connection.send(self.assignment)
                worker.job = self.job
            worker.connection.send(message)

    def stop(self, outcome: Outcome) -> None:
        """Begin no other branch: the store cannot be reached, or code was edited. Those that run are waited for."""
        self.outage = self.outage or outcome.outage
        self.left += 1 + len(self.waiting)
        self.waiting.clear()

    def bury(self, worker: Worker) -> Outcome:
        """A worker died: its current branch failed, the others of its chunk wait again."""
        number = worker.running.popleft()
        self.waiting.extendleft(reversed(worker.running))
        printed = worker.last_words()
        self.pool.discard(worker)
        self.feed(self.pool.start(lambda _: None))
        return Outcome(number, 0.0, f"the worker process died: {cause(worker.process.exitcode)}", printed)


def outage_of(title: str, run: Run, total: int) -> StoreUnavailable:
    """One error for all branches that an outage of the store has stopped."""
    assert run.outage is not None
    what = f"{title}: stopped with {total - run.left} of {total} branches published: {run.outage.what}"
    return StoreUnavailable(what, run.outage.where, run.outage.advice)


def change_of(title: str, run: Run, total: int) -> SourceChanged:
    """One error for all branches that an edit has stopped."""
    assert run.changed is not None
    what = f"{title}: stopped with {total - run.left} of {total} branches published: {run.changed.what}"
    return type(run.changed)(what, run.changed.where, run.changed.advice)


def cause(exitcode: int | None) -> str:
    """What an exit code of a process means."""
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f"{name}, probably out of memory" if name == "SIGKILL" else name
    return f"exit code {exitcode}"


def name_of(run: Run, number: int) -> str:
    """What a branch is, for people."""
    return f"{run.title}, branch {number} ({run.row(number).value!r})" if run.job.is_workflow else run.title


def report(run: Run, outcome: Outcome, progress: Progress) -> None:
    """Print what a branch printed, and the traceback of one that failed, with its parameters."""
    if outcome.output.strip():
        progress.message(outcome.output)
    if outcome.error is not None:
        progress.message(f"{name_of(run, outcome.number)} failed:\n{outcome.error}")


def describe(task: Any) -> str:
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

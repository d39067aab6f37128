"""Branches of one job on their way through the pool: who runs which, how each went, whose time is up."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait

from luigi.event import Event

from caselaw.branches import Branch
from caselaw.errors import SourceChanged, StoreError
from caselaw.execution.background_uploads import Sender
from caselaw.execution.job import Accepted, Assignment, Chunk, Job, Outcome, Said
from caselaw.execution.limits import Timeouts
from caselaw.execution.luigi_events import Hearing
from caselaw.execution.order import Order
from caselaw.execution.pool import Pool, Worker, cause_of_death, terminate
from caselaw.execution.progress import Progress
from caselaw.execution.watchdog import Watchdog
from caselaw.publishing.task import RunnableTask

SECONDS_PER_CHUNK = 0.05
LARGEST_CHUNK = 256
SECONDS_BETWEEN_UPDATES = 0.1
SECONDS_BETWEEN_LOOKS = 0.01


class Run:
    """Branches of one job on their way through the pool."""

    def __init__(
        self, task: RunnableTask, title: str, numbers: Sequence[int], pool: Pool, row: Callable[[int], Branch],
        size: int, progress: Progress, adopt: Callable[[list[int]], list[int]] = lambda numbers: numbers,
    ) -> None:  # fmt: skip
        self.title, self.pool, self.row, self.size, self.adopt = title, pool, row, size, adopt
        self.order = Order(task.own_needs, numbers)
        self.waiting = deque(self.order.free)
        self.job = Job.of(task)
        self.assignment = Assignment.of(self.job.task_class.__name__, self.job)
        self.progress = progress
        self.watchdog = Watchdog(task.law_project.watchdog, progress.message)
        self.sender = Sender(task.output_store)
        self.hearing = Hearing(task, numbers)
        self.timeouts = Timeouts(task)
        self.ended, self.seconds = 0, 0.0
        self.outage: StoreError | None = None
        self.changed: SourceChanged | None = None
        self.left = 0
        self.held: list[int] = []
        """Branches that wait for one whose `run()` yields what is not complete."""
        self.told = False

    def outcomes(self) -> Iterator[Outcome]:
        """Outcomes of all branches as they come; a worker that dies fails its branch and is replaced."""
        try:
            self.pool.at_least(self.size, self.watchdog.starting)
            while self.feed_all() or self.sender.sending:
                busy = {worker.connection: worker for worker in self.pool.workers if worker.running}
                if not busy:
                    self.sender.hurry()
                pause = SECONDS_BETWEEN_UPDATES if not self.sender.sending else SECONDS_BETWEEN_LOOKS
                for connection in wait(list(busy), pause):
                    outcome = self.receive(busy[connection])  # type: ignore[index]
                    if outcome is None:
                        continue
                    if outcome.upload is None:
                        yield from self.and_what_follows(outcome)
                    else:
                        self.sender.add(outcome)
                for outcome in self.end_overdue():
                    yield from self.and_what_follows(outcome)
                for outcome in self.sender.ended(0 if busy else SECONDS_BETWEEN_UPDATES):
                    yield from self.and_what_follows(outcome)
                self.look()
        finally:
            self.sender.close()
            self.hearing.report(at_once=True)

    def and_what_follows(self, outcome: Outcome) -> Iterator[Outcome]:
        """An outcome; then branches that waited for it begin, or are adopted, or will not run."""
        yield outcome
        if not self.order.waiting or outcome.outage is not None or outcome.changed is not None:
            return
        if outcome.needs:
            self.held += self.order.lost(outcome.number)
            return
        if outcome.error is not None:
            for number in self.order.lost(outcome.number):
                yield Outcome(number, 0.0, f"not run: branch {outcome.number}, which it needs, is not made", 0)
            return
        free = self.order.done([outcome.number])
        while free:
            left = self.adopt(free)
            self.waiting.extend(left)
            adopted = [number for number in free if number not in left]
            for number in adopted:
                yield Outcome(number, 0.0, None, 0)
            free = self.order.done(adopted)

    def look(self) -> None:
        """Show what goes on."""
        for worker in self.pool.workers:
            if worker.running and (printed := worker.lines()):
                self.progress.printed(printed)
        self.watchdog.look(self.pool.workers, self.name_of)
        self.tell_trouble()
        self.hearing.report()
        self.progress.refresh()

    def feed_all(self) -> bool:
        """Give work to workers that have none; whether anybody works."""
        for worker in self.pool.workers[: self.size]:
            if not worker.running:
                self.feed(worker)
        return any(worker.running for worker in self.pool.workers)

    def receive(self, worker: Worker) -> Outcome | None:
        """The next outcome of a worker, which then gets its next branches; None where it has only said something."""
        try:
            answer: Accepted | Said | Outcome = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            answer = self.outcome_of_dead(worker)
        else:
            if isinstance(answer, Said):
                self.hearing.said(answer)
                return None
            worker.since, worker.begun = None, time.monotonic()
            if isinstance(answer, Accepted):
                worker.owner, worker.shown = answer.owner, answer.printed
                return None
            worker.running.remove(answer.number)
            self.progress.printed(worker.words(answer.printed))
            self.changed = self.changed or answer.changed
            if not worker.running:
                self.feed(worker)
        self.ended, self.seconds = self.ended + 1, self.seconds + answer.seconds
        return answer

    def end_overdue(self) -> Iterator[Outcome]:
        """Outcomes of branches that run longer than they may: their workers are ended."""
        for worker in list(self.pool.workers):
            if worker.running and worker.since is None:
                seconds = self.timeouts.of(worker.running[0])
                if seconds and time.monotonic() - worker.begun > seconds:
                    terminate([worker])
                    self.ended += 1
                    yield self.outcome_of_dead(
                        worker, f"timed out after {seconds:g} seconds and was terminated", Event.TIMEOUT
                    )

    def tell_trouble(self) -> None:
        """Say once that new work waits for the store."""
        if self.sender.troubled and not self.told:
            self.progress.message("the store does not answer: no other branch is begun until it does")
        self.told = self.sender.troubled

    def feed(self, worker: Worker) -> None:
        """Send the next branches to a worker, few enough that all workers end at about the same time."""
        if not self.waiting or self.sender.full or self.changed is not None:
            return
        mean = self.seconds / self.ended if self.ended else math.inf
        share = math.ceil(len(self.waiting) / (2 * self.size))
        count = max(1, min(LARGEST_CHUNK, share, int(SECONDS_PER_CHUNK / max(mean, 1e-6))))
        if self.hearing.has_handlers:
            count = 1  # each handler of START is through before its branch begins
        chunk = [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]
        message = Chunk.of(self.job, {number: self.row(number) for number in chunk})
        self.hearing.sent(chunk)
        worker.send(self.assignment if worker.job is not self.job else None, message)
        worker.job = self.job

    def stop(self, outcome: Outcome) -> None:
        """Begin no other branch: the store cannot be reached, or code was edited. Those that run are waited for."""
        self.outage = self.outage or outcome.outage
        self.left += 1 + len(self.waiting) + len(self.order.waiting)
        self.waiting.clear()
        self.order.waiting.clear()

    def outcome_of_dead(self, worker: Worker, why: str | None = None, event: str = Event.PROCESS_FAILURE) -> Outcome:
        """A worker died: its current branch failed, the others of its chunk wait again; the pool replaces it."""
        number = worker.running.popleft()
        self.waiting.extendleft(reversed(worker.running))
        self.progress.printed(worker.last_words())
        self.feed(self.pool.replace_dead(worker))
        why = why or f"the worker process died: {cause_of_death(worker.process.exitcode)}"
        return Outcome(number, 0.0, why, 0, event=event)

    def name_of(self, number: int) -> str:
        """What a branch is, for people."""
        return f"{self.title}, branch {number} ({self.row(number).value!r})" if self.job.is_workflow else self.title

"""Branches whose `run()` yields tasks, in the pool: those that lack some end, luigi runs these, and they begin anew.

Where such a task fails, luigi does not run the workflow again. So that this stops no branch that has what it needs,
those run by a task of their own (`ReadyBranches`), to which luigi comes when it has nothing else left to do.
"""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import law
import luigi
from luigi.task_register import load_task
from luigi.worker import TaskProcess

from caselaw.branches.yielded import Named, named
from caselaw.execution.order import Order
from caselaw.execution.run import (
    compact_records,
    describe,
    require_known,
    require_tolerated,
    run_in_pool,
    workers_for,
)  # fmt: skip
from caselaw.fingerprint import digest, short
from caselaw.loading.refusal import require_before_run
from caselaw.publishing.task import RunnableWorkflow
from caselaw.publishing.upload import upload_waiting

logger = logging.getLogger(__name__)


@dataclass
class Rounds:
    """What one run of a workflow knows: how many branches it has to run, which failed, and what others lack."""

    total: int
    failures: dict[int, str] = field(default_factory=dict)
    lacking: dict[int, list[Any]] = field(default_factory=dict)
    held: list[int] = field(default_factory=list)
    """Branches that need others of those that lack something."""
    workers: frozenset[str] = frozenset()

    def tasks(self) -> list[Any]:
        """Everything that is lacking, each once."""
        return list(dict.fromkeys(task for tasks in self.lacking.values() for task in tasks))


# What a run knows between the times at which luigi calls it, by task and worker of luigi: it begins anew each time.
_rounds: dict[tuple[str, str | None], Rounds] = {}


def run_yielding_branches(workflow: Any) -> Generator[Any, Any, None]:
    """Run branches of a workflow, and have luigi run what they yield. Raises `BranchesFailed` at the end."""
    require_before_run(workflow.hashed_code, type(workflow))
    require_known(workflow)
    key = workflow.task_id, getattr(workflow, "_worker_id", None)
    while True:
        numbers = missing(workflow)
        rounds = _rounds.setdefault(key, Rounds(len(numbers)))
        rounds.lacking.clear()
        rounds.held.clear()
        try:
            run_round(workflow, rounds, [number for number in numbers if number not in rounds.failures])
        except BaseException:
            del _rounds[key]
            raise
        if not rounds.lacking:
            break
        yield wanted(workflow, rounds)
    del _rounds[key]
    workflow.renew_fingerprints()
    require_tolerated(workflow, rounds.failures, rounds.total)
    compact_records(workflow, rounds.workers)


def missing(workflow: RunnableWorkflow) -> list[int]:
    """Numbers of the branches to run, once what waits here for its upload is published."""
    upload_waiting(workflow.output_store, workflow.output_location.directory)
    workflow.renew_fingerprints()
    return list(workflow.missing_numbers())


def run_round(workflow: RunnableWorkflow, rounds: Rounds, numbers: Sequence[int]) -> None:
    """Run branches in the pool, and note what they lack.

    Those that lack what is complete here begin anew once, for it may just have been made; then they have failed.
    Branches that need them begin when they are made.
    """
    told: dict[int, tuple[Named, ...]] = {}
    complete: dict[Any, bool] = {}
    while numbers:
        ended = run_in_pool(workflow, numbers, workers_for(workflow, numbers))
        rounds.workers |= ended.owners
        rounds.failures |= ended.failures
        rounds.held += ended.held
        numbers = []
        for number, needs in ended.needs.items():
            tasks = [load_task(*each) for each in needs]
            complete |= {task: task.complete() for task in tasks if task not in complete}
            if lacking := [task for task in tasks if not complete[task]]:
                rounds.lacking[number] = lacking
            elif told.get(number) != needs:
                told[number] = needs
                numbers.append(number)
            else:
                rounds.failures[number] = disagreement(tasks)
                logger.error("%s, branch %s failed: %s", describe(workflow), number, rounds.failures[number])
                for lost in depending(workflow, [number], rounds.held):
                    rounds.failures[lost] = f"not run: branch {number}, which it needs, is not made"
        numbers += ready_now(workflow, rounds)


def ready_now(workflow: RunnableWorkflow, rounds: Rounds) -> list[int]:
    """Takes out those held branches that need none any more which lacks something."""
    rounds.held = [number for number in rounds.held if number not in rounds.failures]
    held = depending(workflow, list(rounds.lacking), rounds.held)
    ready = [number for number in rounds.held if number not in held]
    rounds.held = held
    return ready


def depending(workflow: RunnableWorkflow, needed: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """Those of the branches `numbers` that need one of `needed`, be it through others of them."""
    order = Order(workflow.own_needs, [*needed, *numbers])
    lost = {found for number in needed for found in order.lost(number)}
    return [number for number in numbers if number in lost]


def disagreement(tasks: Sequence[Any]) -> str:
    return (
        f"run() yields {', '.join(map(str, tasks))}: complete by what this process knows, and not complete by what a "
        "worker process finds; code or configuration was edited meanwhile, or complete() differs: run again"
    )


def wanted(workflow: RunnableWorkflow, rounds: Rounds) -> list[Any]:
    """What luigi is to run before the workflow goes on.

    Where luigi itself has several workers, these are the branches, each with what it yields, and those that need them.
    """
    if isinstance(multiprocessing.current_process(), TaskProcess):
        return [workflow.as_branch(number) for number in (*rounds.lacking, *rounds.held)]
    tasks = rounds.tasks()
    return [*tasks, ReadyBranches.of(workflow, tasks)]


class ReadyBranches(law.Task):  # type: ignore[misc]
    """Runs branches of a workflow that have what they need, where others wait for a task that has failed."""

    exclude_index = True
    task_namespace = "caselaw"
    priority = -(10**9)

    module = luigi.Parameter(description="where the workflow is defined")
    family = luigi.Parameter(description="its family")
    parameters = luigi.DictParameter(description="its parameters")
    after = luigi.Parameter(description="digest of the run, and of the tasks that branches wait for")

    _has_run = False

    @classmethod
    def of(cls, workflow: Any, tasks: Sequence[Any]) -> ReadyBranches:
        module, family, parameters = named(workflow)
        after = short(digest("lacking", getattr(workflow, "_worker_id", None), [task.task_id for task in tasks]))
        return cls(module=module, family=family, parameters=parameters, after=after)

    def complete(self) -> bool:
        return self._has_run

    def run(self) -> Generator[Any, Any, None]:
        workflow = load_task(self.module, self.family, dict(self.parameters))
        rounds = _rounds.get((workflow.task_id, getattr(self, "_worker_id", None)), Rounds(0))
        complete: Mapping[Any, bool] = {task: task.complete() for task in rounds.tasks()}
        ready = [number for number, tasks in rounds.lacking.items() if all(complete[task] for task in tasks)]
        if ready and len(ready) < len(rounds.lacking):  # else the workflow itself goes on
            for number in ready:
                del rounds.lacking[number]
            others = set(rounds.lacking)
            workflow.renew_fingerprints()
            run_round(workflow, rounds, [*ready, *ready_now(workflow, rounds)])
            if again := [task for number in rounds.lacking.keys() - others for task in rounds.lacking[number]]:
                again = list(dict.fromkeys(again))
                yield [*again, ReadyBranches.of(workflow, again)]
        self._has_run = True

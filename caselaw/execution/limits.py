"""Limits that luigi sets to a task that it runs itself, for branches that run in the pool."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import luigi
from luigi.worker import worker as worker_settings

from caselaw.publishing.task import RunnableTask


class Timeouts:
    """luigi's `worker_timeout` of branches, and `timeout` of [worker]: seconds after which a branch is ended.

    A task without branches is ended by luigi itself, which runs it in a process of its own then.
    """

    def __init__(self, task: RunnableTask) -> None:
        self.task: Any = task
        self.of_each = isinstance(inspect.getattr_static(type(task), "worker_timeout", None), property)
        self.of_all = self.of_branch(None) if task.has_branches and not self.of_each else 0.0

    def of(self, number: int) -> float:
        """Seconds that a branch may take; 0 where it may take any time."""
        return self.of_branch(self.task.as_branch(number)) if self.task.has_branches and self.of_each else self.of_all

    def of_branch(self, branch: Any) -> float:
        own = getattr(type(self.task), "worker_timeout", None) if branch is None else branch.worker_timeout
        return float(worker_settings().timeout if own is None else own)


def branches_at_once(needs: Mapping[str, int], most: int) -> int:
    """How many branches, at most `most`, may run at a time so that luigi's `[resources]` suffice for their `needs`.

    Of what [resources] does not name there is one, as luigi has it.
    """
    totals: dict[str, int] = luigi.configuration.get_config().getintdict("resources")
    at_once = [totals.get(name, 1) // need for name, need in needs.items() if need > 0]
    return max(1, min([most, *at_once]))

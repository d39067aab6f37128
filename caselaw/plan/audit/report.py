"""Auditing one branch from end to end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caselaw.plan.audit.branch import chosen_branch, observe, require_upstream
from caselaw.plan.audit.coverage import coverage_of
from caselaw.plan.audit.origin import origins_of
from caselaw.plan.audit.recorder import Lines
from caselaw.plan.audit.verdict import Finding, judge


@dataclass(frozen=True)
class Audit:
    """What a branch used. `branch` is None for a task without branches; `failure` tells how the run failed."""

    family: str
    params: Mapping[str, str]
    branch: int | None
    fingerprint: str
    undeclared: tuple[Finding, ...]
    covered: Mapping[str, int]
    failure: str | None


def audit(task: Any) -> Audit:
    """Run one branch of a task under observation, publishing nothing.

    Raises `UpstreamError` when something upstream is missing, `TaskError` when there is no such branch.
    """
    branch, number = chosen_branch(task)
    require_upstream(branch)
    workflow = branch.of_all_branches
    lines = lines_of(workflow.closure)
    coverage = coverage_of(branch, lines)
    observed = observe(branch, number, origins_of(branch.project, workflow.closure.sources), lines)
    undeclared, covered = judge(observed.observations, coverage, observed.scratch)
    return Audit(
        family=task.get_task_family(),
        params=workflow.readable_parameters,
        branch=number,
        fingerprint=branch.fingerprint,
        undeclared=tuple(undeclared),
        covered=dict(covered),
        failure=observed.failure,
    )


def lines_of(closure: Any) -> Lines:
    """Line ranges of the closure's symbols, by the real path of their file."""
    lines: dict[str, list[tuple[int, int]]] = {}
    for symbol in closure.symbols.values():
        lines.setdefault(os.path.realpath(symbol.path), []).extend(tuple(symbol.lines))
    return {path: tuple(sorted(ranges)) for path, ranges in lines.items()}

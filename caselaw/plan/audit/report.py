"""Auditing one branch from end to end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import luigi

from caselaw.fingerprint import Closures, first_party
from caselaw.plan.audit.branch import chosen_branch, observe, require_upstream
from caselaw.plan.audit.comparison import Comparison
from caselaw.plan.audit.comparison import compare as compare_runs
from caselaw.plan.audit.coverage import coverage_of
from caselaw.plan.audit.observation import UseKind
from caselaw.plan.audit.origin import origins_of
from caselaw.plan.audit.recorder import Lines
from caselaw.plan.audit.uncounted import real_paths, uncounted_statements
from caselaw.plan.audit.variations import Variation, of_texts, texts_of, without_statement
from caselaw.plan.audit.verdict import Finding, judge, module_name, relative
from caselaw.task.base import FingerprintedTask


@dataclass(frozen=True)
class Audit:
    """What a branch used. `branch` is None for a task without branches; `failure` tells how the run failed."""

    family: str
    params: Mapping[str, str]
    branch: int | None
    fingerprint: str
    undeclared: tuple[Finding, ...]
    covered: Mapping[UseKind, int]
    failure: str | None
    not_compared: str | None = None
    """Why it is not known whether the branch makes the same with only what counts."""


def audit(task: Any, *, compare: bool = True) -> Audit:
    """Run one branch of a task under observation, publishing nothing.

    With `compare`, run it again with its code in another form that has the same fingerprint. Raises `UpstreamError`
    when something upstream is missing, `TaskError` when there is no such branch.
    """
    branch, number = chosen_branch(task)
    require_upstream(branch)
    workflow = branch.of_all_branches
    lines = lines_of(workflow.code_closure)
    coverage = coverage_of(branch, lines)
    origins = origins_of(branch.law_project, workflow.code_closure.sources)
    observed = observe(branch, number, origins, lines)
    undeclared, covered = judge(observed.observations, coverage, observed.scratch)
    compared = Comparison()
    if compare:
        compared = compare_runs(
            observed.made, variations_of(workflow.code_closure, lines, coverage.root),
            lambda variations: counts(workflow, variations),
            lambda variations: observe(branch, number, origins, lines, texts_of(variations)).made,
        )  # fmt: skip
    return Audit(
        family=task.get_task_family(),
        params=workflow.readable_parameters,
        branch=number,
        fingerprint=branch.fingerprint,
        undeclared=(*undeclared, *findings(compared.culprits, coverage.root)),
        covered=covered,
        failure=observed.failure,
        not_compared=compared.reason,
    )


def variations_of(closure: Any, lines: Lines, root: Path) -> list[Variation]:
    """Other forms of the closure's source files that are not to matter."""
    paths = sorted(real_paths(closure.sources))
    removed = map(without_statement, uncounted_statements(paths, lines, task_classes()))
    return [*removed, *(each for path in paths for each in of_texts(path, module_name(Path(path), root)))]


def counts(task: FingerprintedTask, variations: Sequence[Variation]) -> bool:
    """Whether variations change the fingerprint."""
    texts = {Path(path): text.encode() for path, text in texts_of(variations).items()}
    varied = Closures(first_party(task.law_project.root, task.law_project.first_party), texts=texts)
    return bool(varied.of_class(type(task), task.code_closure.named).code_digest != task.code_closure.code_digest)


def findings(culprits: Iterable[Variation], root: Path) -> Iterator[Finding]:
    for each in culprits:
        yield Finding(each.kind, each.name, relative(f"{each.path}:{each.line}", root))


def task_classes() -> dict[str, frozenset[str]]:
    """Names of the task classes that loaded modules define, by the real path of the module."""
    found: dict[str, set[str]] = {}
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        for name, value in list(vars(module).items()) if path else ():
            if isinstance(value, type) and issubclass(value, luigi.Task) and value.__module__ == module.__name__:
                found.setdefault(os.path.realpath(str(path)), set()).add(name)
    return {path: frozenset(names) for path, names in found.items()}


def lines_of(closure: Any) -> Lines:
    """Line ranges of the closure's symbols, by the real path of their file."""
    lines: dict[str, list[tuple[int, int]]] = {}
    for symbol in closure.symbols.values():
        lines.setdefault(os.path.realpath(symbol.path), []).extend(tuple(symbol.lines))
    return {path: tuple(sorted(ranges)) for path, ranges in lines.items()}

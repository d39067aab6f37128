"""Inputs whose names carry no fingerprint: outputs of plain law and luigi tasks, which count by what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import luigi

from caselaw.branches.upstream_digests import carries_fingerprints, is_wrapper
from caselaw.config.address import is_url
from caselaw.plan.audit.inputs import targets
from caselaw.task.base import FingerprintedTask


def uncounted_contents(branch: FingerprintedTask) -> frozenset[str]:
    """Real paths of outputs of plain tasks upstream whose contents the fingerprint does not ask for."""
    outputs = frozenset(os.path.realpath(path) for path in paths(branch.requires()) if not is_url(path))
    return outputs - asked_for(branch.of_all_branches) if outputs else outputs


def paths(requirements: Any) -> Iterator[str]:
    """Paths of outputs of required tasks that are not caselaw's; a wrapper stands for what it requires."""
    waiting, done = luigi.task.flatten(requirements), set()
    while waiting:
        task = waiting.pop()
        if is_wrapper(task) and task.task_id not in done:
            done.add(task.task_id)
            waiting.extend(luigi.task.flatten(task.requires()))
        elif not is_wrapper(task) and not carries_fingerprints(task):
            yield from (os.fspath(target) for target in targets(task.output()))


def asked_for(workflow: FingerprintedTask) -> frozenset[str]:
    """Real paths of the files and folders that a new look at what lies upstream asks the contents of."""
    digests: Any = workflow.file_digests
    asked = set()

    def digest(path: str | os.PathLike[str]) -> str:
        asked.add(os.path.realpath(path))
        return str(type(digests).digest(digests, path))

    digests.digest = digest
    try:
        workflow.renew_fingerprints()
        _ = workflow.fingerprints
    finally:
        del digests.digest
    return frozenset(asked)

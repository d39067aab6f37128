"""What a task of plain law is made from, as far as caselaw knows it: the caselaw tasks that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import luigi

from caselaw.branches import Look
from caselaw.branches.chain import ask
from caselaw.branches.identity import identity_of_task
from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.config import load_project
from caselaw.fingerprint import digest
from caselaw.publishing.contents import OutputContents, held_by
from caselaw.records.explaining import vouched
from caselaw.records.index import index_of
from caselaw.task.base import FingerprintedTask
from caselaw.task.identified import file_digests_of


@dataclass(frozen=True)
class UpstreamBasis:
    """`names` is one digest of the fingerprints of all that is needed; `is_settled` says that none is provisional."""

    names: str
    is_settled: bool


def basis_of(task: Any) -> UpstreamBasis | None:
    """What a plain task is made from; None where no task of caselaw's lies upstream. Raises `CircleError`."""
    return ask("basis", task, lambda: of_upstream(task))


def of_upstream(task: Any) -> UpstreamBasis | None:
    look, found, is_settled = Look(file_digests_of(load_project().root)), [], True
    for needed in required_by(task):
        if isinstance(needed, FingerprintedTask):
            found.append(look.of_task(needed))
        elif (inner := basis_of(needed)) is not None:
            found.append(digest("through", identity_of_task(needed), inner.names))
            is_settled = is_settled and inner.is_settled
    return UpstreamBasis(digest("made from", sorted(found)), is_settled and not look.seen().unknown) if found else None


def holds_of(task: Any) -> str | None:
    """One digest of what all that is needed of caselaw's holds, by its records; None where that is not known."""
    root = load_project().root
    return ask("holds", task, lambda: held_upstream(task, OutputContents(index_of(root), file_digests_of(root))))


def held_upstream(task: Any, output_contents: OutputContents) -> str | None:
    found: list[str | None] = []
    for needed in required_by(task):
        if isinstance(needed, FingerprintedTask):
            is_known = carries_fingerprints(needed) and not needed.upstream_seen.unknown and not needed.awaits_run
            found.append(held_by(needed, output_contents) if is_known else None)
        elif basis_of(needed) is not None:
            inner = holds_of(needed)
            found.append(None if inner is None else digest("through", identity_of_task(needed), inner))
    return None if None in found else digest("holds", sorted(map(str, found)))


def was_vouched(task: Any) -> bool:
    """Whether all that is needed of caselaw's was made by plain law, and vouched for by a user."""
    return ask("vouched", task, lambda: all(map(is_vouched, required_by(task))))


def is_vouched(needed: Any) -> bool:
    if not isinstance(needed, FingerprintedTask):
        return basis_of(needed) is None or was_vouched(needed)
    if not carries_fingerprints(needed) or needed.upstream_seen.unknown or needed.awaits_run or not needed.complete():
        return False
    said = vouched(needed.record_index, needed.output_location.directory, needed.file_digests)
    return all(needed.fingerprints[number] in said for number in needed.taken_numbers)


def required_by(task: Any) -> list[Any]:
    """All that a task requires, of a workflow also what its branches do."""
    parts = [task]
    if hasattr(task, "get_branch_map") and task.is_workflow():
        parts += task.get_branch_tasks().values()
    return [needed for part in parts for needed in luigi.task.flatten(part.requires())]

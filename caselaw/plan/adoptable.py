"""What plain law left that could be vouched for: of a task, or of everything upstream, bottom-up."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import law

from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.errors import TaskError
from caselaw.execution.claims import Claim, ClaimState, TakenBesides, claims_of
from caselaw.fingerprint import digest
from caselaw.plan.lineage import everything
from caselaw.plan.selection import own_selection, selected_branches
from caselaw.publishing.contents import OutputContents, origin
from caselaw.publishing.recording import identity_of_branch
from caselaw.storage.plain_files import FolderListings
from caselaw.task.base import FingerprintedTask


@dataclass(frozen=True)
class TaskClaims:
    """Claims of the branches of one task; of a task without branches, one."""

    task: Any
    claims: Sequence[Claim]

    def of(self, state: ClaimState) -> list[Claim]:
        return [claim for claim in self.claims if claim.state is state]


def claims_for(task: Any, taken: TakenBesides, output_contents: OutputContents, *, upstream: bool) -> list[TaskClaims]:
    """Claims of a task and, where asked for, of everything upstream: each task after what it needs.

    With `upstream` a branch is only ready where all that it is made from is there or ready, which is noted in
    `output_contents`. Raises `TaskError` for a task with nothing to vouch for.
    """
    folders = FolderListings()
    found = [
        claims_of_task(each, numbers, folders, taken, output_contents, with_inputs=upstream)
        for each, numbers in tasks_of(task, upstream)
    ]
    if not found:
        raise nothing_to_vouch_for(task, upstream)
    return without_shared(found)


def nothing_to_vouch_for(task: Any, upstream: bool) -> TaskError:
    family = task.get_task_family()
    if not upstream and isinstance(task, law.WrapperTask):
        return TaskError("it has no outputs of its own", family, "--upstream takes those of all that it requires")
    return TaskError(
        "there is nothing to vouch for: only files that a caselaw task names by its own output() have plain names",
        family, "keep output() as plain law has it, and derive the task from caselaw.Task",
    )  # fmt: skip


def without_shared(found: Sequence[TaskClaims]) -> list[TaskClaims]:
    """The claims, without files that several branches or tasks would have: nobody can say which of them made those."""
    owners = Counter(file.path for each in found for claim in each.claims for file in claim.files.values())
    return [TaskClaims(each.task, [own_or_refused(claim, owners) for claim in each.claims]) for each in found]


def own_or_refused(claim: Claim, owners: Mapping[str, int]) -> Claim:
    shared = next((file.path for file in claim.files.values() if owners[file.path] > 1), None)
    if shared is None:
        return claim
    reason = f"several branches or tasks have the same output, {shared}: nobody can say which of them made it"
    return dataclasses.replace(claim, state=ClaimState.REFUSED, reason=reason)


def still_ready(found: TaskClaims, output_contents: OutputContents) -> TaskClaims:
    """The claims, when everything upstream that was ready has been vouched for, or turned out to be damaged."""
    return TaskClaims(found.task, [with_known_inputs(found.task, claim, output_contents) for claim in found.claims])


def tasks_of(task: Any, upstream: bool) -> Iterator[tuple[Any, Sequence[int]]]:
    """Tasks that name their outputs themselves, and numbers of their branches."""
    if not upstream:
        if isinstance(task, FingerprintedTask) and task.output_named:
            chosen, whole = own_selection(task), task.of_all_branches
            yield whole, whole.branch_numbers if chosen is None else sorted(chosen)
        return
    wanted = selected_branches(task)
    for found in everything(task):
        if isinstance(found, FingerprintedTask) and found.output_named:
            numbers, whole = wanted.get(found.task_id), found.of_all_branches
            yield whole, whole.branch_numbers if numbers is None else sorted(numbers)


def claims_of_task(
    task: FingerprintedTask, numbers: Sequence[int], folders: FolderListings, taken: TakenBesides,
    output_contents: OutputContents, *, with_inputs: bool,
) -> TaskClaims:  # fmt: skip
    if task.upstream_seen.unknown:
        task.renew_fingerprints()
    if unknown := task.upstream_seen.unknown:
        reason = f"its fingerprint is known once {'; '.join(unknown)}"
        return TaskClaims(task, [Claim(number, ClaimState.PROVISIONAL, {}, reason) for number in numbers])
    found = list(claims_of(task, numbers, folders, taken))
    if with_inputs:
        found = [with_known_inputs(task, claim, output_contents) for claim in found]
    if with_inputs:  # those downstream can count on it
        known = output_contents.of(task.output_location.directory)
        for claim in found:
            if claim.state is ClaimState.READY:
                known[task.fingerprints[claim.number]] = digest("ready", task.fingerprints[claim.number])
    return TaskClaims(task, found)


def with_known_inputs(task: Any, claim: Claim, output_contents: OutputContents) -> Claim:
    if claim.state is not ClaimState.READY or origin(task, claim.number, output_contents).content is not None:
        return claim
    reason = "something upstream is not there; without --upstream the task is taken by itself"
    return dataclasses.replace(claim, state=ClaimState.NO_INPUTS, reason=reason)


def unadopted(task: FingerprintedTask, numbers: Sequence[int]) -> int:
    """How many branches that were never made have whole outputs under their plain names.

    Raises `StoreUnavailable`.
    """
    if not numbers or not task.output_named or not carries_fingerprints(task):
        return 0
    earlier = task.record_index.earlier(task.output_location.directory)
    never = [number for number in numbers if identity_of_branch(task, number) not in earlier]
    return sum(claim.state is ClaimState.READY for claim in claims_of(task, never, FolderListings(), TakenBesides()))

"""Why a task is to be made again: what changed since the newest record of the same identity."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from caselaw.branches.components import basis_of
from caselaw.branches.upstream_digests import carries_fingerprints
from caselaw.branches.yielded import RUN
from caselaw.execution.run import require_known
from caselaw.plan.change import Change, ChangeKind, basis_changes, named_changes
from caselaw.plan.lineage import distinct
from caselaw.publishing.contents import inputs_of
from caselaw.publishing.recording import identity_of_branch
from caselaw.records import Record, RecordIndex, read_basis
from caselaw.records.layer_search import records_in
from caselaw.storage.layer import ask, nothing
from caselaw.storage.location import RECORDS
from caselaw.task.base import FingerprintedTask
from caselaw.task.yielded_before import yielded_before


@dataclass(frozen=True)
class Explanation:
    """What changed since `previous`, the fingerprint of the record that was compared with (None: there is none)."""

    task: Any
    fingerprint: str
    previous: str | None
    same_identity: bool
    changes: tuple[Change, ...]
    vouched: Mapping[str, str] | None = None
    """Who vouched for the outputs that are compared with, where caselaw did not make them."""


def explain(task: FingerprintedTask) -> Explanation:
    """What changed since the newest record of a task or branch; of a workflow, of a branch that differs.

    Without a record of the same parameters, the newest one of the family is compared with. Raises `UpstreamError`
    while the fingerprint is provisional.
    """
    number = branch_number(task)
    workflow = task.of_all_branches
    require_known(workflow)
    found = compared_record(workflow, number)
    if found is None:
        return Explanation(task, task.fingerprint, None, False, ())
    directory, record = found
    previous = record.fingerprint if number is not None or not task.has_branches else record.workflow
    same = directory in workflow.output_location.folders
    changes = unique(followed(changes_since(workflow, number, directory, record, Trail())))
    if not changes and previous != task.fingerprint and number is None and workflow.has_branches:
        changes = list(branch_changes(workflow))
    return Explanation(task, task.fingerprint, previous, same, tuple(changes), record.vouched)


def compared_record(workflow: FingerprintedTask, number: int | None) -> tuple[str, Record] | None:
    """The record to compare with, and its folder."""
    if number is None and workflow.has_branches:
        differing = differing_record(workflow)
        if differing is not None:
            return differing
    return newest_record(workflow, number)


def differing_record(workflow: FingerprintedTask) -> tuple[str, Record] | None:
    """The newest record of the first branch that was made, and not under its fingerprint of today.

    With its folder, in the first layer that has one.
    """
    for directory in workflow.output_location.folders:
        found = ask(directory, partial(differing_in, workflow, directory), nothing)
        if found is not None:
            return found
    return None


def differing_in(workflow: FingerprintedTask, directory: str) -> tuple[str, Record] | None:
    index: RecordIndex = workflow.record_index
    made = index.earlier(directory)
    for number, now in zip(workflow.branch_numbers, workflow.fingerprints, strict=True) if made else ():
        identity = identity_of_branch(workflow, number)
        if now not in made.get(identity, (now,)):
            record = index.newest(directory, identity=identity)
            return None if record is None else (directory, record)
    return None


def branch_changes(workflow: FingerprintedTask) -> Iterator[Change]:
    """Branches that no record knows, and branches of records that are no more."""
    recorded = {record.identity: record for record in records_in(workflow.record_index, workflow.output_location)}
    current = {identity_of_branch(workflow, number): number for number in workflow.branch_numbers}
    for identity, number in current.items():
        if identity not in recorded:
            yield Change(
                ChangeKind.INPUT, f"branch {workflow.branch_values[number]}", None, workflow.fingerprints[number]
            )
    for identity, record in recorded.items():
        if identity not in current and record.own == workflow.own_components.digest:
            yield Change(ChangeKind.INPUT, f"branch {record.branch_value}", record.fingerprint, None)


def branch_number(task: FingerprintedTask) -> int | None:
    """The branch that is asked about; None for all of a workflow, or for a task without branches."""
    return task.branch if task.has_branches and task.is_branch() else None


def newest_record(workflow: FingerprintedTask, number: int | None) -> tuple[str, Record] | None:
    """The record of today's fingerprint with its folder; else the newest of the identity, else of the family.

    Of the family it is that with the fewest differences.
    """
    index: RecordIndex = workflow.record_index
    asked = number is not None or not workflow.has_branches
    identity = identity_of_branch(workflow, number or 0) if asked else None
    for folder in workflow.output_location.folders:
        record = ask(folder, partial(todays_record, workflow, number, folder), nothing)
        if record is not None:
            return folder, record
    for folder in workflow.output_location.folders:
        record = ask(folder, partial(index.newest, folder, identity=identity), nothing)
        if record is not None:
            return folder, record
    best: tuple[int, float, str, Record] | None = None
    for other in folders_of_family(workflow):
        record = index.newest(other, identity=identity) or index.newest(other)
        if record is not None:
            rank = (-differences(record, workflow), record.ended, other, record)
            best = rank if best is None or rank[:2] > best[:2] else best
    return None if best is None else (best[2], best[3])


def todays_record(workflow: FingerprintedTask, number: int | None, folder: str) -> Record | None:
    """The record of what today's fingerprint makes, whatever the clocks of other records say."""
    index: RecordIndex = workflow.record_index
    if number is not None or not workflow.has_branches:
        return index.of_fingerprint(folder, workflow.fingerprints[number or 0])
    newest = index.newest(folder)
    if newest is None or newest.workflow == workflow.fingerprint:
        return newest
    found = index.of_fingerprints(folder, workflow.fingerprints).values()
    return next((each for made in found for each in made if each.workflow == workflow.fingerprint), None)


def folders_of_family(workflow: FingerprintedTask) -> Iterator[str]:
    """All folders with records of the task's family."""
    root = workflow.output_store.root
    below = workflow.output_location.directory.removeprefix(f"{root}/")
    waiting = [f"{root}/{below.partition('/')[0]}"]
    while waiting:
        here = waiting.pop()
        names = [entry.name for entry in workflow.output_store.entries(here) if entry.is_folder]
        if RECORDS in names:
            yield here
        else:
            waiting.extend(f"{here}/{name}" for name in sorted(names) if not name.startswith("."))


def differences(record: Record, workflow: FingerprintedTask) -> int:
    """In how many parameters a record differs from the task."""
    here = workflow.readable_parameters
    return sum(record.parameters.get(name) != here.get(name) for name in {*record.parameters, *here})


@dataclass(frozen=True)
class Trail:
    """The way upstream: `through` names the tasks on it, `seen` has ids of all that were come by on any way."""

    through: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)

    def to(self, task: Any) -> Trail | None:
        """The way on to a task; None where another one has led there."""
        if task.task_id in self.seen:
            return None
        self.seen.add(task.task_id)
        return Trail((*self.through, task.get_task_family()), self.seen)


Changes = Iterator["Change | Changes"]
"""Changes, and in place of some the changes of a task upstream: a chain may be longer than calls can be nested."""


def followed(changes: Changes) -> Iterator[Change]:
    """Changes in their order, those upstream where they stand."""
    waiting = [changes]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Change):
            yield found
        else:
            waiting.append(found)


def changes_since(
    workflow: FingerprintedTask, number: int | None, directory: str, record: Record, trail: Trail
) -> Changes:
    """Changes of a task's own components, then of its inputs, each followed upstream to its cause."""
    through = trail.through
    own = workflow.own_components.digest
    if record.own != own:
        old = read_basis(directory, record.own)
        if old is None:
            yield Change(
                ChangeKind.CODE, "components of the earlier record are not known", record.own, own, through=through
            )
        else:
            for change in basis_changes(vars(old), vars(basis_of(workflow))):
                yield dataclasses.replace(change, through=through)
    which = number_of(workflow, number, record)
    if which is not None:
        yield from input_changes(workflow, which, record, trail)


def number_of(workflow: FingerprintedTask, number: int | None, record: Record) -> int | None:
    """The branch whose inputs are compared: the one asked about, or the one that the record is of."""
    if number is not None or not workflow.has_branches:
        return number or 0
    numbers: Iterable[int] = workflow.branch_numbers
    return next((n for n in numbers if identity_of_branch(workflow, n) == record.identity), None)


def input_changes(workflow: Any, number: int, record: Record, trail: Trail) -> Changes:
    """Inputs with other fingerprints or contents than in the record, and what made them differ."""
    through = trail.through
    now = inputs_now(workflow, number)
    for change in named_changes(ChangeKind.INPUT, keys_of(record.inputs), keys_of(now)):
        name = change.name
        old, new = record.inputs.get(name, {}), now.get(name, {})
        files = named_changes(ChangeKind.INPUT, old.get("files", {}), new.get("files", {}))
        of_files = [dataclasses.replace(file, name=f"{name}: {file.name}", through=through) for file in files]
        yield from of_files or [dataclasses.replace(change, through=through)]
        for upstream in upstream_tasks(workflow, name, number):
            if (way := trail.to(upstream)) is not None:
                yield upstream_changes(upstream, number, old.get("own"), way)


def keys_of(inputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: found["keys"] for name, found in inputs.items()}


def inputs_now(workflow: Any, number: int) -> dict[str, Any]:
    """Inputs of a branch as a record would keep them."""
    found: dict[str, Any] = inputs_of(workflow, number, workflow.upstream_contents)
    if workflow.run_yields and (before := yielded_before(workflow, [number])) is not None:
        found[RUN] = before.as_input("")
    return found


def upstream_tasks(workflow: FingerprintedTask, name: str, number: int) -> list[FingerprintedTask]:
    """The tasks behind a named input."""
    import luigi

    if name == RUN:
        before = yielded_before(workflow, [number])
        tasks = distinct(list(before.tasks)) if before is not None else []
    elif name == "requires" and name not in workflow.upstream_connections:
        tasks = distinct(luigi.task.flatten(workflow.overridden_requirements(number)))
    else:
        task = getattr(workflow.upstream_connections.get(name), "task", None)
        tasks = [] if task is None else distinct([task])
    return [task for task in tasks if isinstance(task, FingerprintedTask) and carries_fingerprints(task)]


def upstream_changes(task: FingerprintedTask, number: int, own: str | None, trail: Trail) -> Changes:
    """What made an upstream task differ from what it was for the record that is compared with."""
    index: RecordIndex = task.record_index
    directory = task.output_location.directory
    record = index.newest(directory, own=own) if own is not None else None
    if own is not None and own == task.own_components.digest:
        same_branch = task.has_branches and number in task.branch_numbers
        identity = identity_of_branch(task, number) if same_branch else None
        differing = differing_record(task) if task.has_branches else None
        if differing is not None:
            directory, record = differing
        else:
            record = earlier_record(task, identity) or record
    elif record is None:
        found = compared_record(task, None)
        if found is None:
            return
        directory, record = found
    if record is not None:
        yield from changes_since(task, None, directory, record, trail)


def earlier_record(task: FingerprintedTask, identity: str | None) -> Record | None:
    """The newest record of an upstream task that is not one of its current outputs."""
    current = set(task.fingerprints)
    found = None
    for record in task.record_index.records(task.output_location.directory):
        if record.fingerprint not in current and (identity is None or record.identity == identity):
            found = record
    return found


def unique(changes: Iterator[Change]) -> list[Change]:
    """Each change once: two inputs may have the same cause."""
    found: dict[tuple[ChangeKind, str], Change] = {}
    for change in changes:
        found.setdefault((change.kind, change.name), change)
    return list(found.values())

"""What `run()` of a task yielded when its outputs were made: records tell, and it counts in the fingerprint."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from caselaw.branches import Branch, Origin
from caselaw.branches.upstream_digests import counts_by_identity
from caselaw.branches.yielded import RUN, Yielded, looked_at, tasks_in
from caselaw.publishing.contents import origin
from caselaw.publishing.recording import identity_of_branch
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record
from caselaw.records.layer_search import of_identity_in, records_in


def newest_records(task: RunnableTask, numbers: Collection[int]) -> dict[int, Record]:
    """Number of a branch → record of today's outputs; where there is none, of its newest.

    The newest is that by the clocks of hosts: it decides nothing but what is shown of a branch that has to run.
    """
    index, location = task.record_index, task.output_location
    identities = {identity_of_branch(task, number): number for number in numbers}
    today = {} if counts_by_identity() else {number: task.fingerprints[number] for number in numbers}
    if len(identities) == 1:
        (identity,) = identities
        records: Iterable[Record] = of_identity_in(index, location, identity)
    else:
        records = records_in(index, location)
    found: dict[int, Record] = {}
    for record in records:
        number = identities.get(record.identity)
        if number is not None and (number not in found or found[number].fingerprint != today.get(number)):
            found[number] = record
    return found


def yielded_before(task: RunnableTask, numbers: Collection[int]) -> Yielded | None:
    """What `run()` yielded when the outputs of these branches were made, as it is today."""
    tasks: list[Any] = []
    for record in newest_records(task, numbers).values() if task.run_yields else ():
        tasks += tasks_in(record.inputs.get(RUN, {})) or []
    return looked_at(dict.fromkeys(tasks), task.file_digests) if tasks else None


def tasks_in_records(task: RunnableTask) -> list[Any]:
    """The same of all branches that there ever were, without a look at those of today."""
    newest = {record.identity: record for record in records_in(task.record_index, task.output_location)}
    return [found for record in newest.values() for found in tasks_in(record.inputs.get(RUN, {})) or ()]


def row_with_yielded(task: RunnableTask, tasks: Sequence[Any]) -> Branch:
    """A branch whose fingerprint is that of a run which has yielded these tasks until now."""
    row, number = task.branch_row, task.own_number
    yielded = looked_at(tasks, task.file_digests)
    made_from = row.origin or origin(task.of_all_branches, number, task.of_all_branches.upstream_contents)
    made_from = Origin({**made_from.inputs, RUN: yielded.as_input(row.static)}, None)
    return dataclasses.replace(row, fingerprint=yielded.fingerprint(row.static), origin=made_from)

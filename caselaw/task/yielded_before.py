"""What `run()` of a task yielded when its outputs were made: records tell, and it counts in the fingerprint."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

from caselaw.branches import Branch, Origin
from caselaw.branches.yielded import RUN, Yielded, looked_at, tasks_in
from caselaw.publishing.contents import origin
from caselaw.publishing.recording import identity_of_branch
from caselaw.publishing.task import RunnableTask
from caselaw.records import Record
from caselaw.records.layer_search import of_identity_in, records_in


def newest_records(task: RunnableTask, numbers: Collection[int]) -> dict[int, Record]:
    """Number of a branch → record of its newest outputs."""
    if len(numbers) == 1:
        (number,) = numbers
        records = of_identity_in(task.record_index, task.output_location, identity_of_branch(task, number))
        return {number: records[-1]} if records else {}
    newest = {record.identity: record for record in records_in(task.record_index, task.output_location)}
    found = {number: newest.get(identity_of_branch(task, number)) for number in numbers}
    return {number: record for number, record in found.items() if record is not None}


def yielded_before(task: RunnableTask, numbers: Collection[int]) -> Yielded | None:
    """What `run()` yielded when the newest outputs of these branches were made, as it is today."""
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

"""How the table of a workflow's branches is made: by what is declared, and by what records tell of runs that yield."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from caselaw.branches import BRANCH_MAP, BranchTable, Look, branch_table, in_order, read_by
from caselaw.branches.dependent_fingerprints import Settling
from caselaw.branches.upstream import Connection, Mapped
from caselaw.branches.upstream_digests import counts_by_identity
from caselaw.fingerprint import digest
from caselaw.publishing.recording import identity_of_branch
from caselaw.publishing.task import RunnableWorkflow
from caselaw.records import Record
from caselaw.records.layer_search import of_identity_in, records_in
from caselaw.task.yielded_before import newest_records


def declared_table(
    workflow: RunnableWorkflow,
    branch_map: Callable[[Look], Mapping[int, Any]] | None,
    requirements: Callable[[], Any] | None,
) -> BranchTable:
    """All branches by the connections, and by the project's own branch map and requirements where it has such."""
    look = Look(workflow.file_digests)
    connections: dict[str, Connection | Mapped] = dict(workflow.upstream_connections)
    if branch_map is not None:
        found = branch_map(look)
        numbers = tuple(found)
        connections[BRANCH_MAP] = Mapped(
            range(len(numbers)) if in_order(numbers) else numbers, tuple(found.values())
        )  # fmt: skip
    own = workflow.own_components.digest
    if requirements is not None:
        own = digest(own, look.of_requirements(requirements()))
    reads = functools.partial(read_by, workflow.code_closure.mentions)
    return branch_table(own, connections, type(workflow).__name__, workflow.law_project.root, look, reads)


def table_with_yielded(workflow: RunnableWorkflow) -> BranchTable:
    """The fingerprints with what `run()` yielded, where records of the same components and inputs tell."""
    table = workflow.declared_table
    if counts_by_identity():
        newest = newest_records(workflow, table.numbers)
        return Settling(workflow, table, lambda n: [newest[n]] if n in newest else []).settled(table.numbers)
    of_identity: dict[str, list[Record]] = {}
    for record in records_in(workflow.record_index, workflow.output_location):
        of_identity.setdefault(record.identity, []).append(record)
    settling = Settling(workflow, table, lambda n: of_identity.get(identity_of_branch(workflow, n), []))
    return settling.settled(table.numbers)


def settled_again(branch: RunnableWorkflow) -> BranchTable:
    """The table with what the records tell now of what `run()` of this branch yields."""
    location = branch.output_location

    def records(number: int) -> list[Record]:
        return list(of_identity_in(branch.record_index, location, identity_of_branch(branch, number)))

    return Settling(branch.unrestricted, branch.branch_table, records).settled([branch.branch])

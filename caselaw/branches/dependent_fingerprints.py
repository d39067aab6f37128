"""Branches that may need others of their workflow, and whose `run()` yields: each is known when those it needs are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caselaw.branches.chain import ask
from caselaw.branches.numbers import by_number
from caselaw.branches.required import Required, is_own, required_by
from caselaw.branches.table import BranchTable
from caselaw.branches.task import WorkflowLike
from caselaw.branches.upstream_digests import Look, Seen, counts_by_identity, seen_by_numbers
from caselaw.branches.yielded import RUN, Present, merged, settled_by_records, tasks_in
from caselaw.fingerprint import digest
from caselaw.records import Record


@dataclass(frozen=True)
class Settled:
    """The fingerprint of a branch; while it awaits its run, or that of one that it needs, the one without that."""

    static: str
    fingerprint: str
    awaits_run: bool
    own: tuple[int, ...]
    """Numbers of the branches of the same workflow that it requires."""
    seen: Seen


class Settling:
    """Finds fingerprints of branches by what they require and what records tell that their `run()` yielded.

    `records` gives those of a branch. Branches that `table` knows are not asked, but for those that
    are asked for by name.
    """

    def __init__(self, workflow: WorkflowLike, table: BranchTable, records: Callable[[int], Sequence[Record]]) -> None:
        self.workflow, self.table, self.records = workflow, table, records
        self.what = f"fingerprint with what run() yields, look {workflow.next_look()}"
        self.present = Present(workflow.file_digests, self._of_own)
        self.requires = not workflow.requires_declared and workflow.branches_known
        self.found: dict[int, Settled] = {}

    def of(self, number: int) -> Settled:
        if number not in self.found:
            required = (
                required_by(self.workflow.as_branch(number), self.workflow, self._digest_of_own)
                if self.requires
                else None
            )
            self.found[number] = self._settled(number, required)
        return self.found[number]

    def _settled(self, number: int, required: Required | None) -> Settled:
        static = self.workflow.declared_table.fingerprints[number]
        own, seen = (required.own, required.seen) if required is not None else ((), Seen())
        if required is not None:
            static = required.fingerprint(static)
        records = self.records(number)
        if counts_by_identity():
            tasks = tasks_in(records[-1].inputs.get(RUN, {})) if records else None
            before = static if tasks is None else self.present.of(tasks).fingerprint(static)
            return Settled(static, before, True, own, seen)
        folders = self.workflow.output_location.folders
        awaits = any(self._needed(n)[1] for n in own)
        found = None if awaits else settled_by_records(records, static, self.present, folders)
        if found is None:
            return Settled(static, static, True, own, seen)
        fingerprint, yielded = found
        return Settled(static, fingerprint, False, own, merged([seen, yielded.seen]))

    # other branches of the workflow

    def _needed(self, number: int) -> tuple[str, bool]:
        """The fingerprint of a branch that another one needs, and whether it awaits its run."""
        if number not in self.found:
            if self.table.static and number not in self.table.awaiting:
                return self.table.fingerprints[number], False
            self._ask(number)
        found = self.found[number]
        return found.fingerprint, found.awaits_run

    def _ask(self, number: int) -> None:
        if number not in self.found:
            ask(self.what, self.workflow.as_branch(number), lambda: self.of(number))

    def _digest_of_own(self, task: WorkflowLike) -> str:
        found = [self._needed(number)[0] for number in task.selected_numbers]
        return digest("fingerprint", seen_by_numbers(task, found[0] if task.is_branch() else digest("branches", found)))

    def _of_own(self, task: WorkflowLike, look: Look) -> str | None:
        """The digest of a yielded task that is of this workflow."""
        if not is_own(self.workflow, task):
            return None
        if any(self._needed(number)[1] for number in task.selected_numbers):
            look.wait_for(task)
        return self._digest_of_own(task)

    def settled(self, numbers: Sequence[int]) -> BranchTable:
        """The table with what is found of these branches, and of those that they need."""
        for number in numbers:
            self._ask(number) if self.requires else self.of(number)
        table, found = self.table, self.found
        fingerprints = dict(zip(table.numbers, table.fingerprints, strict=True))
        static = dict(zip(table.numbers, table.static or table.fingerprints, strict=True))
        fingerprints.update((number, each.fingerprint) for number, each in found.items())
        static.update((number, each.static) for number, each in found.items())
        awaiting = table.awaiting.difference(found) | {n for n, each in found.items() if each.awaits_run}
        return dataclasses.replace(
            table, fingerprints=by_number(table.numbers, fingerprints.values()),
            static=by_number(table.numbers, static.values()), awaiting=awaiting,
            own_needs={**table.own_needs, **{n: each.own for n, each in found.items() if each.own}},
            seen=merged([table.seen, *(each.seen for each in found.values())]).and_outputs(),
        )  # fmt: skip

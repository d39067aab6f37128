"""Branches that may need others of their workflow, and whose `run()` yields: each is known when those it needs are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from caselaw.branches.chain import ask
from caselaw.branches.look import Look, Seen, counts_by_identity, seen_by_numbers
from caselaw.branches.numbers import by_number
from caselaw.branches.table import BranchTable
from caselaw.branches.yielded import RUN, Present, known_from, tasks_in, together
from caselaw.fingerprint import digest, short
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

    `records` gives those of a branch, the newest last. Branches that `table` knows are not asked, but for those that
    are asked for by name.
    """

    def __init__(self, workflow: Any, table: BranchTable, records: Callable[[int], Sequence[Record]]) -> None:
        workflow._looks += 1
        self.workflow, self.table, self.records = workflow, table, records
        self.what = f"fingerprint with what run() yields, look {workflow._looks}"
        self.present = Present(workflow.file_digests)
        self.found: dict[int, Settled] = {}

    def of(self, number: int) -> Settled:
        if number not in self.found:
            branch = self.workflow.as_branch(number)
            self.found[number] = ask(self.what, branch, lambda: self._settle(branch))
        return self.found[number]

    def _settle(self, branch: Any) -> Settled:
        look, own = Look(self.workflow.file_digests), dict[int, None]()

        def of(task: Any) -> str:
            if type(task) is not type(branch) or task.unrestricted is not self.workflow:
                return look.of_task(task)
            numbers = task.selected_numbers
            own.update(dict.fromkeys(numbers))
            found = [self._needed(number)[0] for number in numbers]
            return digest("fingerprint", seen_by_numbers(task, found[0] if task.is_branch() else digest(found)))

        required = look.of_requirements(branch.requires(), of)
        static = short(digest(self.workflow.declared_table.fingerprints[branch.branch], required))
        records = self.records(branch.branch)
        if counts_by_identity():
            tasks = tasks_in(records[-1].inputs.get(RUN, {})) if records else None
            before = static if tasks is None else self.present.of(tasks).fingerprint(static)
            return Settled(static, before, True, tuple(own), look.seen())
        known = None if any(self._needed(number)[1] for number in own) else known_from(records, static, self.present)
        if known is None:
            return Settled(static, static, True, tuple(own), look.seen())
        fingerprint, yielded = known
        return Settled(static, fingerprint, False, tuple(own), together([look.seen(), yielded.seen]))

    def _needed(self, number: int) -> tuple[str, bool]:
        """The fingerprint of a branch that another one needs, and whether it awaits its run."""
        if self.table.static and number not in self.table.awaiting and number not in self.found:
            return self.table.fingerprints[number], False
        found = self.of(number)
        return found.fingerprint, found.awaits_run

    def settled(self, numbers: Sequence[int]) -> BranchTable:
        """The table with what is found of these branches, and of those that they need."""
        for number in numbers:
            self.of(number)
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
            seen=together([table.seen, *(each.seen for each in found.values())]).and_outputs(),
        )  # fmt: skip

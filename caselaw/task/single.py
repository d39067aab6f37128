"""A task without branches."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import law
import luigi

from caselaw.branches import Branch, Column, Look, Seen, column
from caselaw.branches.chain import found_once
from caselaw.branches.upstream_digests import counts_by_identity, to_be_asked_again
from caselaw.branches.yielded import Present, settled_by_records, yields
from caselaw.execution.run import run_in_worker
from caselaw.execution.yielding import run_yielding
from caselaw.fingerprint import digest, short
from caselaw.publishing.own_outputs import named_outputs
from caselaw.records.layer_search import records_in
from caselaw.storage.location import Location
from caselaw.storage.target import outputs_of
from caselaw.task.base import FingerprintedTask
from caselaw.task.bases import runs
from caselaw.task.plain import completeness
from caselaw.task.yielded_before import yielded_before


@dataclass(frozen=True)
class TaskTable:
    """Inputs and fingerprint of a task without branches, and what they depend on.

    `awaits_run` says that it is not known yet what `run()` yields.
    """

    columns: Mapping[str, Column]
    row: Branch
    seen: Seen
    awaits_run: bool = False

    @property
    def names(self) -> Any:
        """All that can change of it without an edit, apart from what it depends on."""
        return self.row.fingerprint, self.row.static, self.awaits_run


class Task(FingerprintedTask):
    """A task without branches. Its `run()` is executed in a worker process of the pool."""

    exclude_index = True
    has_branches = False
    with_branches: ClassVar[Any] = None
    """What a task becomes that has a workflow among its bases: `caselaw.Workflow`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if runs(type(self)) and not self.has_no_outputs:
            self._take_run()
            if self.output_named:
                self._own_output = self.__dict__.get("output")  # put there by a dynamic condition of law's
                self.__dict__["output"] = functools.partial(named_outputs, self)

    def _take_run(self) -> None:
        """Let whoever asks for `run()` get the engine's, which sees to what the class says."""
        self.__dict__["run"] = functools.partial(run_yielding if yields(type(self)) else run_in_worker, self)

    @property
    def output_inherited(self) -> bool:
        return type(self).output is Task.output

    @property
    def answers_itself(self) -> bool:
        return type(self).complete is not Task.complete

    @property
    def taken_numbers(self) -> Sequence[int]:
        return (0,)

    @property
    def requires_declared(self) -> bool:
        return type(self).requires is Task.requires

    @found_once
    def _looked(self) -> TaskTable:
        look, root = Look(self.file_digests), self.law_project.root
        columns = {
            name: column(connection, root, look).gathered() for name, connection in self.upstream_connections.items()
        }
        everything = {name: list(found.digests) for name, found in columns.items()}
        own = self.own_components.digest
        requirements = self.overridden_requirements(0)
        if requirements is not None:
            own = digest(own, look.of_requirements(requirements))
        fingerprint = short(digest("task", own, everything))
        row = Branch(None, fingerprint, {name: found.inputs(0) for name, found in columns.items()})
        table = TaskTable(columns, row, look.seen())
        return self._with_yielded(table) if self.run_yields else table

    # tasks that run() yields

    @property
    def awaits_run(self) -> bool:
        """Whether the fingerprint is only known when `run()` has yielded what it needs."""
        return self._branch_row is None and self._looked.awaits_run

    @property
    def awaiting_numbers(self) -> frozenset[int]:
        return frozenset((0,)) if self.awaits_run else frozenset()

    def _with_yielded(self, table: TaskTable) -> TaskTable:
        """The fingerprint with what `run()` yielded, where a record of the same components and inputs tells."""
        static, present = table.row.fingerprint, Present(self.file_digests)
        row = dataclasses.replace(table.row, static=static)
        if counts_by_identity():
            before = yielded_before(self, (0,))
            row = row if before is None else dataclasses.replace(row, fingerprint=before.fingerprint(static))
            return dataclasses.replace(table, row=row, seen=table.seen.and_outputs(), awaits_run=True)
        location = self.output_location
        records = records_in(self.record_index, location)
        found = settled_by_records(records, static, present, location.folders)
        if found is None:
            return dataclasses.replace(table, row=row, seen=table.seen.and_outputs(), awaits_run=True)
        fingerprint, yielded = found
        row = dataclasses.replace(row, fingerprint=fingerprint)
        return dataclasses.replace(table, row=row, seen=table.seen.and_outputs(yielded.seen))

    def look_at_records(self) -> None:
        self.renew_fingerprints()

    @property
    def input_columns(self) -> Mapping[str, Column]:
        return self._looked.columns

    @property
    def upstream_seen(self) -> Seen:
        """What the fingerprint depends on besides what is declared."""
        return self._looked.seen

    @property
    def seen_before(self) -> Seen | None:
        looked: TaskTable | None = self.__dict__.get("_looked")
        return None if looked is None else looked.seen

    @property
    def table_now(self) -> Any:
        return self._looked

    def forget_look(self) -> Any:
        self.__dict__.pop("upstream_connections", None)
        return self.__dict__.pop("_looked")

    def keep_look(self, table: Any) -> None:
        self.__dict__["_looked"] = table

    def overridden_requirements(self, number: int) -> Any:
        return None if self.requires_declared else to_be_asked_again(self.requires())

    @property
    def branch_row(self) -> Branch:
        return self._branch_row if self._branch_row is not None else self._looked.row

    def plain_row(self, number: int) -> Branch:
        return self._looked.row

    @property
    def fingerprint(self) -> str:
        return self.branch_row.fingerprint

    @property
    def fingerprints(self) -> Sequence[str]:
        return (self.fingerprint,)

    @property
    def branch_values(self) -> Sequence[Any]:
        return (None,)

    @property
    def branch_numbers(self) -> Sequence[int]:
        return (0,)

    def distinction(self, number: int) -> tuple[Any, ...]:
        return ()

    def repeat_of(self, number: int) -> int:
        return 0

    def requires(self) -> Any:
        return {name: c.task for name, c in self.upstream_connections.items() if hasattr(c, "task")}

    def input(self) -> Any:
        """Outputs of everything upstream by the names that `upstream()` gives."""
        if not self.requires_declared:
            return super().input()
        return self._inputs(self.branch_row.inputs)

    def _general_input(self, name: str) -> Any:
        return luigi.task.getpaths(self.requires()[name])

    def output(self) -> Any:
        """Targets of all products; while `run()` goes on, of what it writes."""
        if self.output_named:  # asked for by the project's own
            return outputs_of(Location.of(self.output_location.directory, self.declared_products), self.fingerprint)
        run = self._current_run
        if run is not None and run.outputs is not None:
            return run.outputs.outputs()
        return outputs_of(self.location_of(self.fingerprint), self.fingerprint) if self.output_declared else []

    def complete(self) -> bool:
        if self._branch_row is None and not self.is_running:
            self.renew_fingerprints()
        if not (self.output_declared or self.output_named):
            return bool(law.Task.complete(self))
        return self._written() or self.is_published()


completeness.begin()

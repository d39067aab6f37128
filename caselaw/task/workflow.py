"""Workflows: tasks with branches, all of whose names and states are known from one table and one listing."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import law
import luigi

from caselaw.branches import (
    BRANCH_MAP,
    Branch,
    BranchTable,
    Column,
    Look,
    Seen,
    branch_table,
    by_number,
    checked_number,
    in_order,
    number_of,
    read_by,
    selected_numbers,
)  # fmt: skip
from caselaw.branches.chain import ask, found_once
from caselaw.branches.look import counts_by_identity, to_be_asked_again
from caselaw.branches.settled import Settling
from caselaw.branches.upstream import Batches, Connection, Each, Mapped, Whole
from caselaw.branches.yielded import yields
from caselaw.execution.kinds import LocalWorkflow, PoolWorkflow
from caselaw.execution.run import most_at_once, run_in_process
from caselaw.execution.types import POOL
from caselaw.execution.yielding import run_yielding
from caselaw.fingerprint import digest, short
from caselaw.publishing.recording import identity_of_branch
from caselaw.records import Record
from caselaw.records.completeness import incomplete
from caselaw.records.layers import of_identity_in, records_in
from caselaw.storage import Location, Outputs, existing_names
from caselaw.storage.target import outputs_of
from caselaw.task.single import Task
from caselaw.task.yielded_before import newest_records

# What law forwards from a workflow to its proxy, or from a sandboxed task to its sandbox.
FORWARDED = frozenset({"requires", "output", "complete", "run", "input"})
LOOKED_AFTER = FORWARDED | {"worker_timeout"}


@dataclasses.dataclass(frozen=True)
class BranchRequirement:
    """What an overridden `requires()` of a branch makes of its fingerprint, and which branches of its own it needs."""

    fingerprint: str
    seen: Seen
    own: tuple[int, ...]


class Workflow(Task, PoolWorkflow, LocalWorkflow):
    """A task with branches, declared by `upstream()`.

    law's own methods (`create_branch_map`, `requires`, `workflow_requires`, `output`) may still be overridden;
    then the general path of law is taken for what they determine.
    """

    exclude_index = True
    has_branches = True
    _looks = 0

    def _take_run(self) -> None:
        if self.branch >= 0:
            self.__dict__["run"] = functools.partial(run_yielding if yields(type(self)) else run_in_process, self)

    @property
    def output_inherited(self) -> bool:
        return type(self).output is Workflow.output

    @property
    def answers_itself(self) -> bool:
        return type(self).complete is not Workflow.complete

    @property
    def requires_declared(self) -> bool:
        return type(self).requires is Workflow.requires

    def __getattribute__(self, attr: str, proxy: bool | None = None) -> Any:
        """law's forwarding to the workflow proxy, without its cost for all other attributes (a third of a branch)."""
        if attr in LOOKED_AFTER:
            if attr in FORWARDED:
                return super().__getattribute__(attr, proxy)
            if self.branch < 0 and self.effective_workflow == POOL:
                return 0  # of each branch, which the pool sees to; luigi would end all of them together
        return object.__getattribute__(self, attr)

    def process_resources(self) -> Mapping[str, int]:
        """What luigi's scheduler sets aside: for as many branches as run at a time."""
        needs = super().process_resources()
        if not needs or self.is_branch() or self.effective_workflow != POOL:
            return needs
        together = most_at_once(self)
        return {name: need * together for name, need in needs.items()}

    # the table of branches

    @functools.cached_property
    def unrestricted(self) -> Workflow:
        """The workflow without a selection of branches: by it all names are made, whatever `--branches` selects."""
        workflow: Workflow = self.as_workflow()
        return workflow.req_workflow(branches=()) if workflow.first_selection else workflow

    @property
    def first_selection(self) -> tuple[Any, ...]:
        """The selected ranges as they were given; law changes `branches` itself."""
        return () if self.is_branch() else self._initial_branches

    @property
    def branch_table(self) -> BranchTable:
        """All branches of the workflow, also those that are not selected."""
        return self.unrestricted._branch_table

    @found_once
    def _branch_table(self) -> BranchTable:
        return self._table_with_yielded() if self.run_yields else self._static_table()

    @property
    def declared_table(self) -> BranchTable:
        """All branches as they are without an overridden `requires()`: it may ask for their numbers and values."""
        return self.unrestricted._declared_table

    @found_once
    def _declared_table(self) -> BranchTable:
        look = Look(self.file_digests)
        connections: dict[str, Connection | Mapped] = dict(self._connections)
        if type(self).create_branch_map is not Workflow.create_branch_map:
            connections[BRANCH_MAP] = self._own_branch_map(look)
        own = self.own_components.digest
        if type(self).workflow_requires is not Workflow.workflow_requires:
            own = digest(own, look.of_requirements(self.workflow_requires()))
        reads = functools.partial(read_by, self.code_closure.mentions)
        return branch_table(own, connections, type(self).__name__, self.law_project.root, look, reads)

    def _static_table(self) -> BranchTable:
        """All branches, without what `run()` yields."""
        if self.requires_declared or not self.branches_known:
            return self._declared_table  # with a placeholder, of which law asks for no requirements either
        return self._table_with_requirements()

    # what an overridden requires() requires

    def _table_with_requirements(self) -> BranchTable:
        """law's way: what each branch requires counts in its fingerprint."""
        table, look = self._declared_table, Look(self.file_digests)
        look.take(table.seen)
        fingerprints, own_needs = [], {}
        for number in table.numbers:
            found = self._required(number)
            look.take(found.seen)
            fingerprints.append(found.fingerprint)
            if found.own:
                own_needs[number] = found.own
        return dataclasses.replace(
            table, fingerprints=by_number(table.numbers, fingerprints), seen=look.seen(), own_needs=own_needs
        )

    def _required(self, number: int) -> BranchRequirement:
        branch = self.as_branch(number)
        return ask(f"fingerprint, look {self._looks}", branch, lambda: self._look_at_requirements(branch))

    def _look_at_requirements(self, branch: Any) -> BranchRequirement:
        look, own = Look(self.file_digests), dict[int, None]()

        def of(task: Any) -> str:
            if type(task) is type(self) and task.unrestricted is self:
                own.update(dict.fromkeys(task.selected_numbers))
            return look.of_task(task)

        required = look.of_requirements(branch.requires(), of)
        fingerprint = short(digest(self._declared_table.fingerprints[branch.branch], required))
        return BranchRequirement(fingerprint, look.seen(), tuple(own))

    @property
    def each_known_alone(self) -> bool:
        """Whether a fingerprint is known without those of all branches, which may need each other."""
        whole = self.unrestricted
        if whole.requires_declared or whole.run_yields or "_branch_table" in vars(whole) or not whole.branches_known:
            return False
        return self.is_branch() or (not self.fewer_suffice and len(self.selected_numbers) < len(self.branch_numbers))

    def fingerprint_alone(self, number: int) -> tuple[str, Seen]:
        """The fingerprint of one branch, and what it depends on."""
        found, look = self.unrestricted._required(number), Look(self.file_digests)
        look.take(self.declared_table.seen)
        look.take(found.seen)
        return found.fingerprint, look.seen()

    @property
    def own_needs(self) -> Mapping[int, Collection[int]]:
        return self.branch_table.own_needs

    # tasks that run() yields

    def _table_with_yielded(self) -> BranchTable:
        """The fingerprints with what `run()` yielded, where records of the same components and inputs tell."""
        table = self._declared_table
        if counts_by_identity():
            newest = newest_records(self, table.numbers)
            return Settling(self, table, lambda n: [newest[n]] if n in newest else []).settled(table.numbers)
        of_identity: dict[str, list[Record]] = {}
        for record in records_in(self.record_index, self.output_location):
            of_identity.setdefault(record.identity, []).append(record)
        settling = Settling(self, table, lambda n: of_identity.get(identity_of_branch(self, n), []))
        return settling.settled(table.numbers)

    @property
    def awaits_run(self) -> bool:
        """Whether the fingerprint of a branch that goes downstream is only known when its `run()` has ended."""
        if not self.run_yields or self._branch_row is not None:
            return False
        awaiting = self.branch_table.awaiting
        return bool(awaiting) and not awaiting.isdisjoint(self.taken_numbers)

    @property
    def awaiting_numbers(self) -> frozenset[int]:
        return self.branch_table.awaiting

    def look_at_records(self) -> None:
        """Look again at what the records tell of what `run()` of this branch yields."""
        whole, number = self.unrestricted, self.branch
        table: BranchTable = self.branch_table
        location = self.output_location
        whole.__dict__["_branch_table"] = Settling(
            whole, table, lambda n: of_identity_in(self.record_index, location, identity_of_branch(self, n))
        ).settled([number])

    @property
    def upstream_seen(self) -> Seen:
        """What the fingerprints depend on besides what is declared."""
        return self.branch_table.seen

    @property
    def seen_before(self) -> Seen | None:
        table: BranchTable | None = self.unrestricted.__dict__.get("_branch_table")
        return None if table is None else table.seen

    @property
    def table_now(self) -> Any:
        return self.branch_table

    def next_look(self) -> int:
        """The number of a new look at what lies upstream: what an earlier one found is asked again."""
        self._looks += 1
        return self._looks

    def forget_look(self) -> Any:
        whole = self.unrestricted
        whole.next_look()
        for name in ("_connections", "_declared_table"):
            whole.__dict__.pop(name, None)
        return self.unrestricted.__dict__.pop("_branch_table")

    def keep_look(self, table: Any) -> None:
        self.unrestricted.__dict__["_branch_table"] = table

    def _forget_selection(self) -> None:
        for workflow in (self.unrestricted, self.as_workflow()):
            workflow.forget_branches()

    @property
    def branches_depend(self) -> bool:
        """Whether the branches depend on law's dynamic condition."""
        return getattr(type(self), "_condition_attr", None) is not None

    @property
    def branches_known(self) -> bool:
        """Whether law's dynamic condition on the branches, if there is one, is met."""
        return not self.branches_depend or bool(getattr(self, self._condition_attr)())

    def forget_branches(self) -> None:
        """Drop what law and a run remember of the table of branches."""
        self._branch_map = self._branch_tasks = None
        self.branches = self.first_selection
        self.__dict__.pop("run_context", None)
        if self._workflow_proxy is not None:
            self._workflow_proxy._cached_output = None

    def _own_branch_map(self, look: Look) -> Mapped:
        """The branch map of the project's own `create_branch_map()`."""
        if not self.branches_known:
            look.wait_until(f"{type(self).__name__}.{self._condition_attr}() is true")
        branch_map = self.get_branch_map()
        numbers = tuple(branch_map)
        return Mapped(range(len(numbers)) if in_order(numbers) else numbers, tuple(branch_map.values()))

    @property
    def upstream_connections(self) -> Any:
        """Connections as the workflow without a selection of branches sees them."""
        return self.unrestricted._connections

    @functools.cached_property
    def _connections(self) -> Any:
        return self._named_connections()

    def create_branch_map(self) -> dict[int, Any]:
        table = self.declared_table
        return dict(zip(table.numbers, table.values, strict=True))

    def _reset_branch_boundaries(self, full_branch_map: Any) -> None:
        """law's, which reads an empty selection as all: that is refused."""
        if not self.branches_known:
            return
        selected_numbers(self.first_selection, tuple(full_branch_map), type(self).__name__)
        super()._reset_branch_boundaries(full_branch_map)

    def get_branch_map(self, *args: Any, **kwargs: Any) -> Any:
        """law's; a branch sees all branches, whatever `--branches` selects."""
        if self.is_branch():
            return self.unrestricted.get_branch_map(*args, **kwargs)
        return super().get_branch_map(*args, **kwargs)

    @property
    def branch_data(self) -> Any:
        row = self._branch_row
        return super().branch_data if row is None or not row.data else row.data[0]

    @property
    def fingerprints(self) -> Sequence[str]:
        return self.branch_table.fingerprints

    @property
    def branch_values(self) -> Sequence[Any]:
        return self.declared_table.values

    @property
    def branch_numbers(self) -> Sequence[int]:
        return self.declared_table.numbers

    def distinction(self, number: int) -> tuple[Any, ...]:
        return self.declared_table.distinction(number)

    def repeat_of(self, number: int) -> int:
        return self.declared_table.repeats.get(number, 0)

    # which branches

    @property
    def selected_numbers(self) -> Sequence[int]:
        """Numbers of the branches that `--branch` or `--branches` select.

        Raises `UpstreamError` where a part of it selects none, or `acceptance` or `tolerance` asks for more.
        """
        every, owner = self.branch_numbers, type(self).__name__
        if not self.branches_known:
            return every
        if self.is_branch():
            return (checked_number(self.branch, every, owner),)
        numbers = selected_numbers(self.first_selection, every, owner)
        number_of(self.tolerance, len(numbers), "tolerance", owner)
        number_of(self.acceptance, len(numbers), "acceptance", owner)
        return numbers

    @property
    def taken_numbers(self) -> Sequence[int]:
        """Numbers of the branches that go downstream: the selected ones; where fewer suffice, those that are there."""
        numbers = self.selected_numbers
        if not self.fewer_suffice or not self.workflow_complete():
            return numbers
        missing = set(self.missing_numbers())
        return [number for number in numbers if number not in missing]

    @property
    def fewer_suffice(self) -> bool:
        """Whether the workflow is accepted incomplete."""
        if self.is_branch() or self.acceptance == 1:
            return False
        total = len(self.selected_numbers)
        return number_of(self.acceptance, total, "acceptance", type(self).__name__) < total

    # one branch

    def passing_branch(self, number: int) -> Any:
        """A branch past luigi's cache of instances, which would keep every one; nothing is looked for a second time."""
        workflow: Any = self.as_workflow()
        branch = type.__call__(type(self), **workflow._values_of_branches | {"branch": number})
        branch._workflow_task, branch._branch_row = workflow, workflow.branch_table.branch(number)
        for name in ("law_project", "output_store", "output_layers"):
            branch.__dict__[name] = getattr(workflow, name)
        return branch

    @functools.cached_property
    def _values_of_branches(self) -> dict[str, Any]:
        """Parameters that all branches share; law takes those of workflows from the branch."""
        values = {name: getattr(self, name) for name, _ in self.get_params()}
        return {**values, "branches": (), **dict.fromkeys(self._workflow_param_names, law.util.no_value)}

    @property
    def of_all_branches(self) -> Any:
        return self.as_workflow()

    @functools.cached_property
    def output_location(self) -> Location:
        """Where outputs live: one folder for all branches."""
        workflow = self.as_workflow()
        return super().output_location if workflow is self else workflow.output_location

    @property
    def input_columns(self) -> Mapping[str, Column]:
        return self.declared_table.columns

    def plain_row(self, number: int) -> Branch:
        return self.branch_table.branch(number)

    def overridden_requirements(self, number: int) -> Any:
        """What law's own methods require for a branch, where they are overridden; else None."""
        requirements = {}
        if type(self).workflow_requires is not Workflow.workflow_requires:
            requirements["workflow"] = to_be_asked_again(self.unrestricted.workflow_requires())
        if not self.requires_declared:
            requirements["branch"] = to_be_asked_again(self.as_branch(number).requires())
        return requirements or None

    @property
    def branch_row(self) -> Branch:
        if self._branch_row is not None:
            return self._branch_row
        table = self.branch_table
        row = table.branch(checked_number(self.branch, table.numbers, type(self).__name__))
        if not table.seen.passing:
            self._branch_row = row
        return row

    @property
    def branch_value(self) -> Any:
        if self._branch_row is not None or not self.is_branch():
            return None if self._branch_row is None else self._branch_row.value
        return self.branch_values[checked_number(self.branch, self.branch_numbers, type(self).__name__)]

    @property
    def branch_repeat(self) -> int:
        if self._branch_row is not None or not self.is_branch():
            return 0 if self._branch_row is None else self._branch_row.repeat
        return self.repeat_of(self.branch)

    @property
    def fingerprint(self) -> str:
        if self.is_branch():
            return self.branch_row.fingerprint
        return short(digest("workflow", *self.branch_table.fingerprints))

    def requires(self) -> Any:
        """Requirements of one branch: the upstream branches that feed it; of the workflow (law's way), all of them."""
        requirements = {}
        for name, connection in self.upstream_connections.items():
            if self.branch < 0 and hasattr(connection, "task"):
                requirements[name] = connection.task
            elif isinstance(connection, Each):
                requirements[name] = connection.task.as_branch(*self._upstream_numbers(name))
            elif isinstance(connection, Batches):
                requirements[name] = [connection.task.as_branch(number) for number in self._upstream_numbers(name)]
            elif isinstance(connection, Whole):
                requirements[name] = connection.task
        return requirements

    def _upstream_numbers(self, name: str) -> tuple[int, ...]:
        """Numbers of the upstream branches that feed this one."""
        row = self._branch_row
        if row is not None and name in row.taken:
            return row.taken[name]
        return self.input_columns[name].taken(self.branch)

    def workflow_requires(self) -> Any:
        workflow = self.as_workflow()
        requirements = super().workflow_requires()
        for name, connection in workflow.upstream_connections.items():
            if isinstance(connection, Each) and workflow.branches:
                column = self.input_columns[name]
                numbers = [number for selected in workflow.selected_numbers for number in column.taken(selected)]
                requirements[name] = connection.task.req_workflow(branches=tuple(law.util.range_join(numbers)))
            elif hasattr(connection, "task"):
                requirements[name] = connection.task
        return requirements

    def requirements_of_branches(self) -> list[Any]:
        """For overridden `requires()`: what all selected branches need, each once; themselves they see to."""
        found: dict[Any, None] = {}
        numbers = self.get_branch_map()
        for number in numbers:
            for task in luigi.task.flatten(self.as_branch(number).requires()):
                if not (type(task) is type(self) and task.is_branch() and task.branch in numbers and self.of_us(task)):
                    found[task] = None
        return list(found)

    def of_us(self, task: Any) -> bool:
        """Whether a task of this class is of this workflow."""
        return bool(task.unrestricted is self.unrestricted)

    def input(self) -> Any:
        """Outputs of everything upstream of this branch by the names that `upstream()` gives."""
        if not self.is_branch() or not self.requires_declared:
            return law.Task.input(self)
        return self._inputs(self.branch_row.inputs)

    def _general_input(self, name: str) -> Any:
        return luigi.task.getpaths(self.requires()[name])

    def output(self) -> Outputs:
        """Targets of all products of a branch; while its `run()` goes on, of what it writes."""
        run = self._current_run
        if run is not None and run.outputs is not None:
            return run.outputs.outputs()
        return self.branch_outputs(self.branch)

    def branch_outputs(self, number: int) -> Any:
        if self.output_named:  # asked for by the project's own
            return Task.output(self)
        if not self.output_declared:
            return Outputs()
        fingerprint = self.fingerprints[number] if self._branch_row is None else self.fingerprint
        return outputs_of(self.location_of(fingerprint), fingerprint)

    def complete(self) -> bool:
        if self._branch_row is None and not self.is_running:
            if self.upstream_seen.unknown:
                self.renew_fingerprints()
            elif self.run_yields:
                self.look_at_records()
        if not (self.output_declared or self.output_named):
            return bool(law.Task.complete(self))
        return self._written() or self.is_published()

    # states

    @property
    def flat_products(self) -> bool:
        """Whether all products are files, so that one listing of one folder tells all states."""
        return "/" not in self.declared_products.values()

    def missing_numbers(self) -> list[int]:
        """Numbers of the selected branches that lack an output or a record, by one listing of their folder."""
        selected: Collection[int] = self.selected_numbers
        if self.upstream_seen.unknown:
            return list(selected)
        if self.answers_itself or not (self.output_declared or self.output_named):
            return [number for number in selected if not self.as_branch(number).complete()]
        return incomplete(self, selected, existing_names(self.output_location.directory)).numbers

    def all_published(self) -> bool:
        return not incomplete(self, self.branch_numbers, existing_names(self.output_location.directory)).numbers

    def workflow_complete(self) -> Any:
        self.renew_fingerprints()
        total = len(self.selected_numbers)
        needed = number_of(self.acceptance, total, "acceptance", type(self).__name__)
        return not self.upstream_seen.unknown and total - len(self.missing_numbers()) >= needed


Task.with_branches = Workflow

"""Workflows: tasks with branches, all of whose names and states are known from one table and one listing."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import law
import luigi

from caselaw.branches import Branch, Look, Seen, checked_number, number_of, selected_numbers
from caselaw.branches.upstream_digests import to_be_asked_again
from caselaw.branches.yielded import yields
from caselaw.execution.run import most_at_once, run_in_process
from caselaw.execution.types import POOL
from caselaw.execution.yielding import run_yielding
from caselaw.fingerprint import digest, short
from caselaw.records.completeness import incomplete
from caselaw.storage.location import Location
from caselaw.storage.state import existing_names
from caselaw.storage.target import Outputs, outputs_of
from caselaw.task.branched import BranchedTask
from caselaw.task.requirements import requirements_by_name, requirements_of_branches, requirements_of_workflow
from caselaw.task.single import Task

# What law forwards from a workflow to its proxy, or from a sandboxed task to its sandbox.
FORWARDED = frozenset({"requires", "output", "complete", "run", "input"})
LOOKED_AFTER = FORWARDED | {"worker_timeout"}


class Workflow(BranchedTask):
    """A task with branches, declared by `upstream()`.

    law's own methods (`create_branch_map`, `requires`, `workflow_requires`, `output`) may still be overridden;
    then the general path of law is taken for what they determine.
    """

    exclude_index = True

    def _take_run(self) -> None:
        if self.branch >= 0:
            self.__dict__["run"] = functools.partial(run_yielding if yields(type(self)) else run_in_process, self)

    @property
    def output_inherited(self) -> bool:
        return not self._overrides("output")

    @property
    def answers_itself(self) -> bool:
        return self._overrides("complete")

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

    @property
    def awaits_run(self) -> bool:
        """Whether the fingerprint of a branch that goes downstream is only known when its `run()` has ended."""
        if not self.run_yields or self._branch_row is not None:
            return False
        awaiting = self.branch_table.awaiting
        return bool(awaiting) and not awaiting.isdisjoint(self.taken_numbers)

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
        return found.fingerprint(self.declared_table.fingerprints[number]), look.seen()

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

    def overridden_requirements(self, number: int) -> Any:
        """What law's own methods require for a branch, where they are overridden; else None."""
        requirements = {}
        if self._overrides("workflow_requires"):
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
    def branch_data(self) -> Any:
        row = self._branch_row
        return super().branch_data if row is None or not row.data else row.data[0]

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
        return requirements_by_name(self)

    def workflow_requires(self) -> Any:
        requirements = super().workflow_requires()
        requirements.update(requirements_of_workflow(self.as_workflow()))
        return requirements

    def requirements_of_branches(self) -> list[Any]:
        """For overridden `requires()`: what all selected branches need, each once; themselves they see to."""
        return requirements_of_branches(self)

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
            written: Outputs = run.outputs.outputs()
            return written
        named: Outputs = self.branch_outputs(self.branch)
        return named

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

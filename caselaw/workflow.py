"""Workflows: tasks with branches, all of whose names and states are known from one table and one listing."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import law
import luigi
from law.workflow.base import BaseWorkflow, BaseWorkflowProxy

from caselaw.branches import Branch, BranchTable, Column, branch_table, requirements_digest
from caselaw.errors import UpstreamError
from caselaw.execution.run import run_branches, run_here
from caselaw.fingerprint import digest, short
from caselaw.fingerprinted import FingerprintedTask
from caselaw.publishing import run_of
from caselaw.records.completeness import incomplete
from caselaw.storage import Location, Outputs, existing_names
from caselaw.storage.target import outputs_of
from caselaw.upstream import Batches, Each, Over, Whole

# What law forwards from a workflow to its proxy, or from a sandboxed task to its sandbox.
FORWARDED = frozenset({"requires", "output", "complete", "run", "input"})


class PoolWorkflowProxy(BaseWorkflowProxy):  # type: ignore[misc]
    """Runs the branches of a workflow in a persistent pool of processes (`--workflow pool`)."""

    workflow_type = "pool"

    def requires(self) -> Any:
        requirements = super().requires()
        if not self.task.requires_declared:
            requirements["of_branches"] = self.task.requirements_of_branches()
        return requirements

    def output(self) -> Any:
        if not self.task.declared:
            return super().output()
        targets = {number: self.task.branch_outputs(number) for number in self.task.get_branch_map()}
        collection = law.SiblingFileCollection if self.task.flat_products else law.TargetCollection
        return law.util.DotDict([("collection", collection(targets, threshold=self.threshold(len(targets))))])

    def run(self) -> None:
        super().run()
        run_branches(self.task, self.task.missing_branches())


class PoolWorkflow(BaseWorkflow):  # type: ignore[misc]
    """Mixes the pool into law's choice of workflow types."""

    workflow_proxy_cls = PoolWorkflowProxy
    exclude_index = True


class Workflow(FingerprintedTask, PoolWorkflow, law.LocalWorkflow):  # type: ignore[misc]
    """A task with branches, declared by `upstream()`.

    law's own methods (`create_branch_map`, `requires`, `workflow_requires`, `output`) may still be overridden;
    then the general path of law is taken for what they determine.
    """

    exclude_index = True
    declared = True
    requires_declared = True
    has_branches = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.branch >= 0:
            plain = not inspect.isgeneratorfunction(type(self).run)
            self.__dict__["run"] = functools.partial(run_here if plain else run_of, self)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.declared = cls.output is Workflow.output
        cls.requires_declared = cls.requires is Workflow.requires

    def __getattribute__(self, attr: str) -> Any:
        """law's forwarding to the workflow proxy, without its cost for all other attributes (a third of a branch)."""
        if attr in FORWARDED:
            return super().__getattribute__(attr)
        return object.__getattribute__(self, attr)

    # the table of branches

    @functools.cached_property
    def branch_table(self) -> BranchTable:
        """All branches of the workflow, also those that `--branches` leaves out."""
        connections = dict(self.connections)
        if type(self).create_branch_map is not Workflow.create_branch_map:
            connections["branch_map"] = Over(self._values_of_branch_map())
        own = self.components.digest
        if type(self).workflow_requires is not Workflow.workflow_requires:
            own = digest(own, requirements_digest(self.workflow_requires()))
        table = branch_table(own, connections, type(self).__name__, self.project.root, self.file_digests)
        return table if self.requires_declared else self._with_requirements(table)

    def _values_of_branch_map(self) -> tuple[Any, ...]:
        """Values of an overridden branch map, whose numbers must be 0, 1, …"""
        branch_map = self.create_branch_map()
        if isinstance(branch_map, int):
            return tuple(range(branch_map))
        if isinstance(branch_map, dict):
            if list(branch_map) != list(range(len(branch_map))):
                raise UpstreamError(
                    "branches are not numbered 0, 1, …", f"{type(self).__name__}.create_branch_map()", "return a list"
                )
            return tuple(branch_map.values())
        return tuple(branch_map)

    def _with_requirements(self, table: BranchTable) -> BranchTable:
        """law's way, for an overridden `requires()`: what each branch requires counts in its fingerprint."""
        fingerprints = (
            short(digest(fingerprint, requirements_digest(self.as_branch(number).requires())))
            for number, fingerprint in enumerate(table.fingerprints)
        )
        return dataclasses.replace(table, fingerprints=tuple(fingerprints))

    @functools.cached_property
    def connections(self) -> Any:
        """Connections as the workflow sees them, with upstream workflows whole."""
        workflow = self.as_workflow()
        if workflow is not self:
            return workflow.connections
        return {name: unrestricted(connection) for name, connection in super().connections.items()}

    def create_branch_map(self) -> dict[int, Any]:
        return dict(enumerate(self.branch_table.values))

    @property
    def fingerprints(self) -> Sequence[str]:
        return self.as_workflow().branch_table.fingerprints  # type: ignore[no-any-return]

    @property
    def branch_values(self) -> Sequence[Any]:
        return self.as_workflow().branch_table.values  # type: ignore[no-any-return]

    # one branch

    @property
    def of_all_branches(self) -> Any:
        return self.as_workflow()

    @functools.cached_property
    def location(self) -> Location:
        """Where outputs live: one folder for all branches."""
        workflow = self.as_workflow()
        return super().location if workflow is self else workflow.location

    @property
    def input_columns(self) -> Mapping[str, Column]:
        return self.as_workflow().branch_table.columns  # type: ignore[no-any-return]

    def plain_row(self, number: int) -> Branch:
        return self.as_workflow().branch_table.branch(number)  # type: ignore[no-any-return]

    def overridden_requirements(self, number: int) -> Any:
        """What law's own methods require for a branch, where they are overridden; else None."""
        requirements = {}
        if type(self).workflow_requires is not Workflow.workflow_requires:
            requirements["workflow"] = self.as_workflow().workflow_requires()
        if not self.requires_declared:
            requirements["branch"] = self.as_branch(number).requires()
        return requirements or None

    @property
    def branch_row(self) -> Branch:
        if self._branch_row is None:
            self._branch_row = self.as_workflow().branch_table.branch(self.branch)
        return self._branch_row

    @property
    def branch_value(self) -> Any:
        return self.branch_row.value if self.is_branch() else None

    @property
    def fingerprint(self) -> str:
        if self.is_branch():
            return self.branch_row.fingerprint
        return short(digest("workflow", *self.branch_table.fingerprints))

    def requires(self) -> Any:
        """Requirements of one branch: the upstream branches that feed it."""
        requirements = {}
        for name, connection in self.connections.items():
            if isinstance(connection, Each):
                requirements[name] = connection.task.as_branch(self.branch)
            elif isinstance(connection, Batches):
                first = self.branch * connection.size
                last = min(first + connection.size, len(connection.task.fingerprints))
                requirements[name] = [connection.task.as_branch(number) for number in range(first, last)]
            elif isinstance(connection, Whole):
                requirements[name] = connection.task
        return requirements

    def workflow_requires(self) -> Any:
        requirements = super().workflow_requires()
        for name, connection in self.as_workflow().connections.items():
            if isinstance(connection, Each) and self.branches:
                requirements[name] = connection.task.req_workflow(branches=self.branches)
            elif hasattr(connection, "task"):
                requirements[name] = connection.task
        return requirements

    def requirements_of_branches(self) -> list[Any]:
        """For overridden `requires()`: what all selected branches need, each once."""
        found: dict[Any, None] = {}
        for number in self.get_branch_map():
            for task in luigi.task.flatten(self.as_branch(number).requires()):
                found[task] = None
        return list(found)

    def input(self) -> Any:
        """Outputs of everything upstream of this branch by the names that `upstream()` gives."""
        if not self.is_branch() or not self.requires_declared:
            return super().input()
        return self._inputs(self.branch_row.inputs)

    def _general_input(self, name: str) -> Any:
        return luigi.task.getpaths(self.requires()[name])

    def output(self) -> Outputs:
        """Targets of all products of a branch; while its `run()` goes on, of what it writes."""
        return self.branch_outputs(self.branch) if self._desk is None else self._desk.outputs()

    def branch_outputs(self, number: int) -> Outputs:
        return outputs_of(self.location, self.fingerprints[number] if self._branch_row is None else self.fingerprint)

    def complete(self) -> bool:
        return self._written() or self.published() if self.declared else bool(super().complete())

    # states

    @property
    def flat_products(self) -> bool:
        """Whether all products are files, so that one listing of one folder tells all states."""
        return "/" not in self.products.values()

    def missing_branches(self) -> list[int]:
        """Numbers of the selected branches that lack an output or a record, by one listing of their folder."""
        selected: Collection[int] = self.get_branch_map()
        if not self.declared:
            return [number for number in selected if not self.as_branch(number).complete()]
        return incomplete(self, selected, existing_names(self.location.directory)).numbers

    def all_published(self) -> bool:
        numbers = range(len(self.branch_table.fingerprints))
        return not incomplete(self, numbers, existing_names(self.location.directory)).numbers

    def workflow_complete(self) -> Any:
        if not self.declared:
            return NotImplemented
        total = len(self.get_branch_map())
        threshold = self.acceptance * total if self.acceptance <= 1 else self.acceptance
        return total - len(self.missing_branches()) >= threshold

    def run(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no run() method")


def unrestricted(connection: Any) -> Any:
    """The connection with all branches of the upstream workflow, whatever `--branches` selects here."""
    task = getattr(connection, "task", None)
    if not isinstance(task, BaseWorkflow):
        return connection
    if task.is_branch() or task.branches:
        task = task.req_workflow(branches=()) if task.is_branch() else type(task).req(task, branches=())
    return dataclasses.replace(connection, task=task)

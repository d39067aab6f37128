"""The table of a workflow's branches: when it is made, kept and looked at again."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from caselaw.branches import Branch, BranchTable, Column, Look, Seen, selected_numbers
from caselaw.branches.chain import ask, found_once
from caselaw.branches.required import Required, required_by, with_requirements
from caselaw.execution.kinds import LocalWorkflow, PoolWorkflow
from caselaw.task.branch_tables import declared_table, settled_again, table_with_yielded
from caselaw.task.single import Task


class BranchedTask(Task, PoolWorkflow, LocalWorkflow):
    """A task with branches, by the table of them."""

    exclude_index = True
    has_branches = True
    _looks = 0

    def _overrides(self, name: str) -> bool:
        """Whether the project has its own method of that name."""
        return getattr(type(self), name) is not getattr(self.with_branches, name)

    @property
    def requires_declared(self) -> bool:
        return not self._overrides("requires")

    @functools.cached_property
    def unrestricted(self) -> BranchedTask:
        """The workflow without a selection of branches: by it all names are made, whatever `--branches` selects."""
        workflow: BranchedTask = self.as_workflow()
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
        return table_with_yielded(self) if self.run_yields else self._static_table()

    @property
    def declared_table(self) -> BranchTable:
        """All branches as they are without an overridden `requires()`: it may ask for their numbers and values."""
        return self.unrestricted._declared_table

    @found_once
    def _declared_table(self) -> BranchTable:
        return declared_table(
            self,
            branch_map=self._own_branch_map if self._overrides("create_branch_map") else None,
            requirements=self.workflow_requires if self._overrides("workflow_requires") else None,
        )

    def _static_table(self) -> BranchTable:
        """All branches, without what `run()` yields."""
        if self.requires_declared or not self.branches_known:
            return self._declared_table  # with a placeholder, of which law asks for no requirements either
        return with_requirements(self, self._required)

    def _required(self, number: int) -> Required:
        branch = self.as_branch(number)
        return ask(f"fingerprint, look {self._looks}", branch, lambda: required_by(branch, self))

    @property
    def own_needs(self) -> Mapping[int, Collection[int]]:
        return self.branch_table.own_needs

    # looking again

    @property
    def awaiting_numbers(self) -> frozenset[int]:
        return self.branch_table.awaiting

    def look_at_records(self) -> None:
        """Look again at what the records tell of what `run()` of this branch yields."""
        self.unrestricted.__dict__["_branch_table"] = settled_again(self)

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

    def _own_branch_map(self, look: Look) -> Mapping[int, Any]:
        """The branch map of the project's own `create_branch_map()`."""
        if not self.branches_known:
            look.wait_until(f"{type(self).__name__}.{self._condition_attr}() is true")
        return dict(self.get_branch_map())

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

    # what stands in it

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

    @property
    def input_columns(self) -> Mapping[str, Column]:
        return self.declared_table.columns

    def plain_row(self, number: int) -> Branch:
        return self.branch_table.branch(number)

"""How the branches of a workflow run: law's kinds of workflows (`--workflow pool`, `--workflow local`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import law
import luigi
from law.workflow.base import BaseWorkflow, BaseWorkflowProxy

from caselaw.execution.dynamic_requirements import run_yielding_branches
from caselaw.execution.run import run_branches
from caselaw.execution.types import POOL, chosen


class PoolWorkflowProxy(BaseWorkflowProxy):  # type: ignore[misc]
    """Runs the branches of a workflow in a persistent pool of processes (`--workflow pool`)."""

    workflow_type = POOL

    def requires(self) -> Any:
        requirements = super().requires()
        if not self.task.requires_declared and not self.task.branches_depend:
            requirements["of_branches"] = self.task.requirements_of_branches()
        return requirements

    def input(self) -> Any:
        """What `workflow_requires()` gives, as law has it: inputs of branches are those of the branches."""
        return luigi.task.getpaths(super().requires())

    def output(self) -> Any:
        if not self.task.output_declared:
            return super().output()
        targets = {number: self.task.branch_outputs(number) for number in self.task.get_branch_map()}
        collection = law.SiblingFileCollection if self.task.flat_products else law.TargetCollection
        return law.util.DotDict([("collection", collection(targets, threshold=self.threshold(len(targets))))])

    def run(self) -> Any:
        super().run()
        self.task.renew_fingerprints()
        if not self.task.requires_declared and self.task.branches_depend:
            return self.run_when_required()
        return self.run_missing()

    def run_when_required(self) -> Iterator[Any]:
        """What branches require is known now, and was not when law asked what the workflow does."""
        yield self.task.requirements_of_branches()
        made = self.run_missing()
        if made is not None:
            yield from made

    def run_missing(self) -> Any:
        if self.task.run_yields:
            return run_yielding_branches(self.task)
        return run_branches(self.task, self.task.missing_numbers())


class PoolWorkflow(BaseWorkflow):  # type: ignore[misc]
    """Mixes the pool into law's choice of workflow types."""

    workflow_proxy_cls = PoolWorkflowProxy
    exclude_index = True

    @classmethod
    def find_workflow_cls(cls, name: str | None = None, fallback_to_first: bool = False) -> Any:
        """The class among the bases that runs workflows of a type. Raises `TaskError` for a type that there is not."""
        return chosen(cls, name, may_pass=fallback_to_first)

    def workflow_input(self) -> Any:
        workflow = self.as_workflow()
        if not workflow.cache_workflow_requirements:
            return workflow.workflow_proxy.input()
        return super().workflow_input()


class LocalWorkflowProxy(law.LocalWorkflow.workflow_proxy_cls):  # type: ignore[misc]
    """Runs the branches of a workflow as tasks of their own (`--workflow local`)."""

    def run(self) -> Any:
        self.task.renew_fingerprints()
        return super().run()


class LocalWorkflow(law.LocalWorkflow):  # type: ignore[misc]
    """law's local workflow, which takes its branches as they are when it begins."""

    workflow_proxy_cls = LocalWorkflowProxy
    exclude_index = True

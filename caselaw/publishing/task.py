"""What the engine asks of a task of caselaw that runs and publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from caselaw.branches.task import TaskLike, WorkflowLike

if TYPE_CHECKING:
    from caselaw.branches import Branch
    from caselaw.config import DeclaredConfig
    from caselaw.fingerprint.code.counted_files import HashedCode
    from caselaw.publishing.block import TaskRun
    from caselaw.publishing.contents import OutputContents
    from caselaw.publishing.recording import RunContext


class RunnableTask(TaskLike, Protocol):
    """A task without branches, a workflow, or one of its branches, with its run and what that takes from others."""

    @property
    def current_run(self) -> TaskRun: ...
    @property
    def is_running(self) -> bool: ...
    @property
    def run_context(self) -> RunContext: ...
    @property
    def upstream_contents(self) -> OutputContents: ...
    def full_row(self, number: int, output_contents: OutputContents | None = None) -> Branch: ...
    def take_from_parent(self, config: DeclaredConfig | None, code: HashedCode, context: RunContext) -> None: ...
    def is_in_first_layer(self) -> bool: ...
    def be_branch(self, row: Branch) -> None: ...


class RunnableWorkflow(RunnableTask, WorkflowLike, Protocol):
    """A workflow, or one of its branches, likewise."""

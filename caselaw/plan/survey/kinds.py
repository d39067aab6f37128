"""What a class is to law: a task, a workflow, a wrapper, an external file, a section of the configuration."""

from __future__ import annotations

from caselaw.plan.survey.classes import Class

TASK = "luigi.task.Task"
WORKFLOW = "law.workflow.base.BaseWorkflow"
PLAIN_BASES = frozenset({"luigi.task.Task", "law.task.base.Task", "law.task.base.BaseTask"})
WORKFLOW_BASES = frozenset({"law.workflow.local.LocalWorkflow", WORKFLOW})
CASELAW = ("caselaw.task.base.FingerprintedTask",)
CONFIG = "luigi.task.Config"
WRAPPER = frozenset({"luigi.task.WrapperTask", "law.task.base.WrapperTask"})
EXTERNAL = frozenset({"luigi.task.ExternalTask", "law.task.base.ExternalTask"})
STAY_PLAIN = WRAPPER | EXTERNAL | {CONFIG}
"""Tasks that make nothing: without a base of the project's they stay what they are."""


def kind_of(task: Class, derived: bool) -> str:
    """A word for people. `derived`: other classes of the project derive from it."""
    if task.is_a(CONFIG):
        return "configuration"
    if task.is_a(*EXTERNAL):
        return "external"
    if task.is_a(*WRAPPER):
        return "wrapper"
    if derived and not any(name in above.own for above in task.mro if above.of_project for name in ("run", "complete")):
        return "base"
    return "workflow" if task.is_a(WORKFLOW) else "task"


def is_task(found: Class) -> bool:
    return found.is_a(TASK)

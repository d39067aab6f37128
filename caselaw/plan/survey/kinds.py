"""What a class is to law: a task, a workflow, a wrapper, an external file, a section of the configuration."""

from __future__ import annotations

from enum import StrEnum

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


class SurveyKind(StrEnum):
    """What a class is, as it is said to people. BASE: others derive from it, and it makes nothing itself."""

    TASK = "task"
    WORKFLOW = "workflow"
    BASE = "base"
    WRAPPER = "wrapper"
    EXTERNAL = "external"
    CONFIGURATION = "configuration"
    MADE = "made at run time"


def kind_of(task: Class, derived: bool) -> SurveyKind:
    """What a class is. `derived`: other classes of the project derive from it."""
    if task.is_a(CONFIG):
        return SurveyKind.CONFIGURATION
    if task.is_a(*EXTERNAL):
        return SurveyKind.EXTERNAL
    if task.is_a(*WRAPPER):
        return SurveyKind.WRAPPER
    if derived and not any(name in above.own for above in task.mro if above.of_project for name in ("run", "complete")):
        return SurveyKind.BASE
    return SurveyKind.WORKFLOW if task.is_a(WORKFLOW) else SurveyKind.TASK


def is_task(found: Class) -> bool:
    return found.is_a(TASK)

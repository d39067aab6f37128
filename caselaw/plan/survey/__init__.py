"""What becomes of an existing law project, task by task, from its text alone: nothing of it is imported or run."""

from caselaw.plan.survey.finding import SurveyFinding, SurveyVerdict
from caselaw.plan.survey.survey import Survey, SurveyedTask, survey

__all__ = ["Survey", "SurveyFinding", "SurveyVerdict", "SurveyedTask", "survey"]

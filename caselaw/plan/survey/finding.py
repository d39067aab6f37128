"""What the survey says of a task, and of the lines that are in its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from caselaw.plan.survey.edits import Edit


class SurveyVerdict(StrEnum):
    """Whether a task works unchanged, needs a line that is shown, or cannot work; the worst last."""

    UNCHANGED = "unchanged"
    LINE = "a line"
    CANNOT = "cannot"


@dataclass(frozen=True)
class SurveyFinding:
    """A line that keeps a task from working unchanged.

    `advice` says what to write; `edit` is that as a change of the text, where it is one. `verdict` is LINE or CANNOT.
    """

    verdict: SurveyVerdict
    path: Path
    line: int
    what: str
    advice: str
    edit: Edit | None = None


def worst(findings: tuple[SurveyFinding, ...]) -> SurveyVerdict:
    verdicts = {finding.verdict for finding in findings}
    return next((verdict for verdict in reversed(SurveyVerdict) if verdict in verdicts), SurveyVerdict.UNCHANGED)

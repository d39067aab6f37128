"""What the survey says of a task, and of the lines that are in its way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from caselaw.plan.survey.edits import Edit

UNCHANGED, LINE, CANNOT = "unchanged", "a line", "cannot"


@dataclass(frozen=True)
class SurveyFinding:
    """A line that keeps a task from working unchanged.

    `advice` says what to write; `edit` is that as a change of the text, where it is one. `verdict` is `LINE` or
    `CANNOT`.
    """

    verdict: str
    path: Path
    line: int
    what: str
    advice: str
    edit: Edit | None = None


def worst(findings: tuple[SurveyFinding, ...]) -> str:
    verdicts = {finding.verdict for finding in findings}
    return next((verdict for verdict in (CANNOT, LINE) if verdict in verdicts), UNCHANGED)

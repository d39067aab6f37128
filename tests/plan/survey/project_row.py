"""A small project of somebody's, and what the survey says of one of its tasks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from caselaw.plan.survey import SurveyVerdict


@dataclass(frozen=True)
class Row:
    """`work` is the module of `task`, whose verdict is asked, and of `root`, which is run; `files` are others.

    `fix` is written by the hand of the test where the survey's advice is no edit: a text, and what takes its place.
    """

    name: str
    work: str
    verdict: str = SurveyVerdict.UNCHANGED
    task: str = "Result"
    root: str = "Result"
    arguments: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    fix: tuple[tuple[str, str], ...] = ()

    def texts(self) -> dict[str, str]:
        texts = {"work.py": self.work, **self.files}
        return {name: textwrap.dedent(text).lstrip("\n") for name, text in texts.items()}

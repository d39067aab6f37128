"""Every state that a command can meet has a colour, and what people need to know of it."""

from __future__ import annotations

import importlib
from enum import StrEnum
from typing import Any

import pytest

from caselaw.execution.claims import ClaimState
from caselaw.plan.check import FAULTS
from caselaw.plan.status import BranchState
from caselaw.plan.survey import SurveyVerdict
from caselaw.plan.verify import OutputState

SHOWN: list[tuple[str, str, Any]] = [
    ("status", "COLORS", BranchState),
    ("status", "MEANINGS", BranchState),
    ("adopt", "COLORS", ClaimState),
    ("adopt", "MEANINGS", ClaimState),
    ("verify", "COLORS", OutputState),
    ("store.check", "COLORS", {*FAULTS, OutputState.OK}),
    ("store.check", "ADVICE", FAULTS),
    ("survey", "COLORS", SurveyVerdict),
]


@pytest.mark.parametrize(("command", "name", "states"), SHOWN, ids=[f"{row[0]} {row[1].lower()}" for row in SHOWN])
def test_every_state_is_shown(command: str, name: str, states: set[StrEnum]) -> None:
    shown = getattr(importlib.import_module(f"caselaw.cli.{command}"), name)
    assert set(shown) == set(states)

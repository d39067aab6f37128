"""Prints the table of edits at the end of the test run."""

from __future__ import annotations

import pytest
from table import OUTCOMES, lines


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcomes = config.stash[OUTCOMES]
    if outcomes:
        terminalreporter.section("edits")
        for line in lines(outcomes):
            terminalreporter.write_line(line)
        good = sum(not outcome.problems for outcome in outcomes)
        terminalreporter.write_line(f"{good} of {len(outcomes)} rows are as they must be")

"""Forms that do not work, and why. What stands here must fail: who makes it work takes it out."""

from __future__ import annotations

_REASONS = {
    "branches beside selected ones": (
        "requires a workflow [base]",
        "requires a workflow [base and workflow]",
        "requires one branch [base]",
        "requires one branch [base and workflow]",
        "requires some branches [base]",
        "requires some branches [base and workflow]",
    ),
}

NOT_YET = {name: reason for reason, names in _REASONS.items() for name in names}
"""Name of the form and how it was converted → what is missing."""

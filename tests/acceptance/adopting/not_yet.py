"""Forms that do not work, and why. What stands here must fail: who makes it work takes it out."""

from __future__ import annotations

_REASONS = {
    "branch_map in requires() of selected branches: law gives those that are selected, caselaw all, since what a "
    "branch makes would depend on which others were selected": (
        "branches selected by a range [base]",
        "branches selected by a range [base and workflow]",
    ),
}

NOT_YET = {name: reason for reason, names in _REASONS.items() for name in names}
"""Name of the form and how it was converted → what is missing."""

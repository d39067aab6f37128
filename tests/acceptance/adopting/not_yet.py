"""Forms that do not work, and why. What stands here must fail: who makes it work takes it out."""

from __future__ import annotations

WAYS = ("base", "base and workflow")

_REASONS = {
    "branch_map in requires() of selected branches: law gives those that are selected, caselaw all, since what a "
    "branch makes would depend on which others were selected": ("branches selected by a range",),
    "branches that require branches of their own workflow, and yield tasks in run()": (
        "project: optimisation loop of law, its last step",
        "project: optimisation loop of law, its objective",
    ),
}

NOT_YET = {f"{name} [{way}]": reason for reason, names in _REASONS.items() for name in names for way in WAYS}
"""Name of the form and how it was converted → what is missing."""

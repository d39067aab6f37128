"""Questions about a chain of tasks."""

from caselaw.plan.lineage import MadeOutput, lineage, made_by

__all__ = ["MadeOutput", "lineage", "made_by"]

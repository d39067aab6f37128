"""Questions about a chain of tasks."""

from caselaw.plan.lineage import Made, lineage, made_by

__all__ = ["Made", "lineage", "made_by"]

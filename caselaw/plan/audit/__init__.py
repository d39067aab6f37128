"""What one branch really uses, held against what its fingerprint covers."""

from caselaw.plan.audit.report import Audit, audit
from caselaw.plan.audit.verdict import Finding

__all__ = ["Audit", "Finding", "audit"]

"""The branches of a workflow: values, fingerprints and inputs, computed without making a task for each."""

from caselaw.branches.column import Column
from caselaw.branches.columns import column
from caselaw.branches.files import expand, relative
from caselaw.branches.numbers import by_number, in_order, read_by
from caselaw.branches.row import Branch, Inputs, Origin
from caselaw.branches.selection import checked_number, number_of, selected_numbers
from caselaw.branches.table import BRANCH_MAP, BranchTable, branch_table
from caselaw.branches.upstream_digests import Look, Seen

__all__ = [
    "BRANCH_MAP",
    "Branch",
    "BranchTable",
    "Column",
    "Inputs",
    "Look",
    "Origin",
    "Seen",
    "branch_table",
    "by_number",
    "checked_number",
    "column",
    "expand",
    "in_order",
    "number_of",
    "read_by",
    "relative",
    "selected_numbers",
]

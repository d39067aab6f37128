"""The branches of a workflow: values, fingerprints and inputs, computed without making a task for each."""

from caselaw.branches.column import Column
from caselaw.branches.columns import column
from caselaw.branches.files import expand, is_url, relative
from caselaw.branches.look import Look, Seen
from caselaw.branches.row import Branch, Inputs, Origin
from caselaw.branches.selection import checked_number, number_of, selected_numbers
from caselaw.branches.table import BranchTable, branch_table

__all__ = [
    "Branch",
    "BranchTable",
    "Column",
    "Inputs",
    "Look",
    "Origin",
    "Seen",
    "branch_table",
    "checked_number",
    "column",
    "expand",
    "is_url",
    "number_of",
    "relative",
    "selected_numbers",
]

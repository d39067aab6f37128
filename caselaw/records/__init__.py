"""What was made from what: a record beside every output."""

from caselaw.records.basis import Basis, read_basis, write_basis
from caselaw.records.files import compact, read_records, write_records
from caselaw.records.index import RecordIndex
from caselaw.records.record import Record, holds
from caselaw.records.revision import revision

__all__ = [
    "Basis",
    "Record",
    "RecordIndex",
    "compact",
    "holds",
    "read_basis",
    "read_records",
    "revision",
    "write_basis",
    "write_records",
]

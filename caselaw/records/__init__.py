"""What was made from what: a record beside every output."""

from caselaw.records.record import Record, read_records, write_record

__all__ = ["Record", "read_records", "write_record"]

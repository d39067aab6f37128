"""RNTuples of ROOT files: fields in order, with their values; not pages, clusters and encodings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from caselaw.fingerprint.content.column import ColumnContent
from caselaw.fingerprint.content.source import Budget
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    from uproot.behaviors.RNTuple import RNTuple

STEP_BYTES = "64 MB"
"""What is decoded at once, all fields together."""

_STREAMER = 4  # the role of fields that ROOT's streamers wrote: uproot reads none of them


def ntuple_content(ntuple: RNTuple, budget: Budget) -> str:
    """Digest of an RNTuple: description, fields with their types, and values.

    Raises `ValueError` for attributes, streamed objects and fields that cannot be read.
    """
    import awkward

    records, header = ntuple.field_records, ntuple.header
    if ntuple.footer.linked_attribute_sets or any(int(record.struct_role) == _STREAMER for record in records):
        raise ValueError("attributes or streamed objects in an RNTuple")
    columns: dict[str, ColumnContent] = {name: ColumnContent() for name in ntuple.keys(recursive=False)}
    for chunk in ntuple.iterate(step_size=STEP_BYTES) if ntuple.num_entries else ():
        for name, column in columns.items():
            values = awkward.to_arrow(chunk[name], extensionarray=False)
            budget.expand(max(values.nbytes, len(values)))
            column.feed(values)
    fields = _fields(records)
    if [name for name, *_ in fields] != list(columns):
        raise ValueError("fields that cannot be read")
    digests = [column.digest() for column in columns.values()]
    return digest(header.ntuple_name, header.ntuple_description, ntuple.num_entries, fields, digests)


def _fields(records: list[Any]) -> list[Any]:
    """Description of the fields at the top, each with those below it."""
    below: dict[int, list[int]] = defaultdict(list)
    top = []
    for number, record in enumerate(records):
        if record.parent_field_id == number:  # so the format marks fields without a parent
            top.append(number)
        else:
            below[record.parent_field_id].append(number)

    def described(number: int) -> list[Any]:
        record = records[number]
        own = [record.field_name, record.type_name, record.type_alias, record.field_desc, int(record.struct_role)]
        versions = [record.field_version, record.type_version, record.repetition]
        return [*own, *versions, [described(other) for other in below[number]]]

    return [described(number) for number in top]

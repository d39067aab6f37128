"""Parquet: schema, metadata of the user and columns; not row groups, encodings, compression and the writer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caselaw.fingerprint.content.column import ColumnContent
from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.hashing import digest

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

VERSION = 2

BATCH_BYTES = 8 << 20
"""Uncompressed bytes that are read at once, all columns together."""

_ARROW_SCHEMA = b"ARROW:schema"  # the schema once more, in the words of the version that wrote it


def content(source: ContentSource) -> str:
    """Digest of fields in order (name, type, nullability, metadata), of user metadata and of all values.

    Of dictionaries only those count that the schema promises, as pandas' categories and their order.
    """
    from pyarrow.parquet import ParquetFile

    # Unbuffered, pyarrow would read whole row groups at once.
    options = {"page_checksum_verification": True, "buffer_size": 1 << 20, "pre_buffer": False}
    with ParquetFile(source.handle, **options) as file:
        schema = file.schema_arrow
        columns = [ColumnContent() for _ in schema]
        for batch in file.iter_batches(batch_size=_batch_rows(file.metadata)):
            source.budget.expand(max(batch.nbytes, batch.num_rows * batch.num_columns))  # nulls have no bytes
            for column, array in zip(columns, batch.columns, strict=True):
                column.feed(array)
        fields = [[_field(field) for field in schema], _leaves(file.schema)]
        metadata = [_metadata(found) for found in (file.metadata.metadata, schema.metadata)]  # the file's, Arrow's
        rows, values = file.metadata.num_rows, [column.digest() for column in columns]
        return digest("parquet", VERSION, rows, fields, metadata, values)


def _batch_rows(metadata: pyarrow.parquet.FileMetaData) -> int:
    """How many rows to read at once, by the size in the file, but at least 8 bytes per column."""
    size: int = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    row: int = max(size // max(1, metadata.num_rows), 8 * metadata.num_columns, 1)
    return max(1, BATCH_BYTES // row)


def _field(field: pyarrow.Field) -> list[Any]:
    metadata = [[key, value] for key, value in (field.metadata or {}).items()]
    nested = [_field(field.type.field(index)) for index in range(field.type.num_fields)]
    return [field.name, str(field.type), field.nullable, metadata, nested]


def _leaves(schema: pyarrow.parquet.ParquetSchema) -> list[Any]:
    """Names and types for readers that do not know Arrow."""
    columns = [schema.column(number) for number in range(len(schema.names))]
    return [
        [leaf.path, leaf.physical_type, leaf.length, str(leaf.logical_type), str(leaf.converted_type),
         leaf.max_definition_level, leaf.max_repetition_level]
        for leaf in columns
    ]  # fmt: skip


def _metadata(metadata: dict[bytes, bytes] | None) -> list[Any]:
    """Key-value metadata in order, without what only says which version of a library wrote them."""
    kept: dict[bytes, Any] = {key: value for key, value in (metadata or {}).items() if key != _ARROW_SCHEMA}
    if b"pandas" in kept:
        described = json.loads(kept[b"pandas"])
        kept[b"pandas"] = {key: described[key] for key in described if key not in ("creator", "pandas_version")}
    return [[key, value] for key, value in kept.items()]

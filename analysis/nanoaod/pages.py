"""Checksums of an RNTuple's pages, which uproot leaves unread.

Format: https://github.com/root-project/root/blob/master/tree/ntuple/doc/BinaryFormatSpecification.md, sections "Page
List Envelope" and "Page Locations": XXH3-64 over the stored bytes, little endian, right behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import uproot
import xxhash

from analysis.nanoaod.errors import UnreadableFile

CHECKSUM = 8  # bytes


class PageChecksums:
    """Compares pages of fields with their checksums."""

    def __init__(self, ntuple: uproot.models.RNTuple.Model_ROOT_3a3a_RNTuple, path: str) -> None:
        self._ntuple = ntuple
        self._path = path
        self._fields = ntuple.field_records
        self._children: dict[int, list[int]] = defaultdict(list)
        self._top: dict[str, int] = {}
        for number, field in enumerate(self._fields):
            if field.parent_field_id == number:
                self._top[field.field_name] = number
            else:
                self._children[field.parent_field_id].append(number)
        self._columns: dict[int, list[int]] = defaultdict(list)
        for number, column in enumerate(ntuple.column_records):
            self._columns[column.field_id].append(number)
        self._check_page_lists()

    def check(self, name: str, clusters: range) -> None:
        """Raise `UnreadableFile` unless all pages of the top-level field `name` are as they were written."""
        source = self._ntuple.file.source
        for cluster in clusters:
            pages = self._ntuple.page_link_list[cluster]
            for column in self._columns_of(self._top[name]):
                for page in pages[column].pages if column < len(pages) else ():
                    if page.has_checksum:
                        start, stop = page.locator.offset, page.locator.offset + page.locator.num_bytes
                        raw = source.chunk(start, stop + CHECKSUM).raw_data
                        self._compare(memoryview(raw).cast("B"), f"field '{name}', cluster {cluster}")

    def _columns_of(self, field: int) -> Iterator[int]:
        """Columns of a field and those below it; a projected field shows those of another one."""
        source = self._fields[field].source_field_id
        yield from self._columns[field if source is None else source]
        for child in self._children[field]:
            yield from self._columns_of(child)

    def _check_page_lists(self) -> None:
        for record in self._ntuple.footer.cluster_group_records:
            link = record.page_list_link
            chunk, _ = self._ntuple.read_locator(link.locator, link.env_uncomp_size)
            raw = np.asarray(chunk.raw_data)[: link.env_uncomp_size]
            self._compare(memoryview(raw).cast("B"), "its list of pages")

    def _compare(self, raw: memoryview, where: str) -> None:
        content, stored = raw[:-CHECKSUM], int.from_bytes(raw[-CHECKSUM:], "little")
        if xxhash.xxh3_64_intdigest(content) != stored:
            raise UnreadableFile(self._path, f"{where}: wrong checksum, the content is damaged")

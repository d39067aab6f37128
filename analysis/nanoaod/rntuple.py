"""Branches of an RNTuple (ROOT's successor of the TTree) as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence

import awkward as ak
import numpy as np
import uproot

from analysis.nanoaod.branches import Branch
from analysis.nanoaod.chunk import Chunk
from analysis.nanoaod.conversion import convert
from analysis.nanoaod.errors import MissingBranch, UnreadableFile
from analysis.nanoaod.pages import PageChecksums


class NTupleReader:
    """Reads fields of one RNTuple, whole clusters at a time; keeps those that the next chunk continues."""

    def __init__(self, ntuple: uproot.behaviors.RNTuple.HasFields, path: str) -> None:
        self.entries = int(ntuple.num_entries)
        self.names = frozenset(ntuple.keys(recursive=False))
        self._ntuple = ntuple
        self._path = path
        firsts = [cluster.num_first_entry for cluster in ntuple.cluster_summaries]
        self._edges = np.array([*firsts, self.entries], np.int64)
        self._kept: dict[str, tuple[int, int, ak.Array]] = {}
        self._checksums = PageChecksums(ntuple, path)

    def read(self, branches: Sequence[Branch], start: int, stop: int) -> Chunk:
        """The branches of the events [start, stop)."""
        chunk = Chunk(start, stop)
        for branch in branches:
            first, events = self._clusters(branch.name, start, stop)
            layout = ak.to_packed(events[start - first : stop - first]).layout
            if branch.collection is None:
                self._store(branch, layout, chunk)
            else:
                self._store_objects(branch, layout, chunk)
        return chunk

    def _clusters(self, name: str, start: int, stop: int) -> tuple[int, ak.Array]:
        """The clusters that hold [start, stop), and the event with which they begin."""
        if name in self._kept:
            first, last, events = self._kept[name]
            if first <= start and stop <= last:
                return first, events
        begin = int(np.searchsorted(self._edges, start, side="right")) - 1
        end = int(np.searchsorted(self._edges, stop))
        first, last = int(self._edges[min(begin, end)]), int(self._edges[end])
        self._checksums.check(name, range(min(begin, end), end))
        # Field by field: uproot's arrays(names) takes a time quadratic in the fields of the file.
        events = self._ntuple[name].array(entry_start=first, entry_stop=last)
        if len(events) != last - first:
            raise UnreadableFile(self._path, f"field '{name}' has {len(events)} of {last - first} events")
        self._kept[name] = (first, last, events)
        return first, events

    def _store_objects(self, branch: Branch, layout: ak.contents.Content, chunk: Chunk) -> None:
        if not layout.is_list:
            raise self._wrong_type(branch, layout)
        listed = layout.to_ListOffsetArray64(True)
        offsets = np.array(listed.offsets, dtype=np.int64)
        known = chunk.offsets.setdefault(branch.collection or "", offsets)
        if not np.array_equal(known, offsets):
            raise UnreadableFile(self._path, f"field '{branch.name}' disagrees with the number of objects per event")
        self._store(branch, listed.content[: offsets[-1]], chunk)

    def _store(self, branch: Branch, layout: ak.contents.Content, chunk: Chunk) -> None:
        if not layout.is_numpy or layout.purelist_depth != 1:
            raise self._wrong_type(branch, layout)
        content = np.asarray(layout.data)
        out = np.empty(content.shape, branch.dtype)
        try:
            convert(content, out)
        except TypeError as error:
            raise MissingBranch(
                self._path, [branch.name], f"field '{branch.name}': {error}", "map it to another field"
            ) from error
        chunk.arrays[branch.name] = out

    def _wrong_type(self, branch: Branch, layout: ak.contents.Content) -> MissingBranch:
        wanted = "event" if branch.collection is None else "object"
        return MissingBranch(
            self._path, [branch.name], f"field '{branch.name}' has type {layout.form.type}",
            f"one {branch.kind} per {wanted} is needed: map it to another field",
        )  # fmt: skip

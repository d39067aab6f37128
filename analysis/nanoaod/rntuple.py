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


class NTupleReader:
    """Reads fields of one RNTuple, whole clusters at a time; keeps those that the next chunk continues."""

    def __init__(self, ntuple: uproot.behaviors.RNTuple.HasFields, path: str) -> None:
        self.entries = int(ntuple.num_entries)
        self.names = frozenset(ntuple.keys(recursive=False))
        self._ntuple = ntuple
        self._path = path
        firsts = [cluster.num_first_entry for cluster in ntuple.cluster_summaries]
        self._edges = np.array([*firsts, self.entries], np.int64)
        self._window: tuple[tuple[str, ...], int, int, ak.Array] | None = None

    def read(self, branches: Sequence[Branch], start: int, stop: int) -> Chunk:
        """The branches of the events [start, stop)."""
        chunk = Chunk(start, stop)
        first, events = self._clusters(tuple(branch.name for branch in branches), start, stop)
        for branch in branches:
            layout = ak.to_packed(events[branch.name][start - first : stop - first]).layout
            if branch.collection is None:
                self._store(branch, layout, chunk)
            else:
                self._store_objects(branch, layout, chunk)
        return chunk

    def _clusters(self, names: tuple[str, ...], start: int, stop: int) -> tuple[int, ak.Array]:
        if self._window is not None:
            known, first, last, events = self._window
            if known == names and first <= start and stop <= last:
                return first, events
        first = int(self._edges[max(np.searchsorted(self._edges, start, side="right") - 1, 0)])
        last = int(self._edges[min(np.searchsorted(self._edges, stop), len(self._edges) - 1)])
        first, last = min(first, start), max(last, stop)
        events = self._ntuple.arrays(list(names), entry_start=first, entry_stop=last)
        self._window = (names, first, last, events)
        return first, events

    def _store_objects(self, branch: Branch, layout: ak.contents.Content, chunk: Chunk) -> None:
        if not layout.is_list:
            raise self._wrong_type(branch, layout)
        listed = layout.to_ListOffsetArray64(True)
        offsets = np.array(listed.offsets, dtype=np.int64)
        known = chunk.offsets.setdefault(branch.collection or "", offsets)
        if not np.array_equal(known, offsets):
            raise UnreadableFile(
                self._path, f"field '{branch.name}' disagrees with the number of objects per event"
            )
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

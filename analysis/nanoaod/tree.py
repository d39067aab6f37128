"""Branches of a TTree as flat arrays.

NanoAOD stores the objects of all events of a basket after each other, and their number per event in a
counter branch ("nJet"). Counters are read once; every other branch of the collection is then a plain
stretch of numbers, copied from the decompressed basket straight into the result.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import uproot
from uproot.interpretation.jagged import AsJagged
from uproot.interpretation.numerical import AsDtype

from analysis.nanoaod.baskets import Basket, BasketReader
from analysis.nanoaod.branches import Branch
from analysis.nanoaod.chunk import Chunk
from analysis.nanoaod.conversion import convert
from analysis.nanoaod.errors import MissingBranch, UnreadableFile


@dataclass(frozen=True)
class StoredBranch:
    """How a branch lies in the file: type of its numbers, baskets, and where their entries begin."""

    name: str
    dtype: np.dtype
    jagged: bool
    edges: np.ndarray  # int64, shape (baskets + 1,)
    baskets: BasketReader


class TreeReader:
    """Reads branches of one TTree; keeps the last basket of each, for the chunk that continues it."""

    def __init__(self, tree: uproot.TTree, path: str) -> None:
        self.entries = int(tree.num_entries)
        self.names = frozenset(tree.keys(recursive=False))
        self._tree = tree
        self._path = path
        self._stored: dict[str, StoredBranch] = {}
        self._starts: dict[str, np.ndarray] = {}
        self._kept: dict[str, tuple[int, Basket]] = {}

    def read(self, branches: Sequence[Branch], start: int, stop: int) -> Chunk:
        """The branches of the events [start, stop)."""
        chunk = Chunk(start, stop)
        self._request(branches, start, stop)
        for branch in branches:
            stored = self._find(branch)
            if branch.collection is None:
                chunk.arrays[branch.name] = self._flat(branch, stored, start, stop)
                continue
            starts = self._collection_starts(branch.collection, stored)
            chunk.arrays[branch.name] = self._objects(branch, stored, starts, start, stop)
            if branch.collection not in chunk.offsets:
                chunk.offsets[branch.collection] = starts[start : stop + 1] - starts[start]
        return chunk

    def _request(self, branches: Sequence[Branch], start: int, stop: int) -> None:
        """Ask for all baskets of a chunk at once where every question is a round trip over the network."""
        source = self._tree.file.source
        if isinstance(source, uproot.MemmapSource):
            return
        wanted = []
        for stored in map(self._find, branches):
            kept = self._kept.get(stored.name, (-1, None))[0]
            for index in overlapping(stored.edges, start, stop):
                location = stored.baskets.location(index)
                if index != kept and location is not None:
                    wanted.append((location, stored.baskets, index))
        chunks = source.chunks([location for location, _, _ in wanted], queue.Queue())
        for (_, baskets, index), chunk in zip(wanted, chunks, strict=True):
            baskets.expect(index, chunk)

    def _flat(self, branch: Branch, stored: StoredBranch, start: int, stop: int) -> np.ndarray:
        out = np.empty(stop - start, branch.dtype)
        for index in overlapping(stored.edges, start, stop):
            first, last = int(stored.edges[index]), int(stored.edges[index + 1])
            content = self._basket(stored, index, stop).numbers(stored.dtype, last - first)
            low, high = max(start, first), min(stop, last)
            self._copy(branch, out[low - start : high - start], content[low - first : high - first])
        return out

    def _objects(self, branch: Branch, stored: StoredBranch, starts: np.ndarray, start: int, stop: int) -> np.ndarray:
        begin = int(starts[start])
        out = np.empty(int(starts[stop]) - begin, branch.dtype)
        for index in overlapping(stored.edges, start, stop):
            first, last = int(stored.edges[index]), int(stored.edges[index + 1])
            item = int(starts[first])
            basket = self._basket(stored, index, stop)
            content = basket.objects(stored.dtype, starts[first : last + 1] - item)
            low, high = int(starts[max(start, first)]), int(starts[min(stop, last)])
            self._copy(branch, out[low - begin : high - begin], content[low - item : high - item])
        return out

    def _copy(self, branch: Branch, out: np.ndarray, content: np.ndarray) -> None:
        try:
            convert(content, out)
        except TypeError as error:
            raise MissingBranch(
                self._path, [branch.name], f"branch '{branch.name}': {error}", "map it to another branch"
            ) from error

    def _basket(self, stored: StoredBranch, index: int, stop: int) -> Basket:
        number, basket = self._kept.get(stored.name, (-1, None))
        if basket is None or number != index:
            basket = stored.baskets.read(index)
        if stored.edges[index + 1] > stop:
            self._kept[stored.name] = (index, basket)
        else:
            self._kept.pop(stored.name, None)
        return basket

    def _find(self, branch: Branch) -> StoredBranch:
        if branch.name not in self._stored:
            self._stored[branch.name] = self._describe(branch.name)
        stored = self._stored[branch.name]
        if stored.jagged != (branch.collection is not None):
            found, wanted = ("object", "event") if stored.jagged else ("event", "object")
            raise MissingBranch(
                self._path, [branch.name], f"branch '{branch.name}' has one value per {found}",
                f"one per {wanted} is needed: map it to another branch",
            )  # fmt: skip
        return stored

    def _describe(self, name: str) -> StoredBranch:
        branch = self._tree[name]
        interpretation = branch.interpretation
        jagged = isinstance(interpretation, AsJagged)
        content = interpretation.content if jagged else interpretation
        plain = isinstance(content, AsDtype) and not content.from_dtype.shape and not content.from_dtype.names
        if not plain or (jagged and interpretation.header_bytes):
            raise MissingBranch(
                self._path, [name], f"branch '{name}' has type {branch.typename}",
                "plain numbers, or lists of them with a counter branch, are needed",
            )  # fmt: skip
        edges = np.asarray(branch.entry_offsets, np.int64)
        if edges[0] != 0 or edges[-1] != self.entries or np.any(np.diff(edges) < 0):
            raise UnreadableFile(self._path, f"branch '{name}' has {edges[-1]} events, its tree {self.entries}")
        return StoredBranch(name, content.from_dtype, jagged, edges, BasketReader(branch, self._path))

    def _collection_starts(self, collection: str, stored: StoredBranch) -> np.ndarray:
        """Where the objects of each event of the file begin, shape (entries + 1,)."""
        if collection in self._starts:
            return self._starts[collection]
        counter = f"n{collection}"
        if counter in self.names:
            wanted = Branch(counter, "int64")
            self._request([wanted], 0, self.entries)
            counts = self._flat(wanted, self._find(wanted), 0, self.entries)
        else:
            counts = [stored.baskets.read(i).counts(stored.dtype) for i in range(len(stored.edges) - 1)]
            counts = np.concatenate([np.empty(0, np.int64), *counts])
        if len(counts) != self.entries or (len(counts) and counts.min() < 0):
            raise UnreadableFile(self._path, f"the numbers of {collection} objects per event make no sense")
        starts = np.zeros(self.entries + 1, np.int64)
        np.cumsum(counts, out=starts[1:])
        self._starts[collection] = starts
        return starts


def overlapping(edges: np.ndarray, start: int, stop: int) -> range:
    """Indices of the baskets that hold events of [start, stop)."""
    if start >= stop:
        return range(0)
    first = int(np.searchsorted(edges, start, side="right")) - 1
    return range(first, int(np.searchsorted(edges, stop, side="left")))

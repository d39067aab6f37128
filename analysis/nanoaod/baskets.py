"""Baskets of a TBranch: bytes of the file to numbers.

The layout is that of ROOT's TKey, TBasket and R__zip: https://root.cern/doc/master/classTBasket.html, file format of
https://github.com/root-project/root/blob/master/io/doc/TFile. Everything that the file says twice (sizes, numbers of
events, offsets) is compared, so that damage is noticed. Numbers that ROOT protects by no checksum (uncompressed or
compressed by ZSTD) may still be changed without a trace; only a digest of the whole file tells.

Arrays have shape (numbers,), all events of the basket after each other; units are those of the
file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import uproot
import xxhash

from analysis.nanoaod.errors import UnreadableFile

KEY = struct.Struct(">ihiIhh")  # fNbytes, version, fObjlen, fDatime, fKeylen, fCycle
BASKET = struct.Struct(">Hiiii")  # version, fBufferSize, fNevBufSize, fNevBuf, fLast; then one flag byte
BLOCK_HEADER = 9  # algorithm (2), method (1), compressed (3) and uncompressed (3, little endian) bytes
LZ4_CHECKSUM = 8
DECOMPRESSORS = {b"ZL": uproot.ZLIB(1), b"XZ": uproot.LZMA(1), b"L4": uproot.LZ4(1), b"ZS": uproot.ZSTD(1)}


@dataclass(frozen=True)
class Basket:
    """The decompressed numbers of one basket, and byte offsets of its events if it stores them."""

    where: str
    path: str
    data: np.ndarray  # uint8
    offsets: np.ndarray | None  # big-endian int32 of shape (events,), counted from `shift`
    shift: int

    def numbers(self, dtype: np.dtype, count: int) -> np.ndarray:
        """All numbers, of which there must be `count`. Raises `UnreadableFile` for another number of them."""
        if len(self.data) != count * dtype.itemsize:
            raise UnreadableFile(
                self.path,
                f"{self.where} holds {len(self.data)} bytes, {count} numbers of {dtype.name} expected",
            )
        return self.data.view(dtype)

    def objects(self, dtype: np.dtype, starts: np.ndarray) -> np.ndarray:
        """All numbers; those of event i of the basket must be [starts[i], starts[i + 1]).

        Raises `UnreadableFile` where they are others.
        """
        numbers = self.numbers(dtype, int(starts[-1]))
        if self.offsets is not None:
            expected = (starts[:-1] * dtype.itemsize + self.shift).astype(np.int32)
            if not np.array_equal(self.offsets, expected):
                raise UnreadableFile(self.path, f"{self.where} disagrees with the number of objects per event")
        return numbers

    def counts(self, dtype: np.dtype) -> np.ndarray:
        """Numbers per event, for a branch without a counter.

        Raises `UnreadableFile` where the basket does not say them.
        """
        if self.offsets is None:
            raise UnreadableFile(self.path, f"{self.where} has neither offsets nor a counter branch")
        ends = np.append(self.offsets.astype(np.int64) - self.shift, len(self.data))
        sizes, rest = np.divmod(np.diff(ends), dtype.itemsize)
        if ends[0] != 0 or rest.any():
            raise UnreadableFile(self.path, f"{self.where} has offsets that make no sense")
        return sizes


class BasketReader:
    """Reads the baskets of one branch."""

    def __init__(self, branch: uproot.TBranch, path: str) -> None:
        self._branch = branch
        self._path = path
        self._source = branch.file.source
        self._seeks = branch.member("fBasketSeek")
        self._bytes = branch.member("fBasketBytes")
        self._entries = branch.entry_offsets
        self._stored = branch.num_baskets - len(branch.embedded_baskets)
        self._expected: dict[int, uproot.source.chunk.Chunk] = {}

    def location(self, index: int) -> tuple[int, int] | None:
        """First and last byte of a basket; None if it lies within the tree itself.

        Raises `UnreadableFile` for a basket that lies outside of the file.
        """
        if index >= self._stored:
            return None
        seek, size = int(self._seeks[index]), int(self._bytes[index])
        if seek <= 0 or size < KEY.size or seek + size > self._source.num_bytes:
            raise UnreadableFile(
                self._path,
                f"{self._where(index)} is said to be at bytes {seek} to {seek + size}, the file ends at "
                f"{self._source.num_bytes}: it is truncated",
            )
        return seek, seek + size

    def expect(self, index: int, chunk: uproot.source.chunk.Chunk) -> None:
        """Take note of bytes that are on their way; `read` then waits for them instead of asking."""
        self._expected[index] = chunk

    def read(self, index: int) -> Basket:
        """Decompress the basket of that index."""
        where, location = self._where(index), self.location(index)
        if location is None:  # a basket that was still in memory when the tree was written
            basket = self._branch.basket(index)
            offsets = None if basket.byte_offsets is None else basket.byte_offsets[:-1]
            return Basket(where, self._path, np.asarray(basket.data), offsets, 0)
        chunk = self._expected.pop(index, None) or self._source.chunk(*location)
        events = int(self._entries[index + 1] - self._entries[index])
        return self._parse(memoryview(chunk.raw_data).cast("B"), events, where)

    def _where(self, index: int) -> str:
        return f"branch '{self._branch.name}', basket {index}"

    def _parse(self, raw: memoryview, events: int, where: str) -> Basket:
        size, _, length, _, key_length, _ = KEY.unpack_from(raw)
        _, _, _, stored_events, last = BASKET.unpack_from(raw, key_length - BASKET.size - 1)
        border = last - key_length
        if size != len(raw) or stored_events != events or not 0 <= border <= length:
            raise UnreadableFile(self._path, f"{where} has a header that disagrees with its branch")
        payload = raw[key_length:]
        content = np.frombuffer(payload, np.uint8) if len(payload) == length else decompress(payload, length)
        offsets = None
        if border != length:  # a number of offsets, the offsets, and a last one that means nothing
            offsets = content[border + 4 :].view(">i4")[:events]
            if len(offsets) != events:
                raise UnreadableFile(self._path, f"{where} has {len(offsets)} offsets for {events} events")
        return Basket(where, self._path, content[:border], offsets, key_length)


def decompress(payload: memoryview, length: int) -> np.ndarray:
    """The `length` bytes of a sequence of compressed blocks; ValueError unless there are exactly so many."""
    pieces = []
    position = filled = 0
    while position < len(payload):
        header = bytes(payload[position : position + BLOCK_HEADER])
        stored = int.from_bytes(header[3:6], "little")
        expected = int.from_bytes(header[6:9], "little")
        block = payload[position + BLOCK_HEADER : position + BLOCK_HEADER + stored]
        filled += expected
        if len(header) != BLOCK_HEADER or len(block) != stored or filled > length:
            raise ValueError("compressed blocks of the wrong size")
        pieces.append(_decompress_block(header[:2], block, expected))
        position += BLOCK_HEADER + stored
    if filled != length:
        raise ValueError(f"{filled} bytes after decompression, {length} expected")
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _decompress_block(algorithm: bytes, block: memoryview, expected: int) -> np.ndarray:
    if algorithm not in DECOMPRESSORS:
        raise ValueError(f"unknown compression {algorithm!r}")
    if algorithm == b"L4":
        checksum, block = int.from_bytes(block[:LZ4_CHECKSUM], "big"), block[LZ4_CHECKSUM:]
        if xxhash.xxh64(block).intdigest() != checksum:
            raise ValueError("wrong checksum")
    content = np.frombuffer(DECOMPRESSORS[algorithm].decompress(block, expected), np.uint8)
    if len(content) != expected:
        raise ValueError(f"a block of {len(content)} bytes after decompression, {expected} expected")
    return content

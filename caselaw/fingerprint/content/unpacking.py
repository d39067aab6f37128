"""Streams of gzip, xz, lzma, bzip2 and Zstandard: the bytes that they hold, as many as may be expanded."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from caselaw.fingerprint.content.kinds import HEAD, KINDS, begins_as
from caselaw.fingerprint.content.source import ContentSource, Counted
from caselaw.fingerprint.content.stream import STEP, Readable, pieces

DICTIONARY_BYTES = 256 << 20
"""Memory that an xz stream may ask for; `xz -9` needs 65 MiB."""


PACKED = 16 << 10
"""Compressed bytes that are read at once: what is left of them when a stream ends is copied for the next one."""


@contextmanager
def unpacked(source: ContentSource) -> Iterator[Readable]:
    """The bytes of a compressed file. Its end is only known to be there, and right, when all were read.

    Raises `ValueError` for a way of compression that is not known.
    """
    with source.open() as raw:
        start = raw.read(HEAD)
        raw.seek(0)
        for extension, unpack in _UNPACKERS.items():
            if begins_as(KINDS[extension], start):
                yield Counted(unpack(raw), source.budget)
                return
    raise ValueError("not compressed in a known way")


def read_to_end(file: Readable) -> None:
    """So that the checksums at the end are verified."""
    for _ in pieces(file):
        pass


class _Streams:
    """One or more compressed streams, one after the other."""

    def __init__(self, file: BinaryIO, decompressor: Callable[[], Any]) -> None:
        self._file = file
        self._new = decompressor
        self._current = decompressor()

    def read(self, size: int = STEP, /) -> bytes:
        while True:
            if self._current.eof:
                rest = self._current.unused_data or self._file.read(PACKED)
                if not rest:
                    return b""
                self._current = self._new()
            else:
                rest = self._file.read(PACKED) if self._current.needs_input else b""
                if not rest and self._current.needs_input:
                    raise EOFError("an incomplete stream")
            piece: bytes = self._current.decompress(rest, size)
            if piece:
                return piece


def _xz(raw: BinaryIO) -> Readable:
    return _Streams(raw, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, DICTIONARY_BYTES))


def _lzma(raw: BinaryIO) -> Readable:
    return _Streams(raw, lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, DICTIONARY_BYTES))


def _zstd(raw: BinaryIO) -> Readable:
    import pyarrow

    stream: Readable = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd")
    return stream


_UNPACKERS: dict[str, Callable[[BinaryIO], Readable]] = {
    ".gz": lambda raw: gzip.GzipFile(fileobj=raw),
    ".xz": _xz,
    ".lzma": _lzma,
    ".bz2": lambda raw: _Streams(raw, bz2.BZ2Decompressor),
    ".zst": _zstd,
}

"""Content that is digested piece by piece: where one piece ends and the next begins does not count."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Protocol

from caselaw.fingerprint.hashing import DIGEST_BYTES, SCHEME, digest

STEP = 1 << 20
"""Bytes, or entries, that are handled at once."""


class Readable(Protocol):
    """A file object, as far as it is needed here."""

    def read(self, size: int = ..., /) -> bytes: ...


class ByteStream:
    """Bytes in pieces; the digest is `digest_bytes` of them joined."""

    def __init__(self) -> None:
        self._state = blake2b(digest_size=DIGEST_BYTES, person=b"caselaw/%d bytes" % SCHEME)
        self.size = 0

    def feed(self, piece: Any) -> None:
        """Add bytes, or an array whose memory is contiguous."""
        view = memoryview(piece)
        self._state.update(view)
        self.size += view.nbytes

    def digest(self) -> str:
        return self._state.hexdigest()


class Counts:
    """Small integers in pieces, such as lengths or flags, that cost nothing while all are the same."""

    def __init__(self) -> None:
        self._value: int | None = None
        self._count = 0
        self._stream: ByteStream | None = None

    def repeat(self, value: int, count: int) -> None:
        """Add `count` times the same value."""
        import numpy

        if count and self._stream is None and self._value in (None, value):
            self._value = value
            self._count += count
            return
        for start in range(0, count, STEP):
            self.feed(numpy.full(min(STEP, count - start), value, dtype="<i8"))

    def feed(self, values: Any) -> None:
        """Add a one-dimensional integer array."""
        values = values.astype("<i8", copy=False)
        if not len(values):
            return
        if self._stream is None:
            first = int(values[0]) if self._value is None else self._value
            if (values == first).all():
                self._value = first
                self._count += len(values)
                return
            count, self._count, self._stream = self._count, 0, ByteStream()
            self.repeat(first, count)
        self._stream.feed(values)

    def digest(self) -> str:
        if self._stream is None:
            return digest("constant", self._value, self._count)
        return digest("varying", self._stream.digest())


def pieces(file: Readable) -> Iterator[bytes]:
    """The rest of a file object, in pieces of `STEP` bytes."""
    while piece := file.read(STEP):
        yield piece

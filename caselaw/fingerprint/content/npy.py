"""npy: type, shape and values of an array, not the order in memory. Nothing is unpickled."""

from __future__ import annotations

import math
from typing import Any

from caselaw.fingerprint.content.elements import element_type, plain_bytes
from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.stream import STEP, ByteStream, Readable
from caselaw.fingerprint.hashing import digest

VERSION = 2

TRANSPOSED_BYTES = 256 << 20
"""A larger array in Fortran order counts with its bytes: all of them are needed at once to put them in C order."""


def content(source: ContentSource) -> str:
    """Digest of an array; raises for damaged files, arrays of Python objects, and what numpy has no bytes of."""
    with source.open() as file:
        return array_digest(file)


def array_digest(file: Readable) -> str:
    """`content` of a file object, read to its end. Raises `ValueError` for more bytes than its shape says."""
    shape, fortran_order, dtype = _header(file)
    stream = ByteStream()
    if fortran_order and len(shape) > 1:
        _feed_transposed(stream, file, shape, dtype)
    else:
        _feed(stream, file, math.prod(shape), dtype)
    if file.read(1):
        raise ValueError("more bytes than the shape says")
    return digest("npy", VERSION, element_type(dtype), list(shape), stream.digest())


def _header(file: Readable) -> tuple[tuple[int, ...], bool, Any]:
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    if version == (1, 0):
        return npy.read_array_header_1_0(file)
    if version == (2, 0):
        return npy.read_array_header_2_0(file)
    raise ValueError(f"npy format {version}")


def _feed(stream: ByteStream, file: Readable, count: int, dtype: Any) -> None:
    import numpy

    if not dtype.itemsize:
        return
    step = max(1, STEP // dtype.itemsize)
    for start in range(0, count, step):
        piece = _exactly(file, min(step, count - start) * dtype.itemsize)
        stream.feed(plain_bytes(numpy.frombuffer(piece, dtype=dtype)))


def _feed_transposed(stream: ByteStream, file: Readable, shape: tuple[int, ...], dtype: Any) -> None:
    import numpy

    size = math.prod(shape) * dtype.itemsize
    if size > TRANSPOSED_BYTES:
        raise ValueError("a large array in Fortran order")
    whole = numpy.frombuffer(_exactly(file, size), dtype=dtype)
    stream.feed(plain_bytes(whole.reshape(shape, order="F")))


def _exactly(file: Readable, size: int) -> bytes:
    parts = []
    while size:
        part = file.read(size)
        if not part:
            raise ValueError("fewer bytes than the shape says")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

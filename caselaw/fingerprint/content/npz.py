"""npz: the arrays by name, stored or compressed. Arrays of Python objects would need pickle, and are refused."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

from caselaw.fingerprint.content.elements import element_type, plain_bytes
from caselaw.fingerprint.content.stream import STEP, Readable, Stream, stream_digest
from caselaw.fingerprint.hashing import digest

VERSION = 1


def content(path: Path) -> str:
    """Digest of names, types, shapes and values; raises for damaged files and arrays of objects."""
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len({info.filename for info in infos}) < len(infos):
            raise ValueError("two members of the same name")
        members = {}
        for info in infos:
            with archive.open(info) as file:
                members[info.filename] = _array(file) if info.filename.endswith(".npy") else stream_digest(file)
    return digest("npz", VERSION, members)


def _array(file: Readable) -> list[Any]:
    shape, fortran_order, dtype = _header(file)
    if dtype.hasobject:
        raise ValueError("an array of Python objects")
    stream = Stream()
    if fortran_order and len(shape) > 1:
        _feed_transposed(stream, file, shape, dtype)
    else:
        _feed(stream, file, math.prod(shape), dtype)
    if file.read(1):
        raise ValueError("more bytes than the shape says")
    return [element_type(dtype), list(shape), stream.digest()]


def _header(file: Readable) -> tuple[tuple[int, ...], bool, Any]:
    from numpy.lib import format as npy

    version = npy.read_magic(file)
    if version == (1, 0):
        return npy.read_array_header_1_0(file)
    if version == (2, 0):
        return npy.read_array_header_2_0(file)
    raise ValueError(f"npy format {version}")


def _feed(stream: Stream, file: Readable, count: int, dtype: Any) -> None:
    import numpy

    step = max(1, STEP // max(1, dtype.itemsize))
    for start in range(0, count if dtype.itemsize else 0, step):
        piece = _exactly(file, min(step, count - start) * dtype.itemsize)
        stream.feed(plain_bytes(numpy.frombuffer(piece, dtype=dtype)))


def _feed_transposed(stream: Stream, file: Readable, shape: tuple[int, ...], dtype: Any) -> None:
    """Column-major values, as row-major ones: that needs all of them at once."""
    import numpy

    whole = numpy.frombuffer(_exactly(file, math.prod(shape) * dtype.itemsize), dtype=dtype)
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

"""Elements of NumPy arrays: their types, and bytes that are little-endian, in row-major order and not padded."""

from __future__ import annotations

from typing import Any


def element_type(dtype: Any) -> list[Any]:
    """The type of an array's elements, as NumPy compares types: byte order and places in records count."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return ["array", element_type(base), list(shape)]
    if dtype.names is not None:
        fields = [[name, *dtype.fields[name][1:], element_type(dtype[name])] for name in dtype.names]
        return ["record", dtype.itemsize, fields]
    return ["plain", dtype.str]


def plain_bytes(array: Any) -> Any:
    """The elements as one piece of contiguous memory; ValueError where they have undefined bits."""
    packed = _packed(array.dtype)
    return memoryview(array.astype(packed, order="C", copy=False).reshape(-1).view("u1")) if array.nbytes else b""


def _packed(dtype: Any) -> Any:
    import numpy

    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return numpy.dtype((_packed(base), shape))
    if dtype.names is not None:
        return numpy.dtype([(name, _packed(dtype[name])) for name in dtype.names])
    long_double = dtype.kind in "fc" and dtype.itemsize > (8 if dtype.kind == "f" else 16)
    if dtype.kind not in "biufcmMSUV" or long_double:
        raise ValueError(f"no portable bytes of {dtype}")
    return dtype.newbyteorder("<")

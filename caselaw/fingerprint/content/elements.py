"""Elements of NumPy arrays as bytes: little-endian, in row-major order, without the padding of records."""

from __future__ import annotations

from typing import Any


def element_type(dtype: Any) -> list[Any]:
    """The type of an array's elements, independent of byte order and padding."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return ["array", element_type(base), list(shape)]
    if dtype.names is not None:
        return ["record", [[name, element_type(dtype[name])] for name in dtype.names]]
    return ["plain", dtype.newbyteorder("<").str]


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

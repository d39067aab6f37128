"""Types and values of HDF5 datasets and attributes, as h5py gives them."""

from __future__ import annotations

from typing import Any

from caselaw.fingerprint.content.elements import plain_bytes
from caselaw.fingerprint.content.stream import ByteStream, Counts
from caselaw.fingerprint.hashing import digest


def type_of(dtype: Any) -> list[Any]:
    """A type with its byte order: strings, enums, references and variable lengths too.

    Raises `ValueError` for types without a defined content.
    """
    import h5py

    if dtype.subdtype is not None:
        return ["array", type_of(dtype.subdtype[0]), list(dtype.subdtype[1])]
    if dtype.names is not None:
        return ["compound", [[name, dtype.fields[name][1], type_of(dtype[name])] for name in dtype.names]]
    if (text := h5py.check_string_dtype(dtype)) is not None:
        return ["string", text.encoding, text.length]
    if (values := h5py.check_enum_dtype(dtype)) is not None:
        return ["enum", dtype.str, [[name, int(value)] for name, value in values.items()]]
    if (element := h5py.check_vlen_dtype(dtype)) is not None:
        return ["variable", type_of(_dtype(element))]
    if (reference := h5py.check_ref_dtype(dtype)) is not None:
        return ["reference", reference.__name__]
    if dtype.hasobject:
        raise ValueError(f"no defined content of {dtype}")
    return ["plain", dtype.str]


def _dtype(element: Any) -> Any:
    import numpy

    return numpy.dtype(element)


class Values:
    """Values in pieces of any length; `file` is where object references lead."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._fields: dict[str, Values] = {}
        self._plain = ByteStream()
        self._lengths = Counts()

    def feed(self, array: Any) -> None:
        """Add an array; ValueError for values without a defined content."""
        if array.dtype.names is not None:
            for name in array.dtype.names:
                self._fields.setdefault(name, Values(self._file)).feed(array[name])
        elif array.dtype.hasobject:
            self._feed_objects(array.reshape(-1).tolist())
        else:
            self._plain.feed(plain_bytes(array))

    def digest(self) -> str:
        fields = {name: values.digest() for name, values in self._fields.items()}
        return digest(self._plain.digest(), self._lengths.digest(), fields)

    def _feed_objects(self, values: list[Any]) -> None:
        import numpy

        if all(type(value) is bytes for value in values):
            self._lengths.feed(numpy.fromiter(map(len, values), dtype="<i8", count=len(values)))
            self._plain.feed(b"".join(values))
            return
        for value in values:
            self._feed_object(value)

    def _feed_object(self, value: Any) -> None:
        import h5py
        import numpy

        if isinstance(value, h5py.RegionReference):
            raise ValueError("a reference to a region")
        if isinstance(value, h5py.Reference):
            value = self._file[value].name if value else ""
            if value is None:  # what it refers to has no name under which it is counted
                raise ValueError("a reference to an object without a name")
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogateescape")
        if not isinstance(value, numpy.ndarray | bytes):
            raise ValueError(f"no defined content of {type(value).__name__}")
        self._lengths.repeat(len(value), 1)
        if isinstance(value, bytes):
            self._plain.feed(value)
        else:
            self.feed(value)

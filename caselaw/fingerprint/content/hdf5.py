"""HDF5: groups, datasets, attributes and links; not times, chunks and compression."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from caselaw.fingerprint.content.hdf5_types import stored_type
from caselaw.fingerprint.content.hdf5_values import Values, type_of
from caselaw.fingerprint.content.source import Budget, ContentSource
from caselaw.fingerprint.hashing import digest

VERSION = 2

STEP_BYTES = 16 << 20
"""Bytes of a dataset that are read at once, along its first axis."""


def content(source: ContentSource) -> str:
    """Digest of all objects that the root group reaches, by name, and in the order in which h5py lists them.

    That is the order of names, or that of writing where a group or an object tracks it.

    Soft and external links count with where they lead. An object with several names counts once, and each
    further name with the first one. Raises for damaged files, and for datasets that lie in other files.
    """
    import h5py

    # It is only read, and some file systems have no locks.
    options = {"locking": False} if isinstance(source.data, Path) else {}
    with h5py.File(source.handle, "r", **options) as file:
        return digest("hdf5", VERSION, _object(file["/"], "/", {}, source.budget))


def _object(item: Any, name: str, names: dict[Any, str], budget: Budget) -> list[Any]:
    import h5py

    place = h5py.h5o.get_info(item.id).addr
    if place in names:
        return ["also", names[place]]
    names[place] = name
    attributes = [[key, *_attribute(item, key)] for key in item.attrs]
    if isinstance(item, h5py.Group):
        return ["group", attributes, [[key, *_link(item, key, name, names, budget)] for key in item]]
    if isinstance(item, h5py.Dataset):
        budget.expand(item.nbytes)
        return ["dataset", attributes, *_dataset(item)]
    return ["type", attributes, _type(item.id, item.dtype)]


def _link(group: Any, key: str, name: str, names: dict[Any, str], budget: Budget) -> list[Any]:
    import h5py

    link = group.get(key, getlink=True)
    if isinstance(link, h5py.SoftLink):
        return ["soft", link.path]
    if isinstance(link, h5py.ExternalLink):
        return ["external", link.filename, link.path]
    return _object(group[key], f"{name.rstrip('/')}/{key}", names, budget)


def _dataset(dataset: Any) -> list[Any]:
    if dataset.is_virtual or dataset.external:
        raise ValueError(f"{dataset.name} lies in another file")
    values = Values(dataset.file)
    shape, dtype = dataset.shape, dataset.dtype
    if shape == ():
        values.feed(_scalar(dataset[()], dtype))
    elif shape is not None and dataset.size:
        step = _rows(dataset)
        for start in range(0, shape[0], step):
            values.feed(dataset[start : start + step])
    form = None if shape is None else [list(shape), list(dataset.maxshape)]
    return [_type(dataset.id.get_type(), dtype), form, _fill(dataset), values.digest()]


def _type(stored: Any, dtype: Any) -> list[Any]:
    return [stored_type(stored), type_of(dtype)]


def _fill(dataset: Any) -> str:
    """The value of what is not written, where one was chosen."""
    import h5py

    if dataset.id.get_create_plist().fill_value_defined() != h5py.h5d.FILL_VALUE_USER_DEFINED:
        return ""
    value = Values(dataset.file)
    value.feed(_scalar(dataset.fillvalue, dataset.dtype))
    return value.digest()


def _rows(dataset: Any) -> int:
    """Rows to read at once: about `STEP_BYTES` of them, and whole chunks."""
    row = max(1, dataset.size // dataset.shape[0] * dataset.dtype.itemsize)
    rows: int = max(1, STEP_BYTES // row)
    chunk = int(dataset.chunks[0]) if dataset.chunks else 1
    return max(1, rows // chunk) * chunk


def _attribute(item: Any, key: str) -> list[Any]:
    import h5py

    attribute = item.attrs.get_id(key)
    values, value = Values(item.file), item.attrs[key]
    kind = _type(attribute.get_type(), attribute.dtype)
    if isinstance(value, h5py.Empty):
        return [kind, None, ""]
    values.feed(_scalar(value, attribute.dtype))
    return [kind, list(attribute.shape), values.digest()]


def _scalar(value: Any, dtype: Any) -> Any:
    """A value as an array of its type; an array of variable length stays one element."""
    import h5py
    import numpy

    if h5py.check_string_dtype(dtype) is None and h5py.check_vlen_dtype(dtype) is None:
        return numpy.asarray(value)
    if isinstance(value, numpy.ndarray) and value.dtype == object:
        return value
    array = numpy.empty((), dtype=object)
    array[()] = value
    return array

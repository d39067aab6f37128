"""Types of HDF5 as they are stored: more than NumPy has words for, which other readers show."""

from __future__ import annotations

from typing import Any


def stored_type(kind: Any) -> list[Any]:
    """A type of h5py's low level: byte order and bits of numbers, padding of texts, tags, places of members."""
    return [int(kind.get_class()), kind.get_size(), *_details(kind)]


def _details(kind: Any) -> list[Any]:
    from h5py import h5t

    match kind:
        case h5t.TypeStringID():
            return [bool(kind.is_variable_str()), int(kind.get_cset()), int(kind.get_strpad())]
        case h5t.TypeOpaqueID():
            return [kind.get_tag()]
        case h5t.TypeCompoundID():
            return [_member(kind, number) for number in range(kind.get_nmembers())]
        case h5t.TypeEnumID() | h5t.TypeVlenID():
            return [stored_type(kind.get_super())]
        case h5t.TypeArrayID():
            return [list(kind.get_array_dims()), stored_type(kind.get_super())]
        case h5t.TypeFloatID():
            return [*_bits(kind), list(kind.get_fields()), kind.get_ebias(), int(kind.get_norm())]
        case h5t.TypeIntegerID():
            return [*_bits(kind), int(kind.get_sign())]
        case h5t.TypeBitfieldID():
            return [int(kind.get_order())]
    return []


def _bits(kind: Any) -> list[Any]:
    return [int(kind.get_order()), kind.get_precision(), kind.get_offset()]


def _member(kind: Any, number: int) -> list[Any]:
    return [kind.get_member_name(number), kind.get_member_offset(number), stored_type(kind.get_member_type(number))]

"""One order for what has none: sets and mappings come in another order in another process, or from another author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from caselaw.fingerprint.encoding import encode

_SORTABLE = (str, int, bytes)


def ordered(values: Iterable[Any]) -> list[Any]:
    """Values sorted, by themselves where all are of one plain type, else by their canonical bytes.

    Raises `FingerprintError` for values of several types, one of which has no fingerprint.
    """
    found = list(values)
    if any(all(type(value) is plain for value in found) for plain in _SORTABLE):
        return sorted(found)
    return sorted(found, key=encode)


def in_one_order(value: Any) -> Any:
    """The value with its mappings sorted by key, at any depth; all else, sets included, stays as it is."""
    kind = type(value)
    if kind is tuple or kind is list:
        inner = [in_one_order(element) for element in value]
        return value if all(map(_is, inner, value)) else kind(inner)
    if isinstance(value, Mapping) and (kind is dict or kind.__name__ == "FrozenOrderedDict"):
        keys = ordered(value)
        items = [(key, in_one_order(value[key])) for key in keys]
        unchanged = all(map(_is, keys, value)) and all(item is value[key] for key, item in items)
        return value if unchanged else kind(items)
    return value


def _is(one: object, other: object) -> bool:
    return one is other

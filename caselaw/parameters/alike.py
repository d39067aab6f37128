"""When two values are the same, and when one is only another way to write the other."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from numbers import Number
from pathlib import PurePath
from typing import Any

from caselaw.errors import CaselawError
from caselaw.fingerprint.encoding import encode

_PLAIN = frozenset({str, int, bool, bytes, type(None)})
CLOSE = 1e-9
"""Relative difference of numbers that are one, after rounding in a text."""


def same(one: Any, other: Any) -> bool:
    """Whether two values are of the same type and content: 1, 1.0 and True differ, 0.0 and -0.0 too."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind in _PLAIN or isinstance(one, PurePath):
        return bool(one == other)
    if kind is float and one == other and one:
        return True
    if kind is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    try:
        return encode(one) == encode(other)
    except CaselawError:
        return equal(one, other)


def alike(given: Any, result: Any) -> bool:
    """Whether the value that came back from the command line means what was given: `1.0` for 1, `"2018"` for 2018.

    Sequences may have been sorted, or freed of duplicates; mappings have texts as keys.
    """
    if given is None or result is None or is_truth(given) or is_truth(result):
        return is_truth(given) and is_truth(result) and bool(given == result)
    if isinstance(given, str) and isinstance(result, str):
        return str.__str__(given) == result  # of an enum whose members are texts this is its value
    if isinstance(result, str):
        return str(given) == result and isinstance(given, Number | PurePath)
    if isinstance(given, Number) and isinstance(result, Number):
        return close(given, result) or str(given) == str(result)
    if isinstance(given, Mapping) and isinstance(result, Mapping):
        found = {key_text(key): value for key, value in given.items()}
        return len(found) == len(given) and alike_items(found, {key_text(k): v for k, v in result.items()})
    if isinstance(result, tuple | frozenset):
        return alike_elements(given, result)
    return equal(given, result) or (isinstance(result, PurePath) and str(given) == str(result))


def alike_items(given: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    return given.keys() == result.keys() and all(matches(given[name], result[name]) for name in given)


def alike_elements(given: Any, result: Collection[Any]) -> bool:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Collection):
        return len(result) == 1 and matches(given, next(iter(result)))
    if len(given) == len(result) and all(map(matches, given, result)):
        return True
    every = all(any(matches(element, other) for other in result) for element in given)
    return every and all(any(matches(element, other) for element in given) for other in result)


def matches(given: Any, result: Any) -> bool:
    return same(given, result) or alike(given, result)


def close(one: Any, other: Any) -> bool:
    try:
        return bool(one == other) or math.isclose(one, other, rel_tol=CLOSE)
    except TypeError:
        return False


def equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:
        return False


def is_truth(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


def key_text(key: Any) -> str:
    """A key as JSON has it; keys that JSON refuses stay recognisable."""
    if isinstance(key, str):
        return key
    return json.dumps(key) if key is None or isinstance(key, bool | int | float) else repr(key)

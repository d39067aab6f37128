"""JSON: what a parser gives, in order; not white space and the way in which texts and numbers are written."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.hashing import digest

VERSION = 1

DOCUMENT_BYTES = 32 << 20
"""A larger document counts with its bytes: it is parsed in memory."""

_MINUS_ZERO = re.compile(r"(?:\A|[\s,:\[])-0(?=[\s,\]}]|\Z)")


def content(source: ContentSource) -> str:
    """Digest of one document; raises where parsers may differ: names that are there twice, the integer -0."""
    return digest("json", VERSION, *parsed(source.read(DOCUMENT_BYTES).decode()))


def parsed(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A document as Python writes it, and the exact decimal numbers that it had to round.

    Raises `ValueError` for a document that may hold the integer -0.
    """
    if _MINUS_ZERO.search(text):  # an integer for Python, a negative zero for others
        raise ValueError("it may hold the integer -0")
    try:
        return _ENCODER.encode(_DECODER.decode(text)), []
    except _WrittenOtherwiseError:
        numbers = _Numbers()
        value = json.loads(text, object_pairs_hook=_object, parse_float=numbers.number)
        return _ENCODER.encode(value), numbers.rounded


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object with a name twice")
    return members


class _WrittenOtherwiseError(Exception):
    """A number has other digits than Python would write."""


def _number(text: str) -> float:
    value = float(text)
    if repr(value) != text:
        raise _WrittenOtherwiseError
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number)
_ENCODER = json.JSONEncoder(separators=(",", ":"), check_circular=False)


class _Numbers:
    """Numbers with a fraction or an exponent, of which some are written otherwise."""

    def __init__(self) -> None:
        self._count = 0
        self.rounded: list[tuple[int, str]] = []

    def number(self, text: str) -> float:
        """The nearest float. Where readers with more digits see another number, that counts too."""
        value = float(text)
        self._count += 1
        shortest = repr(value)
        if shortest != text and (exact := Decimal(text)) != Decimal(shortest):
            sign, digits, exponent = exact.as_tuple()
            significant = "".join(map(str, digits)).rstrip("0")
            self.rounded.append((self._count, f"{sign} {significant} {int(exponent) + len(digits)}"))
        return value

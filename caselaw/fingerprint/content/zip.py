"""zip and what is made of it (npz, office documents): members in order, without dates and compression."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

from caselaw.fingerprint.content.kinds import named_kind
from caselaw.fingerprint.content.readers import contained
from caselaw.fingerprint.content.source import Counted, Source
from caselaw.fingerprint.content.stream import STEP
from caselaw.fingerprint.hashing import digest

VERSION = 2

_UNIX = 3
_STORAGE = frozenset({0x0001, 0x5455, 0x000A, 0x5855, 0x7855, 0x7875})
"""Extra fields of large sizes, of dates, and of owners."""
_PROPERTIES = "docProps/core.xml"
_DATES = re.compile(rb"(<(dcterms:created|dcterms:modified|cp:lastPrinted)\b[^<>]*>)[0-9TZ:.+-]*(</\2>)")


def content(source: Source) -> str:
    """Digest of comment and members: names, modes, what they hold. Raises for damaged and encrypted archives.

    Of an npz file only names and arrays are shown, and count.
    """
    kind = named_kind(source.name)
    plain = kind is not None and kind.name == "npz"
    with zipfile.ZipFile(source.handle) as archive:
        members = [
            [info.filename, [] if plain else _attributes(info), _held(archive, info, source)]
            for info in archive.infolist()
        ]
        return digest("zip", VERSION, b"" if plain else archive.comment, members)


def _held(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> str:
    source.budget.enter()
    with archive.open(info) as file:
        counted = Counted(file, source.budget)
        if info.filename == _PROPERTIES:
            return digest(_DATES.sub(rb"\1\3", b"".join(iter(lambda: counted.read(STEP), b""))))
        return contained(info.filename, counted, source)


def _attributes(info: zipfile.ZipInfo) -> list[Any]:
    """Type and mode of a file, as Unix or as others write them, its comment, and what else is said of it."""
    attributes = info.external_attr >> 16 if info.create_system == _UNIX else info.external_attr
    return [info.create_system == _UNIX, attributes, info.comment, list(_extra(info))]


def _extra(info: zipfile.ZipInfo) -> Iterator[list[Any]]:
    """Number and bytes of each field that is neither a date, an owner nor a size."""
    rest = info.extra
    while len(rest) >= 4:
        number, size = struct.unpack("<HH", rest[:4])
        if number not in _STORAGE:
            yield [number, rest[4 : 4 + size]]
        rest = rest[4 + size :]

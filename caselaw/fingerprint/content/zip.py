"""zip and what is made of it (npz, office documents): members in order, without dates and compression."""

from __future__ import annotations

import logging
import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Any

from caselaw.fingerprint.content import npy
from caselaw.fingerprint.content.kinds import named_kind
from caselaw.fingerprint.content.readers import contained
from caselaw.fingerprint.content.source import ContentSource, Counted, ExpandsTooMuchError
from caselaw.fingerprint.content.stream import STEP
from caselaw.fingerprint.hashing import digest

logger = logging.getLogger(__name__)

VERSION = 2

_STORAGE = frozenset({0x0001, 0x5455, 0x000A, 0x5855, 0x7855, 0x7875})
"""Extra fields of large sizes, of dates, and of owners."""
_PROPERTIES = "docProps/core.xml"
_DATES = re.compile(rb"(<(dcterms:created|dcterms:modified|cp:lastPrinted)\b[^<>]*>)[0-9TZ:.+-]*(</\2>)")


def content(source: ContentSource) -> str:
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


def _held(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: ContentSource) -> str:
    source.budget.enter()
    if info.filename.endswith(".npy") and (array := _array(archive, info, source)) is not None:
        return array
    with archive.open(info) as file:
        counted = Counted(file, source.budget)
        if info.filename == _PROPERTIES and info.file_size <= STEP:
            return digest(_DATES.sub(rb"\1\3", b"".join(iter(lambda: counted.read(STEP), b""))))
        return contained(info.filename, counted, source)


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: ContentSource) -> str | None:
    """Digest of an array of any size; None when the member cannot be read as one."""
    try:
        with archive.open(info) as file:
            return f"npy:{npy.array_digest(Counted(file, source.budget))}"
    except (MemoryError, ExpandsTooMuchError, zipfile.BadZipFile):
        raise
    except Exception as error:  # as in `contained`
        logger.debug("%s in %s counts with its bytes, not as an array: %s", info.filename, source.name, error)
        return None


def _attributes(info: zipfile.ZipInfo) -> list[Any]:
    """Type and mode of a file as its system writes them, its comment, and what else is said of it."""
    return [info.create_system, info.external_attr, info.comment, list(_extra(info))]


def _extra(info: zipfile.ZipInfo) -> Iterator[list[Any]]:
    """Number and bytes of each field that is neither a date, an owner nor a size."""
    rest = info.extra
    while len(rest) >= 4:
        number, size = struct.unpack("<HH", rest[:4])
        if number not in _STORAGE:
            yield [number, rest[4 : 4 + size]]
        rest = rest[4 + size :]

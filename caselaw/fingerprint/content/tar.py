"""tar, plain or compressed: members in order, without their dates and owners."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from typing import Any, cast

from caselaw.fingerprint.content.kinds import named_kind
from caselaw.fingerprint.content.readers import contained
from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.stream import Readable
from caselaw.fingerprint.content.unpacking import read_to_end, unpacked
from caselaw.fingerprint.hashing import digest

VERSION = 2

_IN_THE_HEADER = ("path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname",
                  "hdrcharset", "LIBARCHIVE.creationtime")  # fmt: skip
"""Extended fields that tarfile has read into a member, and dates."""

HEADER_BYTES = 4 << 20
"""An archive with more bytes than that before a member, or between two, counts with its bytes: tarfile holds them."""


class _Watched:
    """A file object that knows what was read last, and gives no more than a header unless a member is `open`."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._position = 0
        self._header = 0
        self._last = b""
        self.open = False

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._position += len(piece)
        self._header = 0 if self.open else self._header + len(piece)
        if self._header > HEADER_BYTES:
            raise ValueError("a large header")
        self._last = (self._last + piece)[-4 * tarfile.RECORDSIZE :]
        return piece

    def block(self, place: int) -> bytes:
        """The block at a place that was read lately."""
        start = place - (self._position - len(self._last))
        return self._last[start : start + tarfile.BLOCKSIZE]


def content(source: ContentSource) -> str:
    """Digest of the members; raises when the archive is damaged or incomplete.

    Nothing is extracted. Names and link targets count as they are written.
    """
    kind = named_kind(source.name)
    if kind is None or not kind.magic:
        with source.open() as raw:
            return digest("tar", VERSION, _members(raw, source))
    with unpacked(source) as file:
        members = _members(file, source)
        read_to_end(file)
        return digest("tar", VERSION, members)


def _members(file: Readable, source: ContentSource) -> list[Any]:
    """What is said of all members, and each of them."""
    members: list[Any] = []
    watched = _Watched(file)
    with tarfile.open(mode="r|", fileobj=cast(Any, watched)) as archive:
        for member in archive:
            source.budget.enter()
            watched.open = True
            members.append(_member(archive, member, source))
            watched.open = False
            cast(Any, archive).members.clear()  # tarfile keeps them all
    # tarfile takes a damaged header, and the end of the file, for the end of the archive.
    if watched.block(archive.offset) != bytes(tarfile.BLOCKSIZE):
        raise ValueError("a damaged or incomplete archive")
    return [_extended(archive.pax_headers), members]


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, source: ContentSource) -> list[Any]:
    described = [member.name, _type(member), member.mode & 0o7777, member.linkname, member.devmajor, member.devminor,
                 _extended(member.pax_headers)]  # fmt: skip
    if not member.isreg() and member.type in tarfile.SUPPORTED_TYPES:
        return described
    if member.issparse():  # its holes are not in the file
        source.budget.expand(member.size)
    file = archive.extractfile(member)
    assert file is not None  # it is a regular file, or is read as one because its type is not known
    with file:
        return [*described, contained(member.name, cast(Readable, file), source)]


def _extended(fields: Mapping[str, Any]) -> dict[str, str]:
    """Extended attributes, access control lists, comments."""
    names = [name for name in fields if name not in _IN_THE_HEADER and "GNU.sparse" not in name]
    return {name: str(fields[name]) for name in names}


def _type(member: tarfile.TarInfo) -> bytes:
    """Three codes stand for a regular file, and two of them for one with the old or a sparse header."""
    return tarfile.REGTYPE if member.isreg() else member.type

"""tar, plain or compressed with gzip: members, without their dates, owners and order."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path
from typing import Any, cast

from caselaw.fingerprint.content.stream import Readable, pieces, stream_digest
from caselaw.fingerprint.hashing import digest

VERSION = 1


class _Watched:
    """A file object that knows what was read last."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._position = 0
        self._last = b""

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self._position += len(piece)
        self._last = (self._last + piece)[-4 * tarfile.RECORDSIZE :]
        return piece

    def block(self, place: int) -> bytes:
        """The block at a place that was read lately."""
        start = place - (self._position - len(self._last))
        return self._last[start : start + tarfile.BLOCKSIZE]


def content(path: Path) -> str:
    """Digest of members by name; raises when the archive is damaged or incomplete.

    Nothing is extracted. Names and link targets count as they are written. Of members of the same name, the
    order counts.
    """
    with path.open("rb") as raw:
        compressed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not compressed:
            return digest("tar", VERSION, _members(raw))
        with gzip.open(raw) as file:
            members = _members(file)
            for _ in pieces(file):  # to the end, so that the checksum is verified
                pass
        return digest("tar", VERSION, members)


def _members(file: Readable) -> dict[str, list[Any]]:
    members: dict[str, list[Any]] = {}
    watched = _Watched(file)
    with tarfile.open(mode="r|", fileobj=cast(Any, watched)) as archive:
        for member in archive:
            members.setdefault(member.name, []).append(_member(archive, member))
            cast(Any, archive).members.clear()  # tarfile keeps them all
    # tarfile takes a damaged header, and the end of the file, for the end of the archive.
    if watched.block(archive.offset) != bytes(tarfile.BLOCKSIZE):
        raise ValueError("a damaged or incomplete archive")
    return members


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> list[Any]:
    described = [_type(member), member.mode & 0o7777, member.linkname, member.devmajor, member.devminor]
    if not member.isreg():
        return described
    file = archive.extractfile(member)
    assert file is not None  # it is a regular file
    with file:
        return [*described, member.size, stream_digest(file)]


def _type(member: tarfile.TarInfo) -> bytes:
    """Three codes stand for a regular file, and two of them for one with the old or a sparse header."""
    return tarfile.REGTYPE if member.isreg() else member.type

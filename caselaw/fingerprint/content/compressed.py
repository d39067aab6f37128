"""A compressed file: what it holds, under its name without the last extension; not names, dates and levels."""

from __future__ import annotations

from pathlib import PurePosixPath

from caselaw.fingerprint.content.readers import contained
from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.unpacking import read_to_end, unpacked
from caselaw.fingerprint.hashing import digest

VERSION = 2


def content(source: ContentSource) -> str:
    """Digest of the file inside; raises when the stream is damaged or incomplete."""
    with unpacked(source) as file:
        inner = contained(_inner_name(source.name), file, source)
        read_to_end(file)
        return digest("compressed", VERSION, inner)


def _inner_name(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix(".svg")) if path.suffix.lower() == ".svgz" else path.stem

"""PostScript: all but the date, the program and the user in its header, and in the information for a PDF."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.hashing import digest

VERSION = 1

DOCUMENT_BYTES = 256 << 20
"""A larger document counts with its bytes."""

_HEADER = re.compile(rb"%!PS-Adobe-[^\r\n]*(?:\r\n|\r|\n)(?:%[^\r\n]*(?:\r\n|\r|\n))*")
_WRITTEN = re.compile(rb"(?<=[\r\n])%%(?:CreationDate|Creator|For):[^\r\n]*(?:\r\n|\r|\n)(?!%%\+)")
_INFORMATION = re.compile(rb"(?<!\S)\[[^\[\]<>{}%]*?/DOCINFO\s+pdfmark\b")
_DATED = re.compile(rb"(?<=[\r\n])[ \t]*/(?:CreationDate|ModDate|Creator)[ \t]*\([^()\\\r\n]*\)[ \t]*(?=[\r\n])")


def content(source: ContentSource) -> str:
    """Digest of the program and its comments; raises `ValueError` when there is no header.

    A title that is the name of the file, as most programs write it, counts as such.
    """
    program = source.read(DOCUMENT_BYTES)
    header = _HEADER.match(program)
    if header is None:
        raise ValueError("no header")
    rest = _INFORMATION.sub(lambda found: _DATED.sub(b"", found[0]), program[header.end() :])
    title = b"%%Title: " + PurePosixPath(source.name).name.encode()
    named = rb"(?<=[\r\n])" + re.escape(title) + rb"(?=[\r\n])"
    kept = re.sub(named, b"%%Title", _WRITTEN.sub(b"", header[0]))
    return digest("postscript", VERSION, kept, rest)

"""gzip: the uncompressed bytes, without the name, date and compression level in the header."""

from __future__ import annotations

import gzip
from pathlib import Path

from caselaw.fingerprint.content.stream import stream_digest
from caselaw.fingerprint.hashing import digest

VERSION = 1


def content(path: Path) -> str:
    """Digest of the uncompressed bytes; raises when the stream is damaged or incomplete."""
    with gzip.open(path) as file:
        return digest("gzip", VERSION, stream_digest(file))

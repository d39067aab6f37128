"""Lines of JSON: one document per line, each as one of JSON's own files."""

from __future__ import annotations

import re

from caselaw.fingerprint.content.json import DOCUMENT_BYTES, parsed
from caselaw.fingerprint.content.source import ContentSource
from caselaw.fingerprint.content.stream import ByteStream
from caselaw.fingerprint.encoding import encode
from caselaw.fingerprint.hashing import digest

VERSION = 1

_ENDS_FOR_SOME = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Where some readers begin a new line, and others do not."""


def content(source: ContentSource) -> str:
    """Digest of the documents in order; raises `ValueError` for empty lines and empty files."""
    stream = ByteStream()
    with source.open() as file:
        while line := file.readline(DOCUMENT_BYTES + 1):
            text = line.removesuffix(b"\n").removesuffix(b"\r").decode()
            if len(line) > DOCUMENT_BYTES or _ENDS_FOR_SOME.search(text):
                raise ValueError("a line that is too long, or more than one for some readers")
            stream.feed(encode(parsed(text)))
    if not stream.size:
        raise ValueError("no lines")
    return digest("jsonl", VERSION, stream.digest())
